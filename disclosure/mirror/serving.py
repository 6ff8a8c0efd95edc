"""Serving public pages from the mirror while the database does not answer (design.md rule 14)."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.timezone import get_default_timezone

from disclosure.site.cache import BROTLI, GZIP, wanted_encoding
from disclosure.site.elder import NOT_PUBLIC
from disclosure.site.responses import NOINDEX
from portal import clock
from portal.running.views import version_of

from . import paper, registry, store

DOWN = (OperationalError, InterfaceError)
# So long after a failure nobody waits for the database again: the mirror answers by itself.
PAUSE_SECONDS = 5.0
RETRY_SECONDS = "60"
SUFFIX = {BROTLI: ".br", GZIP: ".gz"}
NO_NAME = ("/lists/",)
# Never given back to the page: a receipt's code and PIN open what is private.
_SECRET = {"pin", "code", "sum", "csrfmiddlewaretoken", "password"}
LONGEST_GIVEN_BACK = 10_000
logger = logging.getLogger(__name__)


class MirrorMiddleware:
    """Answers a public page from the mirror, and a form with what to do instead, when the database is down.

    It touches neither database nor session. Officials' screens keep their own error page: nobody decides on
    what may be out of date.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.down_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if time.monotonic() < self.down_until and request.method in ("GET", "HEAD") and _is_public(request):
            kept = from_mirror(request) or registry.unreachable(request)
            if kept is not None:
                return kept
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer in place of a view that could not reach the database."""
        if not isinstance(error, DOWN) or settings.MIRROR_ROOT is None or not _is_public(request):
            return None
        # Its message may hold what was asked for.
        logger.error("the database did not answer (%s): served from the mirror", type(error).__name__)
        if request.method not in ("GET", "HEAD"):
            return not_taken(request)
        self.down_until = time.monotonic() + PAUSE_SECONDS
        return from_mirror(request) or registry.unreachable(request) or out_of_reach(request)


def from_mirror(request: HttpRequest) -> HttpResponse | None:
    """Return the page asked for as it was made for today, or what stands in for a form; else None."""
    if settings.MIRROR_ROOT is None:
        return None
    encoding = wanted_encoding(request.headers.get("Accept-Encoding", ""))
    copies = [SUFFIX[encoding]] if encoding in SUFFIX else []
    path = request.path
    # A page of another day is not looked for: it may carry names whose period is over.
    page = _response(store.edition(clock.today()), path, copies)
    return page or _response(store.paper(), paper.path_of(path), copies)


def not_taken(request: HttpRequest) -> HttpResponse:
    """Say that what was sent was not taken, and give it back, so that it is not lost."""
    fields = {
        name: value[:LONGEST_GIVEN_BACK]
        for name, value in request.POST.items()
        if name not in _SECRET and isinstance(value, str) and value
    }
    text = fields.pop("text", "")
    context = {"path": request.path, "text": text, "fields": fields, **version_of(request)}
    return _unavailable(render_to_string("mirror/not_taken.html", context))


def out_of_reach(request: HttpRequest) -> HttpResponse:
    """Say that this page cannot be read now."""
    return _unavailable(render_to_string("mirror/out_of_reach.html", version_of(request)))


def _is_public(request: HttpRequest) -> bool:
    return not request.path_info.removeprefix("/").startswith(NOT_PUBLIC)


def _response(folder: Path, path: str, copies: list[str]) -> HttpResponse | None:
    found = store.find(folder, path, copies)
    if found is None:
        return None
    content, suffix = found
    response = HttpResponse(content, content_type=_content_type(path))
    response["Content-Length"] = str(len(content))
    response["Vary"] = "Accept-Encoding"
    # Not to be kept on the way: it is out of date as soon as the database is back.
    response["Cache-Control"] = "no-store"
    if suffix:
        response["Content-Encoding"] = BROTLI if suffix == ".br" else GZIP
    if path.removeprefix("/da").startswith(NO_NAME):
        response["X-Robots-Tag"] = NOINDEX
    if made_at := _made_at(folder, path):
        response["Last-Modified"] = made_at
    return response


def _made_at(folder: Path, path: str) -> str:
    try:
        seconds = (folder / (store.file_name(path) or "")).stat().st_mtime
    except OSError:
        return ""
    return format_datetime(datetime.fromtimestamp(seconds, get_default_timezone()))


def _content_type(path: str) -> str:
    known: dict[str, str] = {store.SITEMAP: "application/xml", store.ROBOTS: "text/plain"}
    return f"{known.get(path, 'text/html')}; charset=utf-8"


def _unavailable(page: str) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "Retry-After": RETRY_SECONDS, "X-Robots-Tag": NOINDEX}
    return HttpResponse(page, status=503, headers=headers)
