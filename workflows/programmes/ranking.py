"""Neediest first: who of a window's applicants stands where, why, and whose turn the money has reached.

A programme may name a window (``opens``, ``closes``) and a priority (criteria in their order, as data). Then
nothing is approved before the window is closed, and never in the order of coming: every standing
application of the window has a place, those above keep their money while they are on their way, and who
does not fit waits. Nobody lower is let past, however small their amount. HY-17, XC-29, XC-30, XY-11.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.engine.models import CaseState
from workflows.registry.models import Category, Household, YearIncome

from .answers import yuan
from .models import Application, Budget

STANDING = [CaseState.ACTIVE, CaseState.DONE]
# Who has no income on record stands behind those who have: nobody gains by a missing survey.
UNKNOWN = 10**15


@dataclass(frozen=True)
class Facts:
    """What the criteria read of a household."""

    household: Household
    income_fen: int | None
    works: bool


@dataclass(frozen=True)
class Place:
    """Where an application stands: 1 is the neediest. Amounts are fen; `reasons` say why, in order."""

    rank: int
    application: Application
    fen: int
    before_fen: int
    fits: bool
    reasons: tuple[str, ...]


def _category(facts: Facts, rule: Mapping[str, Any]) -> tuple[int, str]:
    order = list(rule["values"])
    category = facts.household.category
    return (order.index(category) if category in order else len(order)), str(Category(category).label)


def _income(facts: Facts, _rule: Mapping[str, Any]) -> tuple[int, str]:
    if facts.income_fen is None:
        return UNKNOWN, _("没有收入记录")
    return facts.income_fen, _("人均收入 %(yuan)s 元") % {"yuan": yuan(facts.income_fen)}


def _labour(facts: Facts, _rule: Mapping[str, Any]) -> tuple[int, str]:
    return int(facts.works), _("有能干活的人") if facts.works else _("没有能干活的人")


Criterion = Callable[[Facts, Mapping[str, Any]], tuple[int, str]]
CRITERIA: dict[str, Criterion] = {"category": _category, "income": _income, "no_labour": _labour}


def window_of(definition: Mapping[str, Any]) -> tuple[date, date] | None:
    """Return the first and the last day for filing, or None for a programme without a window."""
    window = definition.get("window")
    return (date.fromisoformat(window["opens"]), date.fromisoformat(window["closes"])) if window else None


def is_ranked(definition: Mapping[str, Any]) -> bool:
    """Return whether the programme ranks its applicants."""
    return bool(definition.get("ranking") and definition.get("window"))


def standing(programme_id: int, definition: Mapping[str, Any], budget: Budget | None) -> list[Place]:
    """Return the places of all standing applications of the window, the neediest first (four queries).

    Whoever commits money holds the budget's lock meanwhile.
    """
    window = window_of(definition)
    if window is None:
        return []
    start = timezone.make_aware(datetime.combine(window[0], time.min))
    end = timezone.make_aware(datetime.combine(window[1] + timedelta(days=1), time.min))
    # Who filed by themselves counts by the day on which they did, not by that of the office.
    in_time = Q(asked_on=None, case__opened_at__gte=start, case__opened_at__lt=end)
    mine = Application.objects.filter(
        in_time | Q(asked_on__range=window),
        programme_version__programme=programme_id,
        case__state__in=STANDING,
    )
    mine = mine.select_related("case__area", "case__batch", "household").prefetch_related(
        "household__members"
    )
    applications = list(mine)
    incomes = _incomes([one.household_id for one in applications])
    ranked = sorted(
        ((_key(one, definition["ranking"], incomes.get(one.household_id)), one) for one in applications),
        key=lambda pair: pair[0][0],
    )
    left = _left_for(budget, applications)
    places, used = [], 0
    for rank, ((_order, reasons), one) in enumerate(ranked, 1):
        fen = one.case.amount_fen
        places.append(Place(rank, one, fen, used, used + fen <= left, reasons))
        used += fen
    return places


def _key(
    one: Application, rules: Sequence[Mapping[str, Any]], income_fen: int | None
) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    works = any(member.able_to_work for member in one.household.present_members)
    facts = Facts(one.household, income_fen, works)
    found = [CRITERIA[rule["by"]](facts, rule) for rule in rules]
    # Equals are put in the order of a digest that nobody can choose: not in that of coming.
    lot = hashlib.sha256(f"{one.programme_version_id}:{one.case.number}".encode()).hexdigest()
    return (*(order for order, _word in found), lot), tuple(word for _order, word in found)


def _incomes(households: Sequence[int]) -> dict[int, int]:
    """Return the income a person of the latest year on record, in fen, by household (one query)."""
    found = YearIncome.objects.filter(household__in=households).order_by("year")
    return {one.household_id: one.per_person_fen for one in found}


def _left_for(budget: Budget | None, applications: Sequence[Application]) -> int:
    """Return what of `budget` is there for the window: its total less what others of the year took."""
    if budget is None:
        return 0
    others = budget.applications.filter(case__state__in=STANDING).exclude(
        pk__in=[one.pk for one in applications]
    )
    return int(budget.total_fen - (others.aggregate(fen=Sum("case__amount_fen"))["fen"] or 0))


def why_waiting(place: Place, budget_fen: int) -> str:
    """Return in a sentence why the household of `place` waits."""
    return _(
        "按困难程度排在第 %(rank)s 位，前面的户共需 %(before)s 元，资金 %(total)s 元不够，"
        "列入候补；有余钱时按名次递补"
    ) % {"rank": place.rank, "before": yuan(place.before_fen), "total": yuan(budget_fen)}


def why_reached(place: Place) -> str:
    """Return in a sentence why the household of `place`, which waited, is approved now."""
    return _("候补时钱不够；现在有了余钱，按困难程度排在第 %(rank)s 位，轮到这一户") % {"rank": place.rank}


def problems(definition: Mapping[str, Any]) -> list[str]:
    """Return, in Chinese, what is wrong with the window and the priority of a definition."""
    found: list[str] = []
    window, rules = definition.get("window"), definition.get("ranking")
    if window is not None:
        try:
            opens, closes = window_of(definition) or (date.min, date.min)
            if opens > closes:
                found.append(_("申报期的结束日期在开始之前"))
        except (KeyError, TypeError, ValueError):
            found.append(_("“window”要写 opens 和 closes，日期写成 2026-11-21 这样"))
    if rules is None:
        return found
    if window is None:
        found.append(_("要按困难程度排序，先定申报期（window）"))
    shaped = isinstance(rules, list) and rules and all(isinstance(rule, Mapping) for rule in rules)
    if not shaped:
        return [*found, _("“ranking”要写成一个列表，一项一个条件")]
    for rule in rules:
        if rule.get("by") not in CRITERIA:
            found.append(
                _("排序条件“%(by)s”不认识，可以用：%(all)s")
                % {"by": rule.get("by"), "all": "、".join(CRITERIA)}
            )
        elif rule["by"] == "category" and not set(rule.get("values", [""])) <= set(Category.values):
            found.append(_("排序条件 category 的类别不认识"))
    return found
