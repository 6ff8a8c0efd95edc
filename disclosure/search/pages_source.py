"""Wagtail pages in the search: notices, policies paragraph by paragraph, readings, columns."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.signals import page_slug_changed, post_page_move

from disclosure.pages.blocks import CITED
from disclosure.pages.models import NoticePage, PolicyDocumentPage, PolicyReadingPage, SectionPage
from disclosure.pages.moderation import area_of
from disclosure.pages.rich_text import pieces
from portal import clock
from portal.areas.names import full_name

from . import services
from .registry import Document, Passage, Source, register

NAME = "page"
POLICY, READING, NOTICE, SECTION = "policy", "reading", "notice", "section"
KINDS = {POLICY: _("政策文件"), READING: _("政策解读"), NOTICE: _("公告"), SECTION: _("栏目")}
CLASSES: dict[type[Page], str] = {
    PolicyDocumentPage: POLICY,
    PolicyReadingPage: READING,
    NoticePage: NOTICE,
    SectionPage: SECTION,
}
# The record's fields that people ask for, in the order of the line below the title.
ABOUT = ("document_number", "issuer", "index_number", "theme")


def one(key: str) -> Document | None:
    """Return the live page with that id as the search knows it, or None."""
    found = Page.objects.live().public().filter(pk=int(key), depth__gt=2).first()
    page = found.specific if found else None
    kind = CLASSES.get(type(page))
    if page is None or kind is None:
        return None
    area = area_of(page)
    return Document(
        kind=kind,
        # The first step of the path is the home page's own, which no address shows.
        path=page.url_path.split("/", 2)[2],
        title=page.title,
        on=_day(page),
        area_path=area.path if area else "",
        place=full_name(area) if area else "",
        about=_about(page),
        mark=page.mark() if kind == POLICY else "",
        passages=tuple(_passages(page)),
    )


def keys() -> Iterable[str]:
    """Return the ids of all live pages below the home page."""
    pages = Page.objects.live().public().filter(depth__gt=2).order_by("pk")
    return [str(pk) for pk in pages.values_list("pk", flat=True)]


def _day(page: Any) -> date | None:
    own = getattr(page, "published_date", None) or getattr(page, "signed_date", None)
    if own or not page.first_published_at:
        return own
    return clock.day_of(page.first_published_at)


def _about(page: Any) -> str:
    if isinstance(page, PolicyDocumentPage):
        return " · ".join(value for name in ABOUT if (value := getattr(page, name)))
    if isinstance(page, SectionPage):
        return page.intro
    return str(page.source)


def _passages(page: Any) -> Iterable[Passage]:
    if isinstance(page, PolicyDocumentPage):
        for block in page.body:
            if block.block_type in CITED:
                value = block.value
                yield Passage(value["anchor"] or "", f"{value['number'] or ''}{value['text']}")
    elif not isinstance(page, SectionPage):
        for piece in pieces(page.body):
            yield Passage(piece.anchor, piece.text)


def _saved(sender: Any, instance: Page, raw: bool = False, **kwargs: Any) -> None:
    """Follow a page that was published, changed or withdrawn, in the same transaction.

    Wagtail saves the page's own row in each of these; a draft lies in a revision and is never read here.
    """
    if not raw:
        services.refresh(NAME, str(instance.pk))


def _deleted(sender: Any, instance: Page, **kwargs: Any) -> None:
    services.remove(NAME, str(instance.pk))


def _moved(sender: Any, instance: Page, **kwargs: Any) -> None:
    """Follow a page whose address changed, and with it those of all pages below."""
    below = Page.objects.descendant_of(instance, inclusive=True)
    for pk in below.values_list("pk", flat=True):
        services.refresh(NAME, str(pk))


def connect() -> None:
    """Register, and listen to what changes a public page."""
    register(SOURCE)
    # A withdrawal may come through the page's own class or through Wagtail's.
    for model in (Page, *CLASSES):
        post_save.connect(_saved, sender=model, dispatch_uid=f"search-saved-{model.__name__}")
    post_delete.connect(_deleted, sender=Page, dispatch_uid="search-deleted")
    page_slug_changed.connect(_moved, dispatch_uid="search-slug")
    post_page_move.connect(_moved, dispatch_uid="search-moved")


SOURCE = Source(NAME, KINDS, one, keys)
