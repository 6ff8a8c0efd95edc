"""Figures and dates in a villager's words: 4,800元, 11月28日（星期六）."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.masking.services import kind_of
from disclosure.publicity.models import ListKind, PublicList

WEEKDAYS = "一二三四五六日"


def yuan(fen: int) -> str:
    """Return `fen` as yuan with thousands separators; decimals only where there are any."""
    whole, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}.{rest:02d}" if rest else f"{sign}{whole:,}"


def size(list: PublicList) -> str:
    """Return how many households a list has and how much it comes to where it pays: 3户，4,800元."""
    counted = {"count": list.row_count, "unit": str(kind_of(list.content).unit), "sum": yuan(list.total_fen)}
    if not list.with_money:
        return _("%(count)s%(unit)s") % counted
    return _("%(count)s%(unit)s，%(sum)s元") % counted


def day(on: date) -> str:
    """Return a date without its year: 11月28日."""
    return _("%(month)s月%(day)s日") % {"month": on.month, "day": on.day}


def full_day(on: date) -> str:
    """Return a date with its year: 2026年11月28日."""
    return _("%(year)s年%(month)s月%(day)s日") % {"year": on.year, "month": on.month, "day": on.day}


def closing(on: date) -> str:
    """Return the end of a period: 11月28日（星期六）24时止. A page shows this, never days left (rule 14)."""
    return _("%(day)s（星期%(weekday)s）24时止") % {"day": day(on), "weekday": WEEKDAYS[on.weekday()]}


WHICH_TIME: dict[str, Any] = {
    ListKind.RESOLUTION: gettext_lazy("村里议定以后，第一次公开"),
    ListKind.APPLICATION: gettext_lazy("乡里核查以后"),
    ListKind.RESULT: gettext_lazy("钱发下去以后，第二次公开"),
}


# What is built or kept is not paid to a household.
OF_THINGS = gettext_lazy("办好以后，第二次公开")


def which_time(list: PublicList) -> str:
    """Return at which turn of its matter `list` is published: 村里议定以后，第一次公开."""
    if list.kind == ListKind.RESULT and not kind_of(list.content).households:
        return str(OF_THINGS)
    return str(WHICH_TIME.get(list.kind, ListKind(list.kind).label))


def row_note(row: Mapping[str, Any]) -> str:
    """Return what stands under a row's amount: what was taken off the village's figure, or who settled it."""
    if row.get("sent_back"):
        return _("异议成立，退回重查")
    if not row.get("reduced_fen"):
        return str(row.get("note", ""))
    less = _("比村里报的少%(yuan)s元") % {"yuan": yuan(row["reduced_fen"])}
    # Of a result the day of payment matters too; of other lists, who settled it is said in the reason.
    return f"{row['note']}，{less}" if row.get("effect") and row.get("note") else less
