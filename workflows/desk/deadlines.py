"""A batch's deadline in words: the light, and how many working days are left or past."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal import clock
from portal.clock.workdays import working_days_between
from workflows.engine.deadlines import Light, light
from workflows.engine.models import Batch, BatchState


@dataclass(frozen=True)
class Deadline:
    """How a deadline is shown: the light's value (green, yellow, red, none), its name, and the words."""

    light: str
    label: str
    words: str


def deadline_of(batch: Batch) -> Deadline:
    """Return the deadline of the step at which `batch` stands, in working days."""
    if batch.state != BatchState.OPEN:
        return Deadline(Light.NONE, "", _("已办结"))
    if batch.waits:
        return Deadline(Light.NONE, "", _("公示中，到期自动往下走"))
    if batch.due_on is None:
        return Deadline(Light.NONE, str(Light.NONE.label), _("不计时"))
    shown = light(batch.due_on, batch.area)
    days = working_days_between(clock.today(), batch.due_on)
    if clock.today() > batch.due_on:
        words = _("超期 %(days)s 个工作日") % {"days": max(-days, 1)}
    elif clock.today() == batch.due_on:
        words = _("今天到期")
    else:
        words = _("还剩 %(days)s 个工作日") % {"days": days}
    names = {Light.GREEN: _("绿灯"), Light.YELLOW: _("黄灯"), Light.RED: _("红灯")}
    return Deadline(shown.value, names.get(shown, ""), words)
