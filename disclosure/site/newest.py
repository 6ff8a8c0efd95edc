"""The newest public lists, for the home page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import get_script_prefix
from django.utils.translation import gettext as _

from disclosure.publicity import public
from disclosure.publicity.models import ListState, PublicList
from portal import clock

from .words import closing, full_day


@dataclass(frozen=True)
class Newest:
    """A list as the home page shows it."""

    title: str
    url: str
    note: str


def newest(limit: int) -> Sequence[Newest]:
    """Return the newest lists with their village and closing date (one query)."""
    prefix = get_script_prefix()
    return [Newest(list.title, f"{prefix}lists/{list.number}/", note(list)) for list in public.newest(limit)]


def note(list: PublicList) -> str:
    """Return where the list is from and until when it runs, in words that stay true all day."""
    if list.state == ListState.RUNNING and clock.today() <= list.closes_on:
        return _("%(area)s · 公示到%(closing)s") % {
            "area": list.area.name,
            "closing": closing(list.closes_on),
        }
    return _("%(area)s · %(day)s公示期满") % {"area": list.area.name, "day": full_day(list.closes_on)}
