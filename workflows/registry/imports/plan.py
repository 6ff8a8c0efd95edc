"""What a table would change in the register: new, changed, unchanged and missing households, or errors."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from disclosure.masking.services import mask_card, mask_phone
from portal.areas.models import Area
from portal.sealing.keys import keyed_hash
from workflows.registry.labels import label_on
from workflows.registry.models import Cause, Household, Labour, Member, Standing, YearIncome

from .columns import INCOME, PLAIN, address
from .table import Errors, Family, Person, row_of

TITLES = {column.key: column.title for column in PLAIN}
Line = tuple[str, str, str]


@dataclass
class Change:
    """A household of the register that the table says something new of; `lines` is title, before, after."""

    household: Household
    family: Family
    lines: list[Line] = field(default_factory=list)
    labour: list[tuple[Member, str]] = field(default_factory=list)


@dataclass
class Plan:
    """All that a table would do. With errors it does nothing."""

    errors: Errors = field(default_factory=dict)
    new: list[Family] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: list[Household] = field(default_factory=list)
    missing: list[Household] = field(default_factory=list)
    alike: list[Family] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many of each kind; they name nobody."""
        return {
            "errors": len(self.errors),
            "new": len(self.new),
            "people": sum(len(family.people) for family in self.new),
            "changed": len(self.changed),
            "unchanged": len(self.unchanged),
            "missing": len(self.missing),
            "alike": len(self.alike),
        }

    def shown(self) -> dict[str, Any]:
        """Return what the preview shows; numbers are masked."""
        return {
            "errors": sorted(map(list, self.errors.items()), key=lambda one: (row_of(one[0]), one[0])),
            "new": [_shown(one) for one in self.new],
            "changed": [
                {"pk": one.household.pk, "head": one.household.head_name, "row": one.family.head_row}
                | {"place": f"{one.household.area.name}{one.household.group_name}", "lines": one.lines}
                for one in self.changed
            ],
            "missing": [
                {"pk": one.pk, "head": one.head_name, "place": f"{one.area.name}{one.group_name}"}
                for one in self.missing
            ],
            "alike": [_shown(one) for one in self.alike],
            "unchanged": [one.pk for one in self.unchanged],
        }


def _shown(family: Family) -> dict[str, Any]:
    return {
        "row": family.head_row,
        "head": family.head.name,
        "place": f"{family.area.name}{family.group_name}",
        "category": label_on(family.category, area=family.area),
        "people": len(family.people),
    }


