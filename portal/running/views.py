"""The error pages and the health address.

The error pages ask neither database nor session: they must show when those are what failed.
"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

# Only these addresses are known to be for officials; elsewhere a refusal would tell that something is there.
OFFICIAL = ("/admin/", "/accounts/")


def page(name: str, status: int) -> HttpResponse:
    """Return the error page `name`, never kept by a cache."""
    response = HttpResponse(render_to_string(f"{name}.html"), status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be understood."""
    return page("400", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 at officials' addresses; elsewhere the same 404 as for a missing object (design.md rule 2)."""
    if request.path_info.startswith(OFFICIAL):
        return page("403", 403)
    return page("404", 404)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: missing, or hidden from whoever asks; the two cannot be told apart."""
    return page("404", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours."""
    return page("500", 500)


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
