"""Working days of the mainland calendar, make-up days included.

The calendar comes with the package chinesecalendar, which knows the years up to its release. Dates that the
configuration lists count before it. A year that the package lacks is missing until the configuration lists
it as entered in full: it is counted Monday to Friday but for the listed dates, and `missing_years` says so.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays as _holidays

from portal.areas.models import Area
from portal.configuration import services as configuration

DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = min(_holidays).year, max(_holidays).year


def is_working_day(day: date, area: Area | None = None) -> bool:
    """Return whether offices of `area` (of the whole installation for None) work on `day`."""
    return _calendar(area)(day)


def add_working_days(day: date, n: int, area: Area | None = None) -> date:
    """Return the `n`-th working day after `day`, which itself does not count; `day` where `n` is 0.

    ValueError for a negative `n`.
    """
    if n < 0:
        raise ValueError("工作日天数不能是负数")
    works = _calendar(area)
    while n:
        day += DAY
        n -= works(day)
    return day


def working_days_between(a: date, b: date, area: Area | None = None) -> int:
    """Return the number of working days after `a` up to and including `b`; negative where `b` is earlier."""
    if b < a:
        return -working_days_between(b, a, area)
    works = _calendar(area)
    return sum(works(a + DAY * n) for n in range(1, (b - a).days + 1))


def missing_years(years: Iterable[int], area: Area | None = None) -> list[int]:
    """Return those of `years` whose holidays neither the package knows nor the configuration has in full."""
    entered = {str(year) for year in configuration.value("calendar.extra_years", area)}
    return sorted(
        year for year in set(years) if not FIRST_YEAR <= year <= LAST_YEAR and str(year) not in entered
    )


def _calendar(area: Area | None) -> Callable[[date], bool]:
    """Return the test of one day, with the configured dates read once."""
    holidays = set(configuration.value("calendar.extra_holidays", area))
    workdays = set(configuration.value("calendar.extra_workdays", area))

    def works(day: date) -> bool:
        written = day.isoformat()
        if written in holidays:
            return False
        if written in workdays:
            return True
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < 5

    return works
