"""An invented village with its officials, and lists and meetings made through the real services."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from disclosure.deliberations.models import MEETING_STEPS, Deliberation
from disclosure.deliberations.services import MeetingData, open_deliberation, record_meeting
from disclosure.publicity.models import PublicList
from disclosure.publicity.services import RowDraft, publish
from portal import clock
from portal.areas.models import Area
from portal.people.models import Line, Office, Role, User
from tests.portal.people import invented

SHANGHAI = ZoneInfo("Asia/Shanghai")
DIGEST = "ab" * 32


def noon(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """Return a moment of `day` in Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


@dataclass
class Village:
    """A village and who holds office over it. `seat(role)` returns the account and its office."""

    area: Area
    areas: dict[str, Area]
    granter: User
    seats: dict[str, tuple[User, Office]]

    def seat(self, role: str, area: Area | None = None, line: str = Line.ASSISTANCE) -> dict[str, Any]:
        """Return `by` and `office` of an official of `role`, made on first use."""
        area = area or self._area_of(role)
        key = f"{role}@{area.code}/{line}"
        if key not in self.seats:
            user = invented.person()
            starts_on = date(2020, 1, 1)
            office = invented.given(self.granter, user, Role(role), area, Line(line), starts_on=starts_on)
            self.seats[key] = (user, office)
        user, office = self.seats[key]
        return {"by": user, "office": office}

    def _area_of(self, role: str) -> Area:
        if role.startswith("township"):
            return self.areas[invented.EAST]
        return self.areas[invented.COUNTY] if role.startswith("county") else self.area


def a_village() -> Village:
    """Load the invented county, long before any test's day, and return its first village."""
    with clock.travel(noon(date(2025, 1, 6))):
        areas = invented.areas()
        administrators = invented.administrators(areas[invented.COUNTY])
    return Village(areas[invented.ONE], areas, administrators[Role.SECURITY_ADMIN], {})


def household(number: int, **changes: Any) -> RowDraft:
    """Return the row of an invented household."""
    values: dict[str, Any] = {
        "subject": f"case:C{number}",
        "name": "王小山",
        "group": "一组",
        "item": "养羊圈舍",
        "amount_fen": 480_000,
        "note": "乡里核定",
        "why": {"text": "自己建好圈舍并通过查验", "source_label": "《实施方案》二（二）", "level": "乡"},
    }
    return RowDraft(**values | changes)


def a_list(village: Village, rows: Iterable[RowDraft] | None = None, **changes: Any) -> PublicList:
    """Publish a list of three households by the township reviewer, unless told otherwise."""
    values: dict[str, Any] = {
        "kind": "application",
        "area": village.area,
        "line": Line.ASSISTANCE,
        "title": "2026年到户产业奖补名单公示",
        "rows": [household(n) for n in (1, 2, 3)] if rows is None else [*rows],
        "reference": "batch:B1",
    }
    return publish(**village.seat(Role.TOWNSHIP_REVIEWER) | values | changes)


def opened(village: Village, **changes: Any) -> Deliberation:
    """Bring a list before the meetings."""
    values: dict[str, Any] = {
        "reference": "batch:B1",
        "matter": "到户产业奖补第1批",
        "area": village.area,
        "line": Line.ASSISTANCE,
        "list_digest": DIGEST,
        "item_count": 3,
        "amount_fen": 1_440_000,
    }
    return open_deliberation(**village.seat(Role.VILLAGE_CLERK) | values | changes)


def meeting(step: str, **changes: Any) -> MeetingData:
    """Return the data of a meeting at which all is well."""
    values: dict[str, Any] = {
        "step": step,
        "held_on": clock.today(),
        "due_count": 42,
        "present_count": 35,
        "votes_for": 33,
        "votes_against": 1,
        "votes_abstained": 0,
        "stepped_out": 1,
        "witness": "乡干部甲",
    }
    return MeetingData(**values | changes)


def hold(village: Village, deliberation: Deliberation, *steps: str) -> None:
    """Record meetings that pass."""
    for step in steps or MEETING_STEPS:
        seat = village.seat(Role.VILLAGE_CLERK)
        record_meeting(**seat, deliberation_id=deliberation.pk, data=meeting(step))
    deliberation.refresh_from_db()
