"""Settings of reminders and escalation, in working days."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

REMIND_EVERY = "deadline.remind_every_days"
ESCALATE_AFTER = "deadline.escalate_after_days"
TOTAL_PAUSES = "deadline.total_pauses"
SOURCE = "督办的通行做法，没有查到规定（GK）"


def at_least_one(value: Any) -> str | None:
    """Return a complaint unless `value` is a number of days from one on."""
    return None if type(value) is int and 1 <= value <= 100 else gettext("要填 1 到 100 之间的整数")


def register() -> None:
    """Register every setting of this room."""
    keys.register(REMIND_EVERY, 3, SOURCE, False, _("超期以后每隔几个工作日再提醒一次"), check=at_least_one)
    keys.register(
        ESCALATE_AFTER,
        3,
        SOURCE,
        False,
        _("超期几个工作日报给上一级；再过同样天数还没办，再往上报一级"),
        check=at_least_one,
    )
    keys.register(TOTAL_PAUSES, True, SOURCE, False, _("公示期间总时限停表"))
