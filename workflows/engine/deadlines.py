"""When a step is due and which light it shows (design.md rule 4: a missed deadline never approves)."""

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.clock.workdays import add_working_days, working_days_between
from portal.configuration import keys
from portal.configuration.services import value

from .definitions import Flow, Step

YELLOW_KEY = "deadline.yellow_days"
YELLOW_PERCENT_KEY = "deadline.yellow_percent"
MOST_DAYS = 750  # working days: three years, beyond which a deadline is a slip of the pen


class Light(models.TextChoices):
    """Colour of a deadline; the label is shown with it, since nothing is only colour."""

    GREEN = "green", _("期限内")
    YELLOW = "yellow", _("快到期")
    RED = "red", _("已超期")
    NONE = "none", _("不计时")


def setting_key(flow: Flow, step: Step) -> str:
    """Return the key of the setting that holds the working days of `step`."""
    return f"flow.{flow.key}.{step.key}.days"


def total_key(flow_key: str) -> str:
    """Return the key of the setting that holds the working days of the whole flow; 0 sets no limit."""
    return f"flow.{flow_key}.total_days"


def whole_days(value: Any) -> str | None:
    """Return a complaint unless `value` is a possible number of working days."""
    fine = type(value) is int and 0 <= value <= MOST_DAYS
    return None if fine else gettext("要填 0 到 %(most)s 之间的整数") % {"most": MOST_DAYS}


def register_settings(flow: Flow) -> None:
    """Register the deadline of every step of `flow`, and of the whole of it, as dated settings."""
    for step in flow.steps:
        keys.register(
            setting_key(flow, step),
            default=step.days,
            source=_("县级自定，待县确认"),
            verified=False,
            label=f"{flow.name}·{step.name}办理期限（工作日）",
            check=whole_days,
        )
    keys.register(
        total_key(flow.key),
        # A flow may bring a total of its own; without one no limit runs until a county sets it.
        default=getattr(flow, "total_days", 0),
        source=_("县级自定，待县确认"),
        verified=False,
        label=f"{flow.name}·从受理到办结总时限（工作日，0 为不设）",
        check=whole_days,
    )


def due_on(flow: Flow, step: Step, area: Area) -> date:
    """Return the last day of the step's deadline, counted in working days from tomorrow.

    Kept on the batch: a setting that changes later leaves steps that run as they are.
    """
    return add_working_days(clock.today(), int(value(setting_key(flow, step), area)), area)


def yellow_days(days: int, area: Area | None, on: date) -> int:
    """Return how many working days before the end a deadline of `days` turns yellow: a number or a share.

    The larger of the two, as set on the day `on` on which the deadline began.
    """
    share = -(-days * int(value(YELLOW_PERCENT_KEY, area, on)) // 100)
    return max(int(value(YELLOW_KEY, area, on)), share)


def yellow_on(start: date, due: date, area: Area | None) -> date:
    """Return the first day on which a deadline from `start` to `due` is yellow; never before `start`."""
    days = working_days_between(start, due, area)
    green = days - yellow_days(days, area, start)
    return start if green <= 0 else add_working_days(start, green, area)


def light(due: date | None, area: Area | None = None, start: date | None = None) -> Light:
    """Return the light of a deadline that began on `start`: yellow before its last day, red after it.

    Without `start` the share of the whole cannot be told and the number of days alone decides.
    """
    if due is None:
        return Light.NONE
    today = clock.today()
    if today > due:
        return Light.RED
    if start is None:
        near = working_days_between(today, due, area) <= value(YELLOW_KEY, area)
        return Light.YELLOW if near else Light.GREEN
    return Light.YELLOW if today >= yellow_on(start, due, area) else Light.GREEN
