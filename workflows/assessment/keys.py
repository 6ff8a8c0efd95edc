"""Settings of assessment: weights, grades, the days of appeals, which rounds the city accepts."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

from .indicators import INDICATORS

APPEAL_DAYS = "assessment.appeal_days"
EXCELLENT, GOOD, PASS = "assessment.excellent", "assessment.good", "assessment.pass"
CITY_ACCEPTS = "assessment.city_accepts"
UNFOUND = "考核的通行做法，没有查到规定（GK）"


def weight_key(code: str) -> str:
    """Return the key of the setting that holds the weight of the indicator `code`."""
    return f"assessment.weight.{code}"


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
