"""Working days of the mainland calendar, make-up days included.

The calendar comes with the package chinesecalendar, which knows the years up to its release. Dates that the
configuration lists count before it; years that it lacks are Monday to Friday but for those dates.
"""

from collections.abc import Callable
from datetime import date, timedelta

import chinese_calendar

from portal.configuration import services as configuration

DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Return whether offices work on `day`."""
    return _calendar()(day)


def add_working_days(day: date, n: int) -> date:
    """Return the `n`-th working day after `day`, which itself does not count; `day` where `n` is 0.

    ValueError for a negative `n`.
    """
    if n < 0:
        raise ValueError("工作日天数不能是负数")
    works = _calendar()
    while n:
        day += DAY
        n -= works(day)
    return day


def working_days_between(a: date, b: date) -> int:
    """Return the number of working days after `a` up to and including `b`; negative where `b` is earlier."""
    if b < a:
        return -working_days_between(b, a)
    works = _calendar()
    return sum(works(a + DAY * n) for n in range(1, (b - a).days + 1))


def _calendar() -> Callable[[date], bool]:
    """Return the test of one day, with the configured dates read once."""
    holidays = set(configuration.value("calendar.extra_holidays"))
    workdays = set(configuration.value("calendar.extra_workdays"))

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
