"""A year that the calendar library lacks: entered by configuration it is right, not entered it is said."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.areas.models import Area
from portal.areas.services import load
from portal.clock import health, workdays
from portal.clock.keys import years_only
from portal.configuration.models import Setting
from portal.configuration.services import forget

pytestmark = pytest.mark.django_db
COUNTIES = """code,name,level,parent_code
990100000000,禾清市,city,
990101000000,枫禾县,county,990100000000
990102000000,枫远县,county,990100000000
"""
MIDSUMMER = datetime(2026, 7, 1, 4, tzinfo=UTC)
NEARLY_NEW_YEAR = datetime(2026, 11, 21, 4, tzinfo=UTC)
# An invented year: three holidays, one of them a week long, and the weekend days that are worked for it.
HOLIDAYS = ["2031-01-01", *[f"2031-10-{day:02d}" for day in range(1, 8)], "2031-05-01"]
MAKE_UP_DAYS = ["2031-09-28", "2031-10-11"]


def configure(key: str, value: list[str], area: Area | None = None) -> None:
    Setting.objects.create(
        key=key,
        area=area,
        value=value,
        valid_from=date(2026, 1, 1),
        source="试",
        confirmed_at="2026-01-01T00:00:00Z",
    )
    forget()


@pytest.fixture
def county() -> Area:
    load(COUNTIES.encode(), valid_from=date(2020, 1, 1))
    return Area.objects.get(name="枫禾县")


@pytest.fixture
def entered(county: Area) -> Area:
    configure("calendar.extra_holidays", HOLIDAYS, county)
    configure("calendar.extra_workdays", MAKE_UP_DAYS, county)
    configure("calendar.extra_years", ["2031"], county)
    return county


def works(day: date, holidays: Iterable[str] = (), make_up_days: Iterable[str] = ()) -> bool:
    """Tell, in the plainest way, whether `day` is worked: the naive counter's own calendar."""
    if day.isoformat() in holidays:
        return False
    if day.isoformat() in make_up_days:
        return True
    if 2004 <= day.year <= 2026:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() not in (5, 6)


def naive_add(day: date, n: int, **entered: Iterable[str]) -> date:
    counted = 0
    while counted < n:
        day += timedelta(days=1)
        if works(day, **entered):
            counted += 1
    return day


def naive_between(a: date, b: date, **entered: Iterable[str]) -> int:
    step = 1 if b >= a else -1
    first, last = min(a, b), max(a, b)
    counted, day = 0, first
    while day < last:
        day += timedelta(days=1)
        counted += works(day, **entered)
    return step * counted


def test_a_year_beyond_the_library_with_its_days_entered_gives_right_answers(entered: Area) -> None:
    assert not workdays.is_working_day(date(2031, 10, 1), entered)
    assert workdays.is_working_day(date(2031, 10, 11), entered)  # a Saturday worked
    assert workdays.is_working_day(date(2031, 9, 28), entered)  # a Sunday worked
    # 30 September, then a week off, then Wednesday to Saturday.
    assert workdays.add_working_days(date(2031, 9, 29), 5, entered) == date(2031, 10, 11)
    assert workdays.missing_years([2026, 2031], entered) == []


def test_what_one_county_entered_is_not_another_countys(entered: Area) -> None:
    other = Area.objects.get(name="枫远县")
    assert workdays.is_working_day(date(2031, 10, 1), other)
    assert workdays.missing_years([2026, 2031], other) == [2031]


def test_an_entered_day_counts_before_the_library(county: Area) -> None:
    configure("calendar.extra_workdays", ["2026-10-01"], county)
    configure("calendar.extra_holidays", ["2026-11-20"], county)
    assert workdays.is_working_day(date(2026, 10, 1), county)
    assert not workdays.is_working_day(date(2026, 11, 20), county)


def test_a_few_days_entered_do_not_make_the_year_known(county: Area) -> None:
    configure("calendar.extra_holidays", ["2031-01-01"], county)
    assert workdays.missing_years([2031], county) == [2031]


def test_a_year_that_the_library_knows_is_not_missing(county: Area) -> None:
    with clock.travel(MIDSUMMER):
        assert health.missing_now(county) == []
        call_command("check_calendar")


def test_a_missing_year_is_told_before_deadlines_reach_it(county: Area) -> None:
    with clock.travel(NEARLY_NEW_YEAR):
        assert health.missing_now(county) == [2027]
        with pytest.raises(CommandError, match=r"枫禾县.*2027"):
            call_command("check_calendar")
        told = [found for found in run_checks(databases=["default"]) if found.id == "portal_clock.W001"]
        assert any("枫禾县" in found.msg and "2027" in found.msg for found in told)


def test_a_year_entered_in_full_is_not_told_any_more(county: Area) -> None:
    configure("calendar.extra_years", ["2027"])
    with clock.travel(NEARLY_NEW_YEAR):
        assert health.missing_by_county() == {}
        assert not [found for found in run_checks(databases=["default"]) if found.id == "portal_clock.W001"]


def test_the_check_asks_no_database_unless_it_is_told_to() -> None:
    assert health.calendar_reaches(databases=None) == []


DAYS = st.dates(date(2025, 11, 1), date(2027, 3, 31))
DAYS_OF_2031 = st.dates(date(2030, 12, 1), date(2031, 12, 31))


@given(DAYS, st.integers(0, 45))
def test_adding_agrees_with_counting_day_by_day(day: date, n: int) -> None:
    assert workdays.add_working_days(day, n) == naive_add(day, n)


@given(DAYS, DAYS)
def test_the_days_between_agree_with_counting_day_by_day(a: date, b: date) -> None:
    assert workdays.working_days_between(a, b) == naive_between(a, b)
    assert workdays.working_days_between(b, a) == -naive_between(a, b)


def test_an_entered_year_agrees_with_counting_day_by_day(entered: Area) -> None:
    days = {"holidays": HOLIDAYS, "make_up_days": MAKE_UP_DAYS}

    @given(DAYS_OF_2031, st.integers(0, 30), DAYS_OF_2031)
    def agrees(day: date, n: int, other: date) -> None:
        assert workdays.add_working_days(day, n, entered) == naive_add(day, n, **days)
        assert workdays.working_days_between(day, other, entered) == naive_between(day, other, **days)

    agrees()


@pytest.mark.parametrize("value", ["2027", [2027], ["27"], ["二〇二七"], None])
def test_what_is_no_list_of_years_is_refused(value: object) -> None:
    assert years_only(value)
    assert years_only(["2027", "2028"]) is None
