"""Settings of the radar itself; those of its rules are registered by the rules."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys
from workflows.programmes.answers import yuan

EVERY_HOURS = "radar.every_hours"
MOST_OFF_DAYS = "radar.most_off_days"
LOOK_DAYS = "radar.look_days"
LEAST_NUMBERS = "radar.outside_least"
SOURCE = "没有查到规定，按通行做法定（GK）"


def count(least: int, most: int) -> Any:
    """Return a check that a value is a whole number within bounds."""

    def check(value: Any) -> str | None:
        if type(value) is int and least <= value <= most:
            return None
        return gettext("要填 %(least)s 到 %(most)s 之间的整数") % {"least": least, "most": most}

    return check


def money(most_fen: int) -> Any:
    """Return a check that a value is a sum of at most `most_fen`."""

    def check(value: Any) -> str | None:
        if type(value) is int and 0 <= value <= most_fen:
            return None
        return gettext("金额要在 0 到 %(most)s 元之间") % {"most": yuan(most_fen)}

    return check


def register() -> None:
    """Register every setting of this room."""
    keys.register(EVERY_HOURS, 6, SOURCE, False, _("雷达每隔几个小时查一遍"), check=count(1, 168))
    keys.register(LEAST_NUMBERS, 20, SOURCE, False, _("外来名单至少几个人才比对"), check=count(5, 10_000))
    keys.register(LOOK_DAYS, 10, SOURCE, False, _("线索几个工作日里要看完"), check=count(1, 120))
    keys.register(MOST_OFF_DAYS, 90, SOURCE, False, _("一条规则一次最多停几天"), check=count(1, 366))
