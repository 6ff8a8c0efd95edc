"""Public lists in the search: title, village, kind and number alone, never a row, never a name (rule 8)."""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

from disclosure.publicity.models import ListState, PublicList
from portal import clock
from portal.areas.names import full_name

from . import services
from .registry import Document, Source, register

NAME, LIST = "list", "list"


def one(key: str) -> Document | None:
    """Return the list of that number as the search knows it; None for a version that was corrected."""
    found = _found().filter(number=key).select_related("area").first()
    if found is None:
        return None
    return Document(
        kind=LIST,
        path=f"lists/{found.number}/",
        title=found.title,
        on=clock.day_of(found.published_at),
        area_path=found.area_path,
        place=full_name(found.area),
        about=f"{found.get_kind_display()} · {found.number}",
    )


def keys() -> Iterable[str]:
    """Return the numbers of all lists that no corrected version has replaced."""
    return [*_found().order_by("pk").values_list("number", flat=True)]


def _found() -> Any:
    return PublicList.objects.published().exclude(state=ListState.SUPERSEDED)


def _saved(sender: Any, instance: PublicList, raw: bool = False, **kwargs: Any) -> None:
    """Follow a list that was published, ended or replaced, in the same transaction."""
    if not raw:
        services.refresh(NAME, instance.number)


def connect() -> None:
    """Register, and listen to what changes a list."""
    register(SOURCE)
    post_save.connect(_saved, sender=PublicList, dispatch_uid="search-list")


SOURCE = Source(NAME, {LIST: _("公示名单")}, one, keys)
