"""Named rules of who may apply; a programme's definition picks from them and words them for the villager."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal import clock
from workflows.engine.models import CaseState
from workflows.registry.duplicates import has_open
from workflows.registry.models import Household

from .models import Application, Programme

Check = Callable[[Household, Programme, Mapping[str, Any]], bool]


def category_in(household: Household, _programme: Programme, rule: Mapping[str, Any]) -> bool:
    """Whether the household's category is one of the rule's values (XC-05, XY-02)."""
    return household.category in rule["values"]


def able_member(household: Household, _programme: Programme, _rule: Mapping[str, Any]) -> bool:
    """Whether a member is able to work (XC-06, XC-15)."""
    return household.members.present().filter(able_to_work=True).exists()


def once_a_year(household: Household, programme: Programme, _rule: Mapping[str, Any]) -> bool:
    """Whether the household has no application to this programme in this year, but for refused ones."""
    earlier = Application.objects.filter(
        household=household,
        programme_version__programme=programme,
        case__opened_at__year=clock.today().year,
        case__state__in=[CaseState.ACTIVE, CaseState.DONE],
    )
    return not earlier.exists()


RULES: dict[str, Check] = {"category_in": category_in, "able_member": able_member, "once_a_year": once_a_year}


def failing(household: Household, programme: Programme, definition: Mapping[str, Any]) -> list[str]:
    """Return the words of every rule that the household does not meet; empty where it may apply.

    Before any of a programme's own: nobody applies while a member may be registered twice.
    """
    found = [_("这户有人可能重复登记，请先由乡镇经办判定")] if has_open(household) else []
    return found + [
        rule["text"]
        for rule in definition["eligibility"]
        if not RULES[rule["rule"]](household, programme, rule)
    ]
