"""What the page of a household shows: masked numbers, members, income, and which case made each change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from disclosure.masking.services import mask_card, mask_id, mask_phone
from portal import clock
from portal.people.models import Line, User
from portal.people.scope import scope_of
from workflows.changes import exit_income
from workflows.engine.models import Case
from workflows.programmes.answers import yuan
from workflows.registry.labels import label_on
from workflows.registry.models import (
    Category,
    ChangeKind,
    Household,
    Member,
    RegisterChange,
    YearIncome,
)
from workflows.registry.reveals import Field, may_see

# Assistance keeps the register, finance pays by it; other lines see a household in their own cases.
LINES = (Line.ASSISTANCE, Line.FINANCE)
# The newest are shown; all of them are kept.
SHOWN = 40
CODED = {
    ChangeKind.CATEGORY,
    ChangeKind.ENTERED,
    ChangeKind.REENTERED,
    ChangeKind.EXITED,
    ChangeKind.REGISTERED,
}


@dataclass(frozen=True)
class Secret:
    """A personal field: its mask, whether this person may see it, and the whole where just revealed."""

    field: str
    label: str
    mask: str
    may: bool
    member: int | None = None
    whole: str = ""


@dataclass(frozen=True)
class Revealed:
    """What one POST revealed."""

    field: str
    member: int | None
    whole: str


def find(user: User, pk: int) -> Household | None:
    """Return the household where `user`'s offices cover it on a line that works with the register."""
    found = Household.objects.visible_to(user).select_related("area", "helper", "split_from__area")
    household: Household | None = found.filter(pk=pk).first()
    if household is None:
        return None
    scope = scope_of(user)
    reads = any(scope.holds(scope.roles, household.area_path, line) for line in LINES)
    return household if reads else None


def page(user: User, household: Household, revealed: Revealed | None = None) -> dict[str, Any]:
    """Return what the page shows of `household`; of personal fields one at most is whole."""
    members = list(household.members.order_by("pk"))
    present = [one for one in members if one.left_on is None]
    numbers = may_see(user, household, Field.ID_NUMBER) is not None
    return {
        "household": household,
        "secrets": [
            _secret(user, household, field, mask, revealed)
            for field, mask in (
                (Field.PHONE, mask_phone(household.phone)),
                (Field.BANK_CARD, mask_card(household.bank_card)),
                (Field.CAUSE, _("已登记") if household.cause else ""),
            )
        ],
        "members": [_member(one, numbers, revealed) for one in present],
        "left": [one for one in members if one.left_on is not None],
        "incomes": list(household.incomes.select_related("recorded_by").order_by("-year")),
        "proposed": exit_income.to_propose(household),
        "changes": _changes(user, household),
        "fields": field_history(household),
        "cases": list(
            Case.objects.visible_to(user)
            .filter(subject=household.subject)
            .select_related("batch")
            .order_by("-opened_at", "-pk")[:SHOWN]
        ),
        "kinships": list(household.kinships.select_related("user").order_by("pk")),
    }


def _secret(user: User, household: Household, field: Field, mask: str, revealed: Revealed | None) -> Secret:
    whole = revealed.whole if revealed and revealed.field == field else ""
    may = bool(mask) and may_see(user, household, field) is not None
    return Secret(field.value, str(field.label), mask, may, whole=whole)


def _member(member: Member, may: bool, revealed: Revealed | None) -> dict[str, Any]:
    whole = ""
    if revealed and revealed.field == Field.ID_NUMBER and revealed.member == member.pk:
        whole = revealed.whole
    return {
        "member": member,
        "labour": member.get_labour_display() or (_("能干活") if member.able_to_work else _("不能干活")),
        "id": Secret(
            Field.ID_NUMBER.value,
            str(Field.ID_NUMBER.label),
            mask_id(member.id_number) if member.id_number else "",
            may and bool(member.id_number),
            member.pk,
            whole,
        ),
    }


def _changes(user: User, household: Household) -> list[dict[str, Any]]:
    """Return the changes, newest first; a case that this person may not read stands as a bare number."""
    newest = household.changes.select_related("by", "evidence").order_by("-at", "-pk")
    rows: list[RegisterChange] = list(newest[:SHOWN])
    numbers = {one.case_number for one in rows if one.case_number}
    readable = set(Case.objects.visible_to(user).filter(number__in=numbers).values_list("number", flat=True))
    return [
        {
            "change": one,
            "before": said(one, one.before),
            "after": said(one, one.after),
            "readable": one.case_number in readable,
        }
        for one in rows
    ]


def said(change: RegisterChange, text: str) -> str:
    """Return one side of a change in words; a category is called as it was on that day."""
    if change.kind in CODED and text in Category.values:
        return label_on(text, clock.day_of(change.at), change.household.area_path)
    if change.kind == ChangeKind.CARD and text:
        return _("尾号 %(last)s") % {"last": text}
    if change.kind == ChangeKind.DETAILS and text:
        # A telephone number and a cause stand among these words: the page tells that, and not what.
        return _("已更正")
    return text


def field_history(household: Household) -> list[dict[str, Any]]:
    """Return which field changed when, newest first, from the kept history; numbers are masked."""
    records = list(household.history.select_related("helper", "area").order_by("history_date", "history_id"))
    told: list[dict[str, Any]] = []
    for old, new in pairwise(records):
        before, after = _fields(old), _fields(new)
        told += [
            {"at": new.history_date, "field": name, "before": before[name], "after": after[name]}
            for name in before
            if before[name] != after[name]
        ]
    told += _income_history(household.incomes.all())
    told.sort(key=lambda one: _when(one["at"]), reverse=True)
    return told[:SHOWN]


def _when(at: datetime) -> float:
    return at.timestamp()


def _fields(record: Any) -> dict[str, str]:
    day = clock.day_of(record.history_date)
    return {
        _("村组"): f"{record.area} {record.group_name}",
        _("类别"): label_on(record.category, day, record.area_path),
        _("在册情况"): str(record.get_standing_display()),
        _("户主"): record.head_name,
        _("联系电话"): mask_phone(record.phone),
        _("一卡通卡号"): mask_card(record.bank_card),
        _("帮扶责任人"): str(record.helper or ""),
    }


def _income_history(incomes: Iterable[YearIncome]) -> list[dict[str, Any]]:
    told = []
    for income in incomes:
        records = list(income.history.order_by("history_date", "history_id"))
        for old, new in pairwise(records):
            totals = [
                one.operating_fen + one.wage_fen + one.property_fen + one.transfer_fen for one in (old, new)
            ]
            told.append(
                {
                    "at": new.history_date,
                    "field": _("%(year)s 年收入（元）") % {"year": income.year},
                    "before": yuan(totals[0]),
                    "after": yuan(totals[1]),
                }
            )
    return told
