"""Village matters in the search: title, village, kind and number, never a row of their lists."""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

from disclosure.search import services
from disclosure.search.registry import Document, Source, register
from portal.areas.names import full_name

from .models import MatterState, VillageMatter
from .public import path_of

NAME = "village"


def one(key: str) -> Document | None:
    """Return the matter of that number as the search knows it; None before the village met on it."""
    found = VillageMatter.objects.published().filter(number=key).select_related("area").first()
    if found is None:
        return None
    return Document(
        kind=NAME,
        path=path_of(found.number),
        title=found.title,
        on=found.first_met_on,
        area_path=found.area_path,
        place=full_name(found.area),
        about=f"{found.get_kind_display()} · {found.number}",
        mark=str(_("已撤下")) if found.state == MatterState.WITHDRAWN else "",
    )


def keys() -> Iterable[str]:
    """Return the numbers of all matters that the public may see."""
    return [*VillageMatter.objects.published().order_by("pk").values_list("number", flat=True)]


def connect() -> None:
    """Register, and listen to what changes a matter."""
    register(SOURCE)
    post_save.connect(_saved, sender=VillageMatter, dispatch_uid="search-village")


def _saved(sender: Any, instance: VillageMatter, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        services.refresh(NAME, instance.number)


SOURCE = Source(NAME, {NAME: _("村务事项")}, one, keys)
