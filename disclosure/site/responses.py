"""How this room answers: public pages that depend on nobody, and pages that only the asker may keep."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NOINDEX = "noindex, noarchive"


class PublicPage(HttpResponse):
    """The same for everybody: `cache.PublicCacheMiddleware` may keep it for some seconds."""


class OwnPage(HttpResponse):
    """For one asker: compressed where it was got, never kept."""


def public_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, index: bool = True
) -> PublicPage:
    """Render a page that depends on its address alone; without `index` no search engine takes it up."""
    page = render(request, template, context)
    response = PublicPage(page.content, content_type=page["Content-Type"])
    if not index:
        response["X-Robots-Tag"] = NOINDEX
    return response


def own_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> OwnPage:
    """Render an answer to what one person sent: kept by no cache, browser or search engine."""
    page = render(request, template, context)
    response = OwnPage(page.content, content_type=page["Content-Type"], status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = NOINDEX
    return response
