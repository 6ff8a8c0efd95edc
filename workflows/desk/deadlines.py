"""A batch's deadline in words: the light, and how many working days are left or past."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.clock.workdays import missing_years, working_days_between
from workflows.engine.deadlines import Light, light
from workflows.engine.models import Batch, BatchState


@dataclass(frozen=True)
class Deadline:
    """How a deadline is shown: the light's value (green, yellow, red, none), its name, and the words.

    `doubt` says so where the deadline reaches into a year whose holidays nobody has entered.
    """

    light: str
    label: str
    words: str
    doubt: str = ""


def deadline_of(batch: Batch) -> Deadline:
    """Return the deadline of the step at which `batch` stands, in working days."""
    if batch.state != BatchState.OPEN:
        return Deadline(Light.NONE, "", _("已办结"))
    if batch.waits:
        return Deadline(Light.NONE, "", _("公示中，到期自动往下走"))
    if batch.due_on is None:
        return Deadline(Light.NONE, str(Light.NONE.label), _("不计时"))
    return shown(batch.due_on, batch.area, clock.day_of(batch.entered_at))


def shown(due: date, area: Area, start: date) -> Deadline:
    """Return how a deadline from `start` to `due` is shown at `area` today."""
    today = clock.today()
    light_now = light(due, area, start)
    days = working_days_between(today, due, area)
    if today > due:
        # On the days off that follow its last day, a deadline has passed by no working day yet.
        words = _("超期 %(days)s 个工作日") % {"days": -days} if days else _("期限已过")
    elif today == due:
        words = _("今天到期")
    else:
        words = _("还剩 %(days)s 个工作日") % {"days": days}
    names = {Light.GREEN: _("绿灯"), Light.YELLOW: _("黄灯"), Light.RED: _("红灯")}
    return Deadline(light_now.value, names.get(light_now, ""), words, doubt_of(due, area))


def doubt_of(due: date, area: Area) -> str:
    """Return a sentence where a deadline up to `due` was counted without a year's holidays, else nothing."""
    missing = missing_years(range(clock.today().year, due.year + 1), area)
    if not missing:
        return ""
    years = "、".join(str(year) for year in missing)
    return _("%(years)s年放假安排还没录入，暂按周一至周五算") % {"years": years}
