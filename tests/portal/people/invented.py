"""An invented county and its people, made through the real services."""

from datetime import date
from itertools import count
from typing import Any

from portal import clock
from portal.areas.models import Area
from portal.areas.services import load
from portal.people.joint import possible_seconds
from portal.people.models import Line, Office, Role, User
from portal.people.services import bootstrap_administrators, grant_office

ROWS = [
    ("990000000000", "测试市", "city", ""),
    ("990001000000", "甲县", "county", "990000000000"),
    ("990002000000", "乙县", "county", "990000000000"),
    ("990001101000", "东乡", "township", "990001000000"),
    ("990001102000", "西乡", "township", "990001000000"),
    ("990002101000", "北乡", "township", "990002000000"),
    ("990001101201", "一村", "village", "990001101000"),
    ("990001101202", "二村", "village", "990001101000"),
    ("990001102201", "三村", "village", "990001102000"),
    ("990002101201", "四村", "village", "990002101000"),
]
CITY, COUNTY, OTHER_COUNTY, EAST, WEST, NORTH, ONE, TWO, THREE, FOUR = (row[0] for row in ROWS)
_numbers = count(1)


def divisions(rows: list[tuple[str, str, str, str]] = ROWS) -> bytes:
    """Return the rows as the file that `load_areas` reads."""
    return "\n".join(["code,name,level,parent_code", *(",".join(row) for row in rows), ""]).encode()


def areas() -> dict[str, Area]:
    """Load the invented county; return its areas by code."""
    load(divisions(), valid_from=date(2020, 1, 1))
    return {area.code: area for area in Area.objects.all()}


def person(name: str = "测试员") -> User:
    """Return a new account without an office."""
    return User.objects.create(username=f"u{next(_numbers)}", display_name=name)


def administrators(area: Area) -> dict[Role, User]:
    """Return the three administrators of a fresh installation at `area`."""
    names = {Role.SYSTEM_ADMIN: "系某", Role.SECURITY_ADMIN: "安某", Role.AUDIT_ADMIN: "审某"}
    people = {role: (f"a{next(_numbers)}", name) for role, name in names.items()}
    return {role: made.user for role, made in bootstrap_administrators(area=area, people=people).items()}


def officer(by: User, role: Role, area: Area, line: Line = Line.ALL, **changes: Any) -> User:
    """Return a new account that holds one office, granted by the security administrator `by`."""
    user = person()
    given(by, user, role, area, line, **changes)
    return user


def given(by: User, user: User, role: Role, area: Area, line: Line = Line.ALL, **changes: Any) -> Office:
    """Grant an office from today on unless told otherwise."""
    days = {"starts_on": clock.today()} | changes
    second = next(iter(possible_seconds(by=by, user=user, role=role, area=area)), by)
    return grant_office(by=by, second=second, user=user, role=role, area=area, line=line, **days)
