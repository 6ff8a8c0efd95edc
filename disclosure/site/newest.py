"""The newest public lists, for the home page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import get_script_prefix
from django.utils.translation import gettext as _

from disclosure.publicity import public
from disclosure.publicity.models import ListState, PublicList
from portal import clock

from .words import closing, full_day, size, which_time


@dataclass(frozen=True)
class Newest:
    """A list as the home page shows it."""

    title: str
    url: str
    note: str


def newest(limit: int) -> Sequence[Newest]:
    """Return the newest lists with their village and closing date (one query)."""
    prefix = get_script_prefix()
    found = public.newest(limit)
    return [Newest(title(list), f"{prefix}lists/{list.number}/", note(list)) for list in found]


def title(list: PublicList) -> str:
    """Return the list's title after its village's name: many villages' lists are called alike."""
    return _("%(area)s：%(title)s") % {"area": list.area.name, "title": list.title}


def note(list: PublicList) -> str:
    """Return which publication it is, how much is on it, and until when, in words that stay true all day."""
    if list.state == ListState.RUNNING and clock.today() <= list.closes_on:
        until = _("公示到%(closing)s") % {"closing": closing(list.closes_on)}
    else:
        until = _("%(day)s公示期满") % {"day": full_day(list.closes_on)}
    # Several of a village and a scheme are called alike: how many and how much tells them apart.
    return f"{which_time(list)} · {size(list)} · {until}"
