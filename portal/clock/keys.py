"""Settings of the clock."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.configuration.services import register


def days_only(value: Any) -> str | None:
    """Return a complaint unless `value` is a list of dates written 2027-02-06."""
    try:
        fine = isinstance(value, list) and all(date.fromisoformat(day).isoformat() == day for day in value)
    except (TypeError, ValueError):
        fine = False
    return None if fine else _("要写成日期的列表，例如 2027-02-06")


def years_only(value: Any) -> str | None:
    """Return a complaint unless `value` is a list of years written 2027."""
    fine = isinstance(value, list) and all(
        isinstance(year, str) and len(year) == 4 and year.isascii() and year.isdigit() for year in value
    )
    return None if fine else _("要写成年份的列表，例如 2027")


SOURCE = "国务院办公厅关于部分节假日安排的通知（每年一份）"
register("calendar.extra_holidays", [], SOURCE, True, gettext_lazy("内置日历以外的放假日期"), check=days_only)
register(
    "calendar.extra_workdays", [], SOURCE, True, gettext_lazy("内置日历以外的调休上班日期"), check=days_only
)
register(
    "calendar.extra_years",
    [],
    SOURCE,
    True,
    gettext_lazy("放假和调休日期已经录全的年份（内置日历没有的）"),
    check=years_only,
)
