"""Public pages are kept for some seconds as finished, compressed bytes (design.md rule 14).

Whatever can change a page moves the generation on, and with it everything that was kept; no page is kept
longer than KEPT_SECONDS in any case, which is what a change made by another process takes where processes do
not share a cache. The day is part of a page's key: what a page shows changes with the date alone (a list
closes at midnight and its names leave), so no page outlives its day.
"""

import gzip
import hashlib
import uuid
from collections.abc import Callable
from typing import Any

import brotli
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag

from portal import clock

from .responses import OwnPage, PublicPage

KEPT_SECONDS = 20
GENERATION = "public-pages"
# Pages in the browser are asked for again each time, at the cost of an ETag: nothing stale is shown online.
CACHE_CONTROL = "public, no-cache"
BROTLI, GZIP, PLAIN = "br", "gzip", "identity"
# Beyond this the last tenth of size costs several times the work.
BROTLI_QUALITY = 6
WORTH_COMPRESSING = 200
# Larger ones (open data) are made anew each time, so that a few do not push the pages out.
LARGEST_KEPT = 128 * 1024
CARRIED = (
    "ETag",
    "Vary",
    "Cache-Control",
    "Content-Security-Policy",
    "X-Robots-Tag",
    "Access-Control-Allow-Origin",
)


def forget(**_signal: Any) -> None:
    """Drop every kept page once the open transaction is committed; connected to what changes public pages."""
    transaction.on_commit(lambda: cache.set(GENERATION, uuid.uuid4().hex, None))


class PublicCacheMiddleware:
    """Answer from what is kept; keep what may be kept. Stands before everything that makes a page.

    Kept is a `PublicPage`, or one of Wagtail's own, got with GET and without a query, that sets no cookie and
    does not vary with one. Who asks makes no difference to a public page, so a cookie makes none here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # What is being written (Wagtail's dummy request of a preview) has the address of what is public.
        if request.method not in ("GET", "HEAD") or getattr(request, "is_dummy", False):
            return self.get_response(request)
        encoding = wanted_encoding(request.headers.get("Accept-Encoding", ""))
        key = _key(request, encoding) if not request.META.get("QUERY_STRING") else ""
        generation = ""
        if key:
            found = cache.get_many([GENERATION, key])
            generation = found.get(GENERATION, "")
            kept = found.get(key)
            if kept and kept[0] == generation:
                return _answer(request, _revived(kept))
        response = self.get_response(request)
        if isinstance(response, OwnPage):
            return _compressed(response, encoding)
        if not _is_public(request, response):
            return response
        response = _tagged(_compressed(response, encoding))
        if key and request.method == "GET" and len(response.content) <= LARGEST_KEPT:
            kept = (generation, bytes(response.content), {**response.headers})
            cache.set(key, kept, KEPT_SECONDS)
        return _answer(request, response)


def wanted_encoding(accepted: str) -> str:
    """Return the best of our encodings that the header `Accept-Encoding` takes."""
    offers = {}
    for offer in accepted.lower().split(","):
        name, _semicolon, weight = offer.partition(";")
        offers[name.strip()] = weight.replace(" ", "").rstrip("0.") != "q="
    return next((name for name in (BROTLI, GZIP) if offers.get(name)), PLAIN)


def _key(request: HttpRequest, encoding: str) -> str:
    address = f"{request.scheme}:{request.path_info}"
    digest = hashlib.sha256(address.encode()).hexdigest()[:32]
    return f"page:{clock.today().isoformat()}:{encoding}:{digest}"


def _is_public(request: HttpRequest, response: HttpResponseBase) -> bool:
    if response.streaming or response.status_code != 200:
        return False
    match = getattr(request, "resolver_match", None)
    public = isinstance(response, PublicPage) or (match is not None and match.url_name == "wagtail_serve")
    return public and not response.has_header("Content-Encoding") and _may_be_kept(response)


def _may_be_kept(response: HttpResponseBase) -> bool:
    """Return whether nothing in `response` belongs to one visitor."""
    return (
        not response.cookies
        and "cookie" not in response.get("Vary", "").lower()
        and response.get("Cache-Control", CACHE_CONTROL) == CACHE_CONTROL
        and (isinstance(response, PublicPage) or response.get("Content-Type", "").startswith("text/html"))
    )


def _compressed(response: Any, encoding: str) -> HttpResponse:
    content = response.content
    if len(content) < WORTH_COMPRESSING:
        encoding = PLAIN
    if encoding == BROTLI:
        content = brotli.compress(content, quality=BROTLI_QUALITY, lgwin=18)
    elif encoding == GZIP:
        content = gzip.compress(content, compresslevel=9, mtime=0)
    response.content = content
    if encoding != PLAIN:
        response["Content-Encoding"] = encoding
    response["Content-Length"] = str(len(content))
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def _tagged(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = CACHE_CONTROL
    response["ETag"] = etag_of(response.content)
    return response


def etag_of(content: bytes) -> str:
    """Return the ETag of an answer's bytes, in quotes."""
    return quote_etag(hashlib.sha256(content).hexdigest()[:24])


def _revived(kept: tuple[str, bytes, dict[str, str]]) -> HttpResponse:
    _generation, content, headers = kept
    return HttpResponse(content, headers=headers)


def _answer(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return `response`, or 304 where the browser has it already."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    tag = response["ETag"]
    # A proxy that compresses anew makes a tag weak; the page is the same.
    if "*" not in known and tag not in {one.removeprefix("W/") for one in known}:
        return response
    unchanged = HttpResponse(status=304)
    for name in CARRIED:
        if response.has_header(name):
            unchanged[name] = response[name]
    del unchanged["Content-Type"]
    return unchanged
