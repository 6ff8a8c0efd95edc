"""Lists shorter than required: closed before the full days of their kind at their place."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from disclosure.masking.kinds import Content
from disclosure.publicity.keys import days_key
from disclosure.publicity.models import ListKind, ListState, PublicList
from disclosure.publicity.period import last_day
from portal import clock
from portal.configuration.services import value

from ..rule import Found, Rule, Window

KINDS = [ListKind.APPLICATION, ListKind.RESOLUTION, ListKind.RESULT]


def find(window: Window) -> Iterator[Found]:
    """Yield the lists that closed, or are to close, before the days that were required were full."""
    for numbers in window.chunks("list.published", "list.corrected", "list.ended"):
        for list_ in PublicList.objects.filter(number__in=numbers, kind__in=KINDS).select_related("area"):
            required = list_.days
            # Other contents have days of their own, by their flow; these have those of the setting.
            if list_.content in (Content.APPLICATIONS, Content.WORKS):
                required = max(required, int(value(days_key(list_.kind), list_.area, list_.starts_on)))
            full = last_day(list_.starts_on, required, list_.day_kind, list_.area)
            ended = _ended(list_)
            if ended >= full:
                continue
            said = {"days": (ended - list_.starts_on).days, "required": required}
            yield Found(
                key=list_.number,
                area=list_.area,
                line=list_.line,
                reason=translate("只公示了 %(days)s 天，要求满 %(required)s 天。") % said,
                objects=[("list", list_.number)],
                happened_at=list_.published_at,
            )


def _ended(list_: PublicList) -> date:
    """Return the last day of the period; the day on which it was ended, where that was before."""
    if list_.state != ListState.ENDED or list_.ended_at is None:
        return list_.closes_on
    return min(list_.closes_on, clock.day_of(list_.ended_at))


RULE = Rule(
    code="short_list",
    title=_("公示天数不够"),
    why=_("公示没有满规定的天数，村民来不及看、来不及提。"),
    find=find,
)
