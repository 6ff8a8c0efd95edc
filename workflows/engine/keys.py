"""Settings that the engine reads."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

from .deadlines import YELLOW_KEY, YELLOW_PERCENT_KEY, whole_days


def percent(value: Any) -> str | None:
    """Return a complaint unless `value` is a percentage."""
    return None if type(value) is int and 0 <= value <= 100 else gettext("要填 0 到 100 之间的整数")


def register() -> None:
    """Register every setting of this room."""
    keys.register(
        YELLOW_KEY,
        default=2,
        source="督办的通行做法，没有查到规定（GK）",
        verified=False,
        label=_("黄灯：还剩几个工作日时亮"),
        check=whole_days,
    )
    keys.register(
        YELLOW_PERCENT_KEY,
        default=20,
        source="督办的通行做法，没有查到规定（GK）",
        verified=False,
        label=_("黄灯：还剩期限的百分之几时亮（与上一项取大的）"),
        check=percent,
    )
