"""Working days: make-up days count, holidays do not, and years beyond the calendar still have an answer."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import workdays
from portal.clock.keys import days_only
from portal.configuration.models import Setting
from portal.configuration.services import forget

pytestmark = pytest.mark.django_db
days = st.dates(date(2004, 1, 1), date(2030, 12, 31))


def configure(key: str, value: list[str]) -> None:
    Setting.objects.create(
        key=key, value=value, valid_from=date(2026, 1, 1), source="试", confirmed_at="2026-01-01T00:00:00Z"
    )
    forget()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 10, 1), False),
        (date(2026, 2, 17), False),
        (date(2026, 10, 10), True),  # a Saturday worked for the National Day holiday
    ],
)
def test_holidays_are_no_working_days_and_make_up_days_are(day: date, works: bool) -> None:
    assert workdays.is_working_day(day) is works


def test_a_period_of_working_days_skips_the_national_holiday() -> None:
    assert workdays.add_working_days(date(2026, 9, 30), 3) == date(2026, 10, 10)


def test_the_first_day_does_not_count() -> None:
    friday = date(2026, 11, 20)
    assert workdays.add_working_days(friday, 0) == friday
    assert workdays.add_working_days(friday, 1) == date(2026, 11, 23)
    assert workdays.working_days_between(friday, date(2026, 11, 23)) == 1
    assert workdays.working_days_between(date(2026, 11, 23), friday) == -1


def test_days_cannot_be_added_backwards() -> None:
    with pytest.raises(ValueError, match="负数"):
        workdays.add_working_days(date(2026, 11, 20), -1)


def test_a_year_beyond_the_calendar_is_monday_to_friday_but_for_the_configured_days() -> None:
    assert workdays.is_working_day(date(2031, 10, 1)) and not workdays.is_working_day(date(2031, 10, 4))
    configure("calendar.extra_holidays", ["2031-10-01"])
    configure("calendar.extra_workdays", ["2031-10-04"])
    assert not workdays.is_working_day(date(2031, 10, 1))
    assert workdays.is_working_day(date(2031, 10, 4))


@given(days, st.integers(0, 40))
def test_adding_and_counting_agree(day: date, n: int) -> None:
    end = workdays.add_working_days(day, n)
    assert workdays.working_days_between(day, end) == n
    assert n == 0 or workdays.is_working_day(end)


@pytest.mark.parametrize("value", ["2027-02-06", ["6.2.2027"], ["20270206"], [20270206], None])
def test_what_is_no_list_of_dates_is_refused(value: object) -> None:
    assert days_only(value)
    assert days_only(["2027-02-06"]) is None
