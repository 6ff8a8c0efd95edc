"""The clock of a list: which day it closes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.publicity.errors import BadPeriod
from disclosure.publicity.services import last_day
from portal import clock
from portal.clock.workdays import add_working_days, is_working_day
from portal.configuration.models import Setting
from tests.disclosure.village import Village, a_list, hold, noon, opened

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
COUNTS = st.integers(1, 60)


def test_posted_on_the_21st_seven_days_run_to_the_end_of_the_28th() -> None:
    assert last_day(date(2026, 11, 21), 7, "calendar") == date(2026, 11, 28)


@given(DAYS, COUNTS)
def test_the_posting_day_is_not_counted_and_every_other_day_is_a_full_one(start: date, days: int) -> None:
    last = last_day(start, days, "calendar")
    assert [start + timedelta(days=n) for n in range(1, days + 1)][-1] == last


@pytest.mark.django_db
@given(DAYS, COUNTS)
def test_working_days_leave_out_the_posting_day_and_close_on_a_working_day(start: date, days: int) -> None:
    last = last_day(start, days, "working")
    between = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert sum(is_working_day(day) for day in between) == days
    assert is_working_day(last)
    assert last == add_working_days(start, days)


@pytest.mark.django_db
@given(DAYS, COUNTS)
def test_working_days_never_close_earlier_than_as_many_calendar_days(start: date, days: int) -> None:
    assert last_day(start, days, "working") >= last_day(start, days, "calendar")


@pytest.mark.django_db
@given(DAYS, COUNTS)
def test_a_later_posting_never_closes_earlier(start: date, days: int) -> None:
    for kind in ("calendar", "working"):
        assert last_day(start, days, kind) <= last_day(start + timedelta(days=1), days, kind)


@pytest.mark.django_db
def test_a_make_up_saturday_is_a_day_and_a_holiday_is_none() -> None:
    # Eve of the 2025 National Day: offices work on Sunday 28 September and are shut from 1 to 8 October.
    assert last_day(date(2025, 9, 26), 1, "working") == date(2025, 9, 28)
    assert last_day(date(2025, 9, 30), 1, "working") == date(2025, 10, 9)


@pytest.mark.parametrize(
    ("days", "kind"), [(0, "calendar"), (-1, "calendar"), (True, "calendar"), (7, "lunar")]
)
def test_days_that_cannot_be_counted_are_refused(days: int, kind: str) -> None:
    with pytest.raises(BadPeriod):
        last_day(date(2026, 11, 21), days, kind)


@pytest.mark.parametrize(("kind", "days"), [("application", 7), ("resolution", 7), ("result", 10)])
def test_each_kind_of_list_has_its_own_days(kind: str, days: int, village: Village) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    published = a_list(village, kind=kind, deliberation=deliberation)
    assert published.days == days
    assert published.closes_on == published.starts_on + timedelta(days=days)


def test_a_county_sets_other_days_from_a_date_on(village: Village) -> None:
    for key, value in [("publicity.days.application", 5), ("publicity.day_kind", "working")]:
        Setting.objects.create(
            key=key, value=value, valid_from=date(2026, 11, 21), source="县里规定", confirmed_at=clock.now()
        )
    with clock.travel(noon(date(2026, 11, 20))):
        assert a_list(village).closes_on == date(2026, 11, 27)
    with clock.travel(noon(date(2026, 11, 23))):
        later = a_list(village)
    assert (later.days, later.day_kind, later.closes_on) == (5, "working", date(2026, 11, 30))


def test_the_posting_day_is_the_day_in_shanghai(village: Village) -> None:
    with clock.travel(noon(date(2026, 11, 21), 23, 59)):
        assert a_list(village).starts_on == date(2026, 11, 21)
    with clock.travel(noon(date(2026, 11, 22), 0, 1)):
        assert a_list(village).starts_on == date(2026, 11, 22)
