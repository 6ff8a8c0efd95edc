"""Whether the calendar reaches as far as deadlines do: asked by the desk, `check` and `check_calendar`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from portal import clock
from portal.areas.models import Area, Level

from .workdays import missing_years

# Deadlines that start today end within this many calendar days; further ahead no year is asked for yet.
AHEAD = timedelta(days=90)


def years_in_use() -> list[int]:
    """Return the years that deadlines running today reach into."""
    today = clock.today()
    return list(range(today.year, (today + AHEAD).year + 1))


def missing_now(area: Area | None = None) -> list[int]:
    """Return the years in use whose holidays nobody has entered for `area`; empty where all is well."""
    return missing_years(years_in_use(), area)


def missing_by_county() -> dict[str, list[int]]:
    """Return, by the county's name, the years in use that it lacks; counties that lack none are left out."""
    counties = Area.objects.in_force(clock.today()).filter(level=Level.COUNTY)
    found = {f"{county.name}（{county.code}）": missing_now(county) for county in counties}
    return {name: years for name, years in found.items() if years}


@register(Tags.database)
def calendar_reaches(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of each county whose deadlines reach into a year without holidays (`check --database default`)."""
    if "default" not in (databases or ()):
        return []
    tables = connections["default"].introspection.table_names()
    if not {"portal_areas_area", "portal_configuration_setting"} <= set(tables):
        return []  # before the first migration there is nothing to look at
    return [
        Warning(
            f"{county}：{'、'.join(map(str, years))} 年的放假和调休日期没有录入，期限暂按周一至周五算。",
            hint="在“配置”里录入放假日期、调休上班日期，再把这一年写进“已经录全的年份”。",
            id="portal_clock.W001",
        )
        for county, years in missing_by_county().items()
    ]
