"""Elder mode in the path: `/da/…` is the page at `/…` in large type, without cookie or script (rule 14)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix

PREFIX = "da/"
# Officials' screens have one address each, which the rules about who may open them go by.
NOT_PUBLIC = ("admin/", "accounts/", "documents/", "django-admin/", "static/", "media/")


def plain(path: str) -> str:
    """Return the reversed `path` without the prefix of large type, for screens that have none.

    A message to an official may be written while a form of the large-type pages is answered.
    """
    return path.replace(f"/{PREFIX}", "/", 1)


class ElderMiddleware:
    """Take the prefix off before the address is looked up; keep it in every address that the page reverses.

    Sets `request.elder` and, for the link between the two versions, `request.other_version` (a path with
    its query). It stands before every middleware that reads `request.path_info`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        prefix = get_script_prefix()
        inner = request.path_info.removeprefix("/")
        query = request.META.get("QUERY_STRING", "")
        query = f"?{query}" if query else ""
        asked = inner.removeprefix(PREFIX)
        request.elder = inner.startswith(PREFIX) and not asked.startswith((*NOT_PUBLIC, PREFIX))
        if not request.elder:
            request.other_version = prefix + PREFIX + inner + query
            return self.get_response(request)
        request.other_version = prefix + asked + query
        request.path_info = "/" + asked
        set_script_prefix(prefix + PREFIX)
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(prefix)
