"""The sitemap and robots.txt: what search engines and inspections are to read."""

from collections.abc import Iterable, Mapping
from urllib.parse import urljoin
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from . import registry, store
from .registry import Address

# The protocol's own limit for one file; a county of 300 villages has some hundreds.
MOST = 50_000


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public address to be indexed: no list (its page is noindex), form, or twin in large type."""
    return HttpResponse(content(registry.every()), content_type="application/xml; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Where the sitemap is. Nothing is forbidden by name: a page that is not to be indexed says so itself."""
    return HttpResponse(robots_text(), content_type="text/plain; charset=utf-8")


def content(addresses: Iterable[Address]) -> bytes:
    """Return the sitemap of those of `addresses` that are listed."""
    listed = [address.path for address in addresses if address.listed and not address.form][:MOST]
    lines = [f"<url><loc>{escape(absolute(path))}</loc></url>" for path in listed]
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    )
    return "\n".join([head, *lines, "</urlset>\n"]).encode()


def robots_text() -> str:
    """Return the text of robots.txt."""
    return f"User-agent: *\nDisallow: /admin/\nDisallow: /accounts/\nSitemap: {absolute(store.SITEMAP)}\n"


def absolute(path: str) -> str:
    """Return the full address of `path` on this site."""
    return urljoin(settings.WAGTAILADMIN_BASE_URL, path)


def files(addresses: Iterable[Address]) -> Mapping[str, bytes]:
    """Return what the mirror keeps of both, by file name."""
    return {store.SITEMAP[1:]: content(addresses), store.ROBOTS[1:]: robots_text().encode()}