def digest(plan: Plan, sha256: str) -> str:
    """Return the digest of what was previewed of the file with `sha256`: a later plan must equal it."""
    text = json.dumps(plan.shown(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{sha256}\n{text}".encode()).hexdigest()


def compare(families: Sequence[Family], errors: Errors) -> Plan:
    """Return what `families` would change; what no table may change goes into the errors by cell.

    Takes the same few queries for two households as for two thousand people.
    """
    plan = Plan(errors=errors)
    held = _Held(families)
    for family in families:
        found = {held.household_of(person, family.area) for person in family.people} - {None}
        if len(found) > 1:
            where = address("id_number", family.head_row)
            errors.setdefault(where, _("这几个人在户档里分在两户，请核对户序号；并户、分户要走办件"))
        elif found:
            _against(held.households[next(pk for pk in found if pk is not None)], family, plan)
        else:
            _as_new(family, plan, held)
    _same_household_twice(plan)
    _missing(families, plan)
    return plan


class _Held:
    """What the register holds of the people of a table, read at once."""

    def __init__(self, families: Sequence[Family]) -> None:
        people = [person for family in families for person in family.people]
        self.by_id: dict[str, int] = {}
        self.by_name: dict[tuple[int, str, Any], list[tuple[int, bool]]] = {}
        ids = [keyed_hash(one.member.id_number, "id") for one in people if one.member.id_number]
        names = {keyed_hash(one.member.name, "name") for one in people}
        areas = {family.area.pk for family in families}
        for some in _portions(ids):
            rows = Member.objects.present().filter(id_hash__in=some)
            self.by_id |= dict(rows.values_list("id_hash", "household_id"))
        for some in _portions(sorted(names)):
            members = Member.objects.present().filter(name_hash__in=some, household__area__in=areas)
            columns = ("household__area_id", "name_hash", "born_on", "household_id", "id_hash")
            for area, name, born_on, household, number in members.values_list(*columns):
                self.by_name.setdefault((area, name, born_on), []).append((household, bool(number)))
        wanted = set(self.by_id.values())
        wanted |= {household for found in self.by_name.values() for household, _number in found}
        self.households: dict[int, Household] = {}
        for keys in _portions(sorted(wanted)):
            rows = Household.objects.filter(pk__in=keys).select_related("area", "helper")
            for one in rows.prefetch_related("members", "incomes"):
                self.households[one.pk] = one

    def household_of(self, person: Person, area: Area) -> int | None:
        """Return the household in which this person is: by number, without one by name and birth."""
        if person.member.id_number:
            return self.by_id.get(keyed_hash(person.member.id_number, "id"))
        key = (area.pk, keyed_hash(person.member.name, "name"), person.member.birth)
        return next((pk for pk, numbered in self.by_name.get(key, []) if not numbered), None)

    def alike(self, family: Family) -> bool:
        """Return whether somebody of `family` has name and birth of a member of the village."""
        return any(
            person.member.birth
            and (family.area.pk, keyed_hash(person.member.name, "name"), person.member.birth) in self.by_name
            for person in family.people
        )


def _portions(keys: list[Any], size: int = 900) -> Iterable[list[Any]]:
    """Yield `keys` in portions that any database takes in one query."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _as_new(family: Family, plan: Plan, held: _Held) -> None:
    if not family.category:
        plan.errors.setdefault(address("category", family.head_row), _("新登记的户要填类别"))
        return
    plan.new.append(family)
    if held.alike(family):
        plan.alike.append(family)


def _against(household: Household, family: Family, plan: Plan) -> None:
    """Compare a family with what the register holds of it."""
    change = Change(household, family)
    before = len(plan.errors)
    _only_by_case(household, family, plan.errors)
    _people(change, plan.errors)
    if len(plan.errors) > before:
        return
    _details(change)
    _income(change)
    if change.lines:
        plan.changed.append(change)
    else:
        plan.unchanged.append(household)


def _only_by_case(household: Household, family: Family, errors: Errors) -> None:
    row = family.head_row
    if household.standing == Standing.CLOSED:
        errors.setdefault(address("name", row), _("这一户已经销户，请先核对"))
    if family.area.pk != household.area_id:
        said = _("户档里在%(village)s，迁居要走办件") % {"village": household.area.name}
        errors.setdefault(address("area", row), said)
    if family.category and family.category != household.category:
        said = _("户档里是“%(held)s”，类别只能通过办件变更；不变更的请清空这一格")
        errors.setdefault(address("category", row), said % {"held": household.get_category_display()})
    if family.head.name != household.head_name:
        errors.setdefault(address("relation", row), _("户主和户档里的不是同一人，变更户主要走办件"))
    if family.bank_card and household.bank_card and family.bank_card != household.bank_card:
        said = _("和户档里的卡号不一样，换卡要在户档页面登记并附卡面照片；不换的请清空这一格")
        errors.setdefault(address("bank_card", row), said)
    if family.helper and household.helper_id and family.helper.pk != household.helper_id:
        errors.setdefault(address("helper", row), _("户档里已有帮扶责任人，换人要走办件；不换的请清空这一格"))


def _people(change: Change, errors: Errors) -> None:
    """Match the rows with the members; who came or went is a matter of a case."""
    left = {member.pk: member for member in change.household.present_members}
    for person in change.family.people:
        given = person.member
        match = next((one for one in left.values() if _is_same(one, person)), None)
        if match is None:
            errors.setdefault(address("name", person.row), _("户档里这一户没有这个人，增加成员要走办件"))
            continue
        del left[match.pk]
        if match.name != given.name:
            errors.setdefault(address("name", person.row), _("姓名和户档里的不一样，请照证件核对"))
        if given.labour and given.labour != match.labour:
            before = Labour(match.labour).label if match.labour else _("没有填")
            title = f"{given.name} {TITLES['labour']}"
            change.lines.append((title, str(before), str(Labour(given.labour).label)))
            change.labour.append((match, given.labour))
    if left:
        said = _("户档里这一户还有 %(n)s 人表里没有：请补上；人已经不在这一户的，减少成员要走办件")
        errors.setdefault(address("family", change.family.head_row), said % {"n": len(left)})


def _is_same(member: Member, person: Person) -> bool:
    given = person.member
    if given.id_number:
        return bool(member.id_number == given.id_number)
    return not member.id_number and member.name == given.name and member.born_on == given.birth


def _details(change: Change) -> None:
    household, family, lines = change.household, change.family, change.lines
    if family.group_name != household.group_name:
        lines.append((TITLES["group_name"], household.group_name, family.group_name))
    if family.phone and family.phone != household.phone:
        lines.append((TITLES["phone"], mask_phone(household.phone) or _("没有"), mask_phone(family.phone)))
    if family.cause and family.cause != household.cause:
        # What stands is told only by a reveal.
        held = _("已登记的另一项") if household.cause else _("没有填")
        lines.append((TITLES["cause"], str(held), str(Cause(family.cause).label)))
    if family.bank_card and not household.bank_card:
        lines.append((TITLES["bank_card"], _("没有"), mask_card(family.bank_card)))
    if family.helper and not household.helper_id:
        lines.append((str(_("帮扶责任人")), _("没有"), str(family.helper)))


def _income(change: Change) -> None:
    figures = change.family.figures
    if figures is None:
        return
    incomes: list[YearIncome] = list(change.household.incomes.all())
    held = next((one for one in incomes if one.year == figures.year), None)
    for key in INCOME:
        before = getattr(held, key) if held else None
        after = figures.kinds[key]
        if before != after and (held or after):
            title = f"{figures.year} {TITLES[key]}"
            change.lines.append((title, _("没有") if before is None else _yuan(before), _yuan(after)))


def _yuan(fen: int) -> str:
    sign, whole = "-" if fen < 0 else "", abs(fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}"


def _same_household_twice(plan: Plan) -> None:
    """Tell where two families of the table are one household of the register."""
    touched = [one.household.pk for one in plan.changed] + [one.pk for one in plan.unchanged]
    twice = {pk for pk, count in Counter(touched).items() if count > 1}
    for change in plan.changed:
        if change.household.pk in twice:
            where = address("family", change.family.head_row)
            plan.errors.setdefault(where, _("这一户在表里出现了两次，请核对户序号"))


def _missing(families: Sequence[Family], plan: Plan) -> None:
    """Find the households of the table's villages that it does not name; nothing is done to them."""
    known = {one.household.pk for one in plan.changed} | {one.pk for one in plan.unchanged}
    areas = {family.area.pk for family in families}
    rows = Household.objects.filter(area__in=areas).exclude(standing=Standing.CLOSED)
    if plan.errors:
        # What a row with errors is about is not known.
        return
    plan.missing = [one for one in rows.select_related("area").order_by("pk") if one.pk not in known]
