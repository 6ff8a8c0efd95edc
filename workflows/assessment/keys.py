"""Settings of assessment: weights, grades, the days of appeals, which rounds the city accepts."""

from contextlib import suppress
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

from .indicators import INDICATORS

APPEAL_DAYS = "assessment.appeal_days"
EXCELLENT, GOOD, PASS = "assessment.excellent", "assessment.good", "assessment.pass"
CITY_ACCEPTS = "assessment.city_accepts"
# Which day of the year a round of a kind is about up to, and from which day it may be opened.
UNTIL = {"half": "assessment.half_until", "year": "assessment.year_until"}
FROM = {"half": "assessment.half_from", "year": "assessment.year_from"}
# From how many points on each grade is given, the best first.
GRADES = {"excellent": EXCELLENT, "good": GOOD, "pass": PASS}
UNFOUND = "考核的通行做法，没有查到规定（GK）"


def weight_key(code: str) -> str:
    """Return the key of the setting that holds the weight of the indicator `code`."""
    return f"assessment.weight.{code}"


def is_day(value: Any) -> str | None:
    """Return a complaint unless `value` is a month and a day that every year has, such as 06-30."""
    if isinstance(value, str) and len(value) == 5:
        with suppress(ValueError):
            date.fromisoformat(f"2001-{value}")
            return None
    return gettext("要填月和日，像 06-30")


def _whole(least: int, most: int) -> Any:
    def check(value: Any) -> str | None:
        words = gettext("要填 %(least)d 到 %(most)d 之间的整数") % {"least": least, "most": most}
        return None if type(value) is int and least <= value <= most else words

    return check


def register() -> None:
    """Register every setting of this room."""
    for one in INDICATORS:
        label = _("考核权重：%(name)s（0 为不考）") % {"name": one.name}
        keys.register(
            weight_key(one.code),
            one.weight,
            f"{one.source}；权重待县确认",
            False,
            label,
            check=_whole(0, 100),
        )
    keys.register(
        APPEAL_DAYS, 5, UNFOUND, False, _("考核：告知得分以后几个工作日内可以申诉"), check=_whole(1, 60)
    )
    keys.register(EXCELLENT, 90, UNFOUND, False, _("考核：多少分以上为优秀"), check=_whole(1, 100))
    keys.register(GOOD, 80, UNFOUND, False, _("考核：多少分以上为良好"), check=_whole(1, 100))
    keys.register(PASS, 60, UNFOUND, False, _("考核：多少分以上为合格"), check=_whole(1, 100))
    late = "XC-39；考核期的头尾待县确认"
    opens, until = _("考核：%(kind)s从哪天起可以开（月-日）"), _("考核：%(kind)s考到哪天为止（月-日）")
    for kind, word, begins, ends in (
        ("half", _("半年考核"), "06-21", "06-30"),
        ("year", _("年度考核"), "12-21", "12-31"),
    ):
        keys.register(FROM[kind], begins, "XC-39", True, opens % {"kind": word}, check=is_day)
        keys.register(UNTIL[kind], ends, late, False, until % {"kind": word}, check=is_day)
    keys.register(
        CITY_ACCEPTS,
        ["township"],
        "XC-38；XC-39",
        True,
        _("考核：哪几级的结果要市级验收以后才公开"),
        choices={
            "township": _("乡镇"),
            "village": _("村"),
            "helper": _("帮扶责任人"),
        },
    )
