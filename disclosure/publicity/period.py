"""The clock of a public list: which day it closes, and whether names may be read today."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.clock import workdays
from portal.configuration.services import value

from .errors import BadPeriod
from .keys import CALENDAR, WORKING
from .models import ListState, PublicList
from .objection_keys import CORRECTION_DAYS


def last_day(start: date, days: int, day_kind: str, area: Area | None = None) -> date:
    """Return the last of `days` full days after `start`, which itself does not count (domain.md section 3).

    `day_kind` is ``calendar`` or ``working`` (holidays of `area` left out, make-up days counted).
    Posted on the 21st, 7 calendar days run to the end of the 28th. Raises BadPeriod for fewer than one day
    or another kind.
    """
    if type(days) is not int or days < 1:
        raise BadPeriod(_("天数至少是1天，请改正公示天数。"))
    if day_kind == WORKING:
        return workdays.add_working_days(start, days, area)
    if day_kind == CALENDAR:
        return start + timedelta(days=days)
    raise BadPeriod(_("只能按自然日或工作日计算，请县里管理员改正设置。"))


def correct_by(list: PublicList) -> date:
    """Return by when `list` is to be corrected where an objection to it is upheld today, in working days."""
    days = int(value(CORRECTION_DAYS, list.area))
    return last_day(clock.today(), days, WORKING, list.area)


def names_visible(list: PublicList, on: date) -> bool:
    """Return whether the page of `list` carries masked names on the date `on` (design.md rule 8).

    Only a running version does, to the end of its closing day, and only where its programme allows names:
    a version that was corrected or has ended shows none, whether or not the clock's job has run.
    """
    return list.show_names and list.state == ListState.RUNNING and on <= list.closes_on
