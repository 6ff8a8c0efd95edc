"""The meta tags that inspections of government sites read off public pages (domain.md section 4, S33)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from disclosure.pages.models import HomePage, PolicyDocumentPage, PublicPage, SectionPage, SiteRecord
from disclosure.pages.rich_text import pieces
from disclosure.publicity.models import PublicList
from portal import clock
from portal.areas.models import Area

# Column and kind of column of the addresses that are no Wagtail pages, by the route's name.
COLUMNS = {
    "areas": ("各乡各村", "信息公开"),
    "area": ("各乡各村", "信息公开"),
    "list": ("公示", "信息公开"),
    "list-page": ("公示", "信息公开"),
    "list-all": ("公示", "信息公开"),
    "matter": ("村务", "信息公开"),
    "programmes": ("可以申请的项目", "办事服务"),
    "programme": ("可以申请的项目", "办事服务"),
    "catalogue": ("公开标准目录", "信息公开"),
    "verify": ("怎样验证", "信息公开"),
    "report": ("我要纠错", "互动交流"),
    "object": ("提出异议", "互动交流"),
    "receipts": ("查回执", "互动交流"),
    "ask": ("自己申请", "互动交流"),
    "ask-area": ("自己申请", "互动交流"),
    "search": ("搜索", "办事服务"),
}
DESCRIBED = 100


@dataclass(frozen=True)
class Article:
    """What a view whose model this room does not know tells of its page, as `article` in the context."""

    title: str
    on: date | datetime | None
    source: str


def address(request: HttpRequest) -> str:
    """Return the full address of the page in standard type, without its query: what is shared and printed."""
    site = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    return f"{site.scheme}://{site.netloc}{quote(request.path_info)}"


def metas(context: Mapping[str, Any], record: SiteRecord) -> list[tuple[str, str]]:
    """Return names and contents of the page's meta tags; what is not known is left out, never invented."""
    request: HttpRequest = context["request"]
    found = [
        ("SiteName", f"{_('明白账')} {record.county}".strip()),
        ("SiteDomain", urlsplit(settings.WAGTAILADMIN_BASE_URL).netloc),
        ("SiteIDCode", record.site_code),
        ("Url", address(request)),
        ("Author", record.sponsor),
    ]
    page = context.get("page")
    if "withdrawal" in context:
        # Nothing of what was taken down.
        return [(name, content) for name, content in found if content]
    found += _of_page(page, context.get("column")) if isinstance(page, PublicPage) else _of_view(context)
    return [(name, content) for name, content in found if content]


def _of_page(page: Any, column: Any) -> list[tuple[str, str]]:
    if isinstance(page, SectionPage):
        return [
            ("ColumnName", page.title),
            ("ColumnDescription", page.intro or page.title),
            ("ColumnKeywords", page.keywords or page.title),
            ("ColumnType", page.column_type),
        ]
    if isinstance(page, HomePage):
        return [("Description", page.search_description or _("帮扶政策、公示名单和资金去向，一笔一笔都能查"))]
    return [
        ("ColumnName", getattr(column, "title", "")),
        ("ColumnType", getattr(column, "column_type", "")),
        ("ColumnKeywords", getattr(column, "keywords", "")),
        ("ArticleTitle", page.title),
        ("PubDate", _day(page.published_date)),
        ("ContentSource", page.source or getattr(page, "issuer", "")),
        ("Keywords", _keywords(page, column)),
        ("Description", page.search_description or _beginning(page)),
    ]


def _of_view(context: Mapping[str, Any]) -> list[tuple[str, str]]:
    match = getattr(context["request"], "resolver_match", None)
    name, kind = COLUMNS.get(match.url_name if match else "", ("", ""))
    found = [("ColumnName", name), ("ColumnType", kind)]
    told, shown, area, programme = (context.get(what) for what in ("article", "list", "area", "programme"))
    if isinstance(told, Article):
        found += [("ArticleTitle", told.title), ("PubDate", _day(told.on)), ("ContentSource", told.source)]
    elif isinstance(shown, PublicList):
        found += [("ArticleTitle", shown.title), ("PubDate", _day(shown.published_at))]
        found += [("ContentSource", shown.area.name)]
    elif isinstance(area, Area):
        found += [("ColumnDescription", _("%(area)s的公示和资金") % {"area": area.name})]
    elif programme is not None:
        found += [("ArticleTitle", str(programme.title))]
    return found


def _day(on: date | datetime | None) -> str:
    if isinstance(on, datetime):
        on = clock.day_of(on)
    return on.isoformat() if on else ""


def _keywords(page: Any, column: Any) -> str:
    words = (getattr(page, "theme", ""), getattr(page, "document_number", ""), getattr(column, "title", ""))
    return ";".join(word for word in words if word)


def _beginning(page: Any) -> str:
    if isinstance(page, PolicyDocumentPage):
        texts = (str(block.value["text"]) for block in page.body if block.block_type == "paragraph")
    else:
        texts = (piece.text for piece in pieces(page.body))
    text = " ".join(next((one for one in texts if one.strip()), "").split())
    return text if len(text) <= DESCRIBED else f"{text[: DESCRIBED - 1]}…"
