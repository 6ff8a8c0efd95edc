"""The rows of a sheet as people and families, with what is wrong at which cell."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.people.models import Office, Role, User
from workflows.registry.checking import NewMember, household_wrong, member_wrong, plain_number
from workflows.registry.helpers import HELPING_ROLES
from workflows.registry.incomes import Figures, figures_wrong

from . import cells
from .columns import HEAD, INCOME, Column, address, columns, letter

Errors = dict[str, str]
_ADDRESS = re.compile(r"[A-Z]{0,3}([0-9]+)")
MOST_MEMBERS = 20


@dataclass(frozen=True)
class Person:
    """One row: the member, and the row that it stands in."""

    row: int
    member: NewMember


@dataclass
class Family:
    """The rows of one household; `head_row` is the row of the head. Empty texts say nothing."""

    area: Area
    head_row: int
    people: list[Person]
    group_name: str = ""
    category: str = ""
    cause: str = ""
    phone: str = ""
    bank_card: str = ""
    helper: User | None = None
    figures: Figures | None = None

    @property
    def head(self) -> NewMember:
        """Return the head."""
        return next(person.member for person in self.people if person.row == self.head_row)

    @property
    def members(self) -> list[NewMember]:
        """Return the members, the head first."""
        return [self.head] + [one.member for one in self.people if one.row != self.head_row]


def header_errors(rows: list[list[Any]]) -> Errors:
    """Return where row 1 differs from the template."""
    titles = rows[0] if rows else []
    wrong: Errors = {}
    expected = columns()
    given = {str(one).strip() for one in titles if one is not None}
    lacking = [place for place, one in enumerate(expected) if one.title not in given]
    if lacking and given <= {one.title for one in expected} | {""}:
        # Everything right of a deleted column stands one place off: the column is what there is to tell.
        said = _("少了“%(title)s”这一列，请照模板补上，列的次序不要动")
        return {f"{letter(place)}1": said % {"title": expected[place].title} for place in lacking}
    for place in range(max(len(expected), len(titles))):
        said = str(titles[place]).strip() if place < len(titles) and titles[place] is not None else ""
        title = expected[place].title if place < len(expected) else ""
        if said == title:
            continue
        wrong[f"{letter(place)}1"] = (
            _("标题应当是“%(title)s”，这里是“%(said)s”。请照模板的列，不要增减和换位")
            % {"title": title, "said": said[:20]}
            if title
            else _("模板里没有这一列，请删掉")
        )
    return wrong


def families(rows: list[list[Any]], villages: dict[str, Area], errors: Errors) -> list[Family]:
    """Return the families of the sheet whose own cells are all right; what is wrong goes into `errors`.

    `villages` are those that may be registered in, by code.
    """
    known = columns()
    groups: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = {}
    for number, row in enumerate(rows[1:], 2):
        if all(value is None or (isinstance(value, str) and not value.strip()) for value in row):
            continue
        read = _row(row, number, known, errors)
        if not read["area"]:
            errors.setdefault(address("area", number), _("请填 12 位村代码，每行都要填"))
        elif read["area"] not in villages:
            errors.setdefault(address("area", number), _("您管的范围里没有这个村，请核对 12 位村代码"))
        if not read["family"]:
            errors.setdefault(address("family", number), _("请填户序号，同一户的人填同一个"))
        groups.setdefault((read["area"], read["family"]), []).append((number, read))
    _twice(groups, errors)
    helpers = _helpers([read["helper"] for group in groups.values() for _n, read in group if read["helper"]])
    found = []
    for (code, _family), members in groups.items():
        family = _family_of(villages.get(code), members, helpers, errors)
        if family is not None:
            found.append(family)
    wrong = {row_of(where) for where in errors}
    return [family for family in found if not wrong & {person.row for person in family.people}]


def row_of(where: str) -> int:
    """Return the row of a cell address, 0 for what is none."""
    match = _ADDRESS.match(where)
    return int(match[1]) if match else 0


def _row(row: list[Any], number: int, known: list[Column], errors: Errors) -> dict[str, Any]:
    """Return what the cells of a row say; a cell that is wrong says nothing."""
    read: dict[str, Any] = {}
    for place, column in enumerate(known):
        value = row[place] if place < len(row) else None
        try:
            read[column.key] = _reader(column)(value, column)
        except cells.Wrong as error:
            errors[address(column.key, number)] = str(error)
            read[column.key] = None if column.key in ("born_on", "year", *INCOME) else ""
    for key in ("id_number", "phone", "bank_card", "area"):
        read[key] = plain_number(read[key])
    return read


def _reader(column: Column) -> Callable[[Any, Column], Any]:
    if column.choices:
        return cells.choice
    if column.key in INCOME:
        return cells.fen
    return {"born_on": cells.day, "year": cells.year}.get(column.key, cells.text)


def _twice(groups: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]], errors: Errors) -> None:
    """Tell of an ID number that stands in several rows, at each but the first."""
    first: dict[str, int] = {}
    for number, read in sorted((one for group in groups.values() for one in group), key=lambda one: one[0]):
        if not (held := read["id_number"]):
            continue
        if held in first:
            errors.setdefault(
                address("id_number", number),
                _("这个身份证号和第 %(row)s 行重复，一个人只能在一户") % {"row": first[held]},
            )
        first.setdefault(held, number)


def _helpers(usernames: list[str]) -> dict[str, tuple[User, list[str]]]:
    """Return the accounts that help somewhere today, each with the paths of the areas."""
    offices = Office.objects.in_force(clock.today()).filter(
        user__username__in=set(usernames), role__in=[Role(role) for role in HELPING_ROLES]
    )
    found: dict[str, tuple[User, list[str]]] = {}
    for office in offices.select_related("user", "area"):
        found.setdefault(office.user.username, (office.user, []))[1].append(office.area.path)
    return found


def _family_of(
    area: Area | None,
    members: list[tuple[int, dict[str, Any]]],
    helpers: dict[str, tuple[User, list[str]]],
    errors: Errors,
) -> Family | None:
    people = []
    for number, read in members:
        member = NewMember(
            name=read["name"],
            relation=read["relation"],
            id_number=read["id_number"],
            born_on=read["born_on"],
            sex=read["sex"],
            labour=read["labour"],
        )
        for key, said in member_wrong(member).items():
            errors.setdefault(address(key, number), said)
        if not member.id_number and member.born_on is None:
            errors.setdefault(address("born_on", number), _("没有身份证号的，要填出生日期"))
        people.append(Person(number, member))
    heads = [number for number, read in members if read["relation"] == HEAD]
    if len(heads) != 1:
        where = address("relation", heads[1] if heads else members[0][0])
        errors.setdefault(where, _("一户要有一个，也只能有一个“户主”：请核对户序号和关系"))
        return None
    if len(members) > MOST_MEMBERS:
        errors.setdefault(address("family", members[0][0]), _("一户最多 20 人，请核对户序号"))
    for number, read in members:
        if number != heads[0]:
            _not_of_household(number, read, errors)
    read = next(read for number, read in members if number == heads[0])
    if area is None:
        return None
    family = Family(
        area=area,
        head_row=heads[0],
        people=people,
        group_name=read["group_name"],
        category=read["category"],
        cause=read["cause"],
        phone=read["phone"],
        bank_card=read["bank_card"],
    )
    return _of_household(family, read, helpers, errors)


def _not_of_household(number: int, read: dict[str, Any], errors: Errors) -> None:
    for column in columns():
        if column.of_household and read[column.key] not in ("", None):
            errors.setdefault(address(column.key, number), _("这一项只在户主那一行填，请清空这一格"))


def _of_household(
    family: Family, read: dict[str, Any], helpers: dict[str, tuple[User, list[str]]], errors: Errors
) -> Family:
    row = family.head_row
    for key, said in household_wrong(family.group_name, family.phone, family.bank_card).items():
        errors.setdefault(address(key, row), said)
    if username := read["helper"]:
        user, paths = helpers.get(username, (None, []))
        if user is None or not any(family.area.path.startswith(path) for path in paths):
            errors.setdefault(address("helper", row), _("这个账号在本村没有帮扶职务，请核对账号，或者先任职"))
        family = replace(family, helper=user)
    amounts = {name: read[name] for name in INCOME}
    if read["year"] is None:
        if any(amount is not None for amount in amounts.values()):
            errors.setdefault(address("year", row), _("填了收入，要填是哪一年的"))
        return family
    for name, amount in amounts.items():
        if amount is None:
            # An empty cell would wipe out what another survey found.
            errors.setdefault(address(name, row), _("填了收入年度，四类收入都要填，没有的填 0"))
    figures = Figures(read["year"], **{name: amount or 0 for name, amount in amounts.items()})
    for key, said in figures_wrong(figures).items():
        errors.setdefault(address(key, row), said)
    return replace(family, figures=figures)
