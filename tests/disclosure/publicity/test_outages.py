"""Rules of an outage: what could not be read is made up for by full days, openly."""

from datetime import date, timedelta
from typing import Any

import pytest

from disclosure.publicity import outages
from disclosure.publicity.errors import BadOutage
from disclosure.publicity.incidents import Outage, OutageState
from disclosure.publicity.models import ListState, PublicList
from disclosure.publicity.services import end_due_lists
from portal import clock
from portal.ledger.models import Event
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, noon

DAY = date(2026, 11, 21)
LAST = date(2026, 11, 28)


def beat_at(day: date, hour: int, minute: int = 0) -> Outage | None:
    with clock.travel(noon(day, hour, minute)):
        return outages.beat()


def published(village: Village, **changes: Any) -> PublicList:
    with clock.travel(noon(DAY)):
        return a_list(village, **changes)


@pytest.mark.parametrize(
    ("down", "up", "closes_on"),
    [
        # A morning within the period: one day was not full.
        ((date(2026, 11, 24), 8), (date(2026, 11, 24), 12), date(2026, 11, 29)),
        # A night between two days touches both.
        ((date(2026, 11, 24), 20), (date(2026, 11, 25), 6), date(2026, 11, 30)),
        # The posting day is no day of the period.
        ((date(2026, 11, 21), 13), (date(2026, 11, 21), 18), LAST),
        # Over the closing day: the days come after the site is back, full ones.
        ((date(2026, 11, 27), 20), (date(2026, 12, 1), 10), date(2026, 12, 3)),
    ],
)
def test_every_day_that_an_outage_touched_is_made_up_for(
    village: Village, down: tuple[date, int], up: tuple[date, int], closes_on: date
) -> None:
    running = published(village)
    beat_at(*down)
    beat_at(*up)
    with clock.travel(noon(*up)):
        outages.lengthen()
        assert end_due_lists() == 0
    running.refresh_from_db()
    assert running.closes_on == closes_on
    assert running.state == ListState.RUNNING
    assert len(running.extensions) == (closes_on != LAST)


def test_a_short_gap_is_no_outage(village: Village) -> None:
    running = published(village)
    beat_at(date(2026, 11, 24), 8)
    assert beat_at(date(2026, 11, 24), 10) is None
    assert outages.lengthen() == 0
    running.refresh_from_db()
    assert running.closes_on == LAST


def test_an_outage_lengthens_a_list_once_and_says_so_in_the_ledger(village: Village) -> None:
    running = published(village)
    beat_at(date(2026, 11, 24), 8)
    beat_at(date(2026, 11, 24), 12)
    assert outages.lengthen() == 1
    Outage.objects.update(applied_at=None)
    assert outages.lengthen() == 0
    event = Event.objects.get(kind="list.extended")
    assert event.object_id == running.number
    assert Event.objects.filter(kind="site.outage_counted").count() == 1


def test_working_days_are_made_up_for_by_working_days(village: Village) -> None:
    running = published(village)
    PublicList.objects.update(day_kind="working", closes_on=date(2026, 12, 1))
    beat_at(date(2026, 11, 27), 20)
    beat_at(date(2026, 11, 30), 6)
    outages.lengthen()
    running.refresh_from_db()
    # Friday and Monday were touched; the week-end between them is none of its days.
    assert running.closes_on == date(2026, 12, 3)


def test_a_played_clock_makes_no_outage(village: Village) -> None:
    published(village)
    with clock.travel(noon(DAY)):
        outages.watch()
    with clock.travel(noon(LAST)):
        assert outages.watch() == 0
    assert not Outage.objects.exists()


def test_a_declared_outage_counts_when_the_county_agrees(village: Village) -> None:
    running = published(village)
    admin = village.seat(Role.SYSTEM_ADMIN, village.areas["990001000000"], line="all")
    begun, ended = noon(date(2026, 11, 23), 9), noon(date(2026, 11, 23), 15)
    with clock.travel(noon(date(2026, 11, 24))):
        outage = outages.declare(**admin, begun_at=begun, ended_at=ended, why="机房停电")
        assert outages.lengthen() == 0
        with pytest.raises(BadOutage):
            outages.decide(**admin, outage_id=outage.pk, agreed=True)
        with pytest.raises(BadOutage):
            outages.decide(**village.seat(Role.TOWNSHIP_HEAD), outage_id=outage.pk, agreed=True)
        outages.decide(**village.seat(Role.COUNTY_HEAD), outage_id=outage.pk, agreed=True)
        with pytest.raises(BadOutage, match="已经有人定过"):
            outages.decide(**village.seat(Role.COUNTY_HEAD), outage_id=outage.pk, agreed=False)
    running.refresh_from_db()
    assert running.closes_on == LAST + timedelta(days=1)
    assert running.extensions[0]["why"] == "机房停电"


def test_an_outage_that_is_turned_down_lengthens_nothing(village: Village) -> None:
    running = published(village)
    admin = village.seat(Role.SYSTEM_ADMIN, village.areas["990001000000"], line="all")
    with clock.travel(noon(date(2026, 11, 24))):
        later = noon(date(2026, 11, 25)), noon(date(2026, 11, 26))
        with pytest.raises(BadOutage, match="不能在以后"):
            outages.declare(**admin, begun_at=later[0], ended_at=later[1], why="机房停电")
        ended = noon(date(2026, 11, 23), 15)
        outage = outages.declare(
            **admin, begun_at=noon(date(2026, 11, 23), 9), ended_at=ended, why="机房停电"
        )
        outages.decide(**village.seat(Role.COUNTY_HEAD), outage_id=outage.pk, agreed=False)
    running.refresh_from_db()
    outage.refresh_from_db()
    assert (running.closes_on, outage.state) == (LAST, OutageState.TURNED_DOWN)
