"""When a step is due and which light it shows (design.md rule 4: a missed deadline never approves)."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.clock.workdays import add_working_days, working_days_between
from portal.configuration import keys
from portal.configuration.services import value

from .definitions import Flow, Step

YELLOW_KEY = "deadline.yellow_days"


class Light(models.TextChoices):
    """Colour of a deadline; the label is shown with it, since nothing is only colour."""

    GREEN = "green", _("期限内")
    YELLOW = "yellow", _("快到期")
    RED = "red", _("已超期")
    NONE = "none", _("不计时")


def setting_key(flow: Flow, step: Step) -> str:
    """Return the key of the setting that holds the working days of `step`."""
    return f"flow.{flow.key}.{step.key}.days"


def register_settings(flow: Flow) -> None:
    """Register the deadline of every step of `flow` as a dated setting."""
    for step in flow.steps:
        keys.register(
            setting_key(flow, step),
            default=step.days,
            source=_("县级自定，待县确认"),
            verified=False,
            label=f"{flow.name}·{step.name}办理期限（工作日）",
        )


def due_on(flow: Flow, step: Step, area: Area) -> date:
    """Return the last day of the step's deadline, counted in working days from tomorrow."""
    return add_working_days(clock.today(), int(value(setting_key(flow, step), area)))


def light(due: date | None, area: Area | None = None) -> Light:
    """Return the light of a deadline: yellow from the configured working days before it, red after it."""
    if due is None:
        return Light.NONE
    today = clock.today()
    if today > due:
        return Light.RED
    return Light.YELLOW if working_days_between(today, due) <= value(YELLOW_KEY, area) else Light.GREEN
