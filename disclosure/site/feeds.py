"""Atom feeds of the site, of each area and of each column: titles, days and links, and never a name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from disclosure.pages.models import SectionPage, SiteRecord
from disclosure.publicity import public
from disclosure.publicity.models import PublicList
from portal.areas.models import Area

from . import newest
from .cache import CACHE_CONTROL, etag_of

NEWEST = 50
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Entry:
    """One line of a feed; `path` is of this site in standard type."""

    title: str
    path: str
    updated: datetime


@require_safe
def site(request: HttpRequest) -> HttpResponse:
    """The newest lists and pages of the whole site."""
    entries = [*_lists(public.newest(NEWEST)), *_pages(Page.objects.live().public().filter(depth__gt=3))]
    entries.sort(key=lambda entry: entry.updated, reverse=True)
    return _answer(request, _("最新公开"), "/", entries[:NEWEST])


@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """The newest lists of an area and all below it."""
    found = Area.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return _answer(request, found.name, f"/areas/{found.code}/", _lists(public.for_area(found, NEWEST)))


@require_safe
def column(request: HttpRequest, column: str) -> HttpResponse:
    """The newest pages of a column."""
    slug = column.rpartition("/")[2]
    root = SectionPage.objects.live().filter(slug=slug)
    found = next((one for one in root if one.url_path.split("/", 2)[2] == f"{column}/"), None)
    if found is None:
        raise Http404
    pages = Page.objects.live().public().child_of(found).not_type(SectionPage)
    return _answer(request, found.title, f"/{column}/", _pages(pages))


def _lists(lists: Iterable[PublicList]) -> list[Entry]:
    return [Entry(newest.title(one), f"/lists/{one.number}/", one.published_at) for one in lists]


def _pages(pages: Iterable[Page]) -> list[Entry]:
    newest_first = pages.not_type(SectionPage).filter(first_published_at__isnull=False)  # type: ignore[attr-defined]
    return [
        Entry(page.title, f"/{page.url_path.split('/', 2)[2]}", page.last_published_at)
        for page in newest_first.order_by("-last_published_at")[:NEWEST]
    ]


def _answer(request: HttpRequest, title: str, path: str, entries: list[Entry]) -> HttpResponse:
    body = document(title, path, request.path_info, entries)
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    response["Cache-Control"] = CACHE_CONTROL
    response["ETag"] = etag = etag_of(body)
    answer: HttpResponse = get_conditional_response(request, etag=etag, response=response)
    return answer


def document(title: str, path: str, own_path: str, entries: list[Entry]) -> bytes:
    """Return the feed as XML."""
    record = SiteRecord.current()
    updated = max((entry.updated for entry in entries), default=datetime(2026, 1, 1, tzinfo=UTC))
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-Hans">',
        f"<title>{_text(title)} - {_text(_('明白账'))} {_text(record.county)}</title>",
        f"<id>{_tag(path)}</id>",
        f'<link href="{_full(path)}"/>',
        f'<link rel="self" type="application/atom+xml" href="{_full(own_path)}"/>',
        f"<updated>{updated.isoformat()}</updated>",
        f"<author><name>{_text(record.sponsor or record.county or _('明白账'))}</name></author>",
    ]
    for entry in entries:
        lines.append(
            f"<entry><title>{_text(entry.title)}</title><id>{_tag(entry.path)}</id>"
            f'<link href="{_full(entry.path)}"/><updated>{entry.updated.isoformat()}</updated></entry>'
        )
    return "\n".join([*lines, "</feed>\n"]).encode()


def _text(written: str) -> str:
    return escape(_CONTROL.sub("", written))


def _full(path: str) -> str:
    site = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    return escape(f"{site.scheme}://{site.netloc}{quote(path)}", {'"': "&quot;"})


def _tag(path: str) -> str:
    return escape(f"tag:{urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname},2026:{quote(path)}")
