"""The error pages and the health address.

The error pages ask neither database nor session: they must show when those are what failed.
"""

import re
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.static import serve

# Only these addresses are known to be for officials; elsewhere a refusal would tell that something is there.
OFFICIAL = ("/admin/", "/accounts/")
# What pages show: pictures in the sizes of the page, and PDF. Pictures as they were sent hold what the camera
# wrote into them; HTML and SVG would run as the portal's own.
_PUBLIC_MEDIA = re.compile(
    r"images/[\w.-]+\.(?:jpe?g|png|gif|webp|avif)|documents/[\w.-]+\.pdf", re.IGNORECASE
)


def version_of(request: HttpRequest) -> dict[str, Any]:
    """Return what an error page is told of `request`: whether it reads large type, and where home is."""
    return {"elder": getattr(request, "elder", False), "home": get_script_prefix()}


def page(name: str, status: int, request: HttpRequest | None = None) -> HttpResponse:
    """Return the error page `name`, in the version that `request` reads, never kept by a cache."""
    told = version_of(request) if request is not None else {}
    response = HttpResponse(render_to_string(f"{name}.html", told), status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be understood."""
    return page("400", 400, request)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 at officials' addresses; elsewhere the same 404 as for a missing object (design.md rule 2)."""
    if request.path_info.startswith(OFFICIAL):
        return page("403", 403)
    return page("404", 404, request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: missing, or hidden from whoever asks; the two cannot be told apart."""
    return page("404", 404, request)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours."""
    return page("500", 500, request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or out of date; the technical reason goes to the log only."""
    return page("403_csrf", 403)


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Tell a load balancer whether the portal can reach its database: 200, or 503 with nothing about why."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        text, status = _("正常"), 200
    except DatabaseError:
        text, status = _("数据库连不上"), 503
    return HttpResponse(
        text, status=status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a public picture or PDF on a developer's machine and in the demo; all else is missing."""
    if not settings.MEDIA_SERVED or not _PUBLIC_MEDIA.fullmatch(path):
        raise Http404
    response: HttpResponseBase = serve(request, path, document_root=settings.MEDIA_ROOT)
    response["X-Content-Type-Options"] = "nosniff"
    return response
