"""Making a public page as it reads on one day, without a visitor, a session or what is kept."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpResponse
from django.urls import resolve

from disclosure.site.elder import ElderMiddleware
from disclosure.site.responses import PublicPage
from portal import clock
from portal.running.policy import page_policy


@dataclass(frozen=True)
class Mirrored:
    """Told to the page's frame: it is kept as a file. `policy` stands in it, since no header goes with it."""

    made_at: datetime
    policy: str


def render(path: str, day: date) -> bytes | None:
    """Return the page at `path` as it reads on `day`, or None where there is none to keep.

    `path` is as in an address; `day` is today or later (Asia/Shanghai). Only what is the same for everybody
    is kept: the public pages' own kind of answer, and Wagtail's pages, which are public without exception.
    """
    made_at = clock.now()
    with nullcontext() if day == clock.today() else clock.foresee(day):
        request = request_for(path, made_at)
        try:
            response = ElderMiddleware(_answered)(request)
        except Http404:
            return None
    return bytes(response.content) if _may_be_kept(request, response) else None


def paper(path: str, write: Callable[[WSGIRequest], bytes]) -> bytes:
    """Return what `write` makes for a request for `path`, in the type that `path` asks for."""

    def view(request: WSGIRequest) -> HttpResponse:
        return HttpResponse(write(request))

    return bytes(ElderMiddleware(view)(request_for(path, clock.now())).content)


def request_for(path: str, made_at: datetime) -> Any:
    """Return a request of nobody for `path`, as it would come to SITE_ADDRESS."""
    site = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    secure = site.scheme == "https"
    request: Any = WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": "",
            "SERVER_NAME": site.hostname or "localhost",
            "SERVER_PORT": str(site.port or (443 if secure else 80)),
            "HTTP_HOST": site.netloc,
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": BytesIO(),
        }
    )
    request.user = AnonymousUser()
    request.mirrored = Mirrored(made_at, _policy())
    return request


def _policy() -> str:
    # Who may frame a page is for a header alone to say. In one order, so that the same page is the same file.
    said = build_policy({**page_policy(), "frame-ancestors": None})
    return "; ".join(sorted(part.strip() for part in said.split(";") if part.strip()))


def _answered(request: Any) -> HttpResponse:
    match = resolve(request.path_info)
    request.resolver_match = match
    response = match.func(request, *match.args, **match.kwargs)
    render = getattr(response, "render", None)
    return render() if callable(render) else response


def _may_be_kept(request: Any, response: HttpResponse) -> bool:
    public = isinstance(response, PublicPage) or request.resolver_match.url_name == "wagtail_serve"
    plain = response.get("Content-Type", "").startswith("text/html") and not response.cookies
    return public and plain and response.status_code == 200
