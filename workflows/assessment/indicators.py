"""What is assessed: each indicator with its formula in words, its rule, and how it is computed.

A computed figure is a share: `good` of `of`. Nobody can score it otherwise; what the portal cannot count is
typed by two people with their reasons. Where `of` is 0 nothing is to go by and the indicator is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.areas.models import Level

from .counting import (
    Figure,
    Scope,
    decisions_in_time,
    filed_right,
    households_confirm,
    lists_proved,
    objections_in_time,
    payments_in_time,
    rectified_in_time,
    requests_in_time,
)

# What the letters of a rule's id stand for, for those who look it up.
SOURCES = (
    ("XC", _("许政〔2017〕33号")),
    ("HY", _("河扶〔2016〕10号")),
    ("XY", _("信政办〔2024〕3号")),
    ("WZ", _("温州市2016年9月2日实施意见")),
    ("S", _("公开办法和各地通行做法")),
)
ALL_AREAS = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
HELPER = "helper"


@dataclass(frozen=True)
class Indicator:
    """One line of an assessment. `weight` is a default for configuration, `levels` are the subjects'."""

    code: str
    name: Any
    formula: Any
    source: str
    weight: int
    levels: tuple[str, ...]
    compute: Callable[[Scope], Figure] | None = None

    @property
    def computed(self) -> bool:
        """Whether the portal counts it; else two people type it."""
        return self.compute is not None


INDICATORS = (
    Indicator(
        "in_time",
        _("按期办结"),
        _("本级各环节（考县的，全县各环节）在期限内办完的 ÷ 办完的和超期没办的"),
        "HY-37；WZ-26",
        20,
        ALL_AREAS,
        decisions_in_time,
    ),
    Indicator(
        "proved",
        _("公示贴满有证明"),
        _("期满的公示里贴满天数、照片和会签齐全的 ÷ 期满的公示"),
        "HY-38；S11",
        15,
        ALL_AREAS,
        lists_proved,
    ),
    Indicator(
        "objections",
        _("异议按期答复"),
        _("到期的异议里按期答复的 ÷ 到期的异议"),
        "S21；S23",
        10,
        ALL_AREAS,
        objections_in_time,
    ),
    Indicator(
        "requests",
        _("群众申请按期办"),
        _("到期的来访与申请里按期立案或答复的 ÷ 到期的来访与申请"),
        "XC-08；WZ-17",
        10,
        ALL_AREAS,
        requests_in_time,
    ),
    Indicator(
        "payments",
        _("按期拨付"),
        _("拨付环节在期限内办完的 ÷ 办完的和超期没办的"),
        "XC-33；XY-44",
        15,
        (Level.COUNTY, Level.TOWNSHIP),
        payments_in_time,
    ),
    Indicator(
        "rectified",
        _("整改按期到位"),
        _("到期的整改单里按期报结果并验收的 ÷ 到期的整改单"),
        "HY-39；XC-40",
        10,
        ALL_AREAS,
        rectified_in_time,
    ),
    Indicator(
        "confirmed",
        _("农户说和账上一致"),
        _("抽查入户里和账上对得上的 ÷ 见到人的"),
        "XY-44；XC-38",
        20,
        ALL_AREAS,
        households_confirm,
    ),
    Indicator(
        "growth",
        _("收入增长实不实"),
        _("看台账和实物，收入增长有实物工作量支撑的程度，0 到 100 分"),
        "XY-45；XY-04",
        20,
        ALL_AREAS,
    ),
    Indicator(
        "duty",
        _("责任落实"),
        _("看组织、人员、档案、培训，0 到 100 分"),
        "XC-43；HY-25；HY-28；WZ-25",
        10,
        ALL_AREAS,
    ),
    Indicator(
        "filed_right",
        _("申报一次办对"),
        _("经手申报没有被退回的 ÷ 经手申报的"),
        "HY-34；XY-43",
        40,
        (HELPER,),
        filed_right,
    ),
    Indicator(
        "handbook",
        _("帮扶手册和入户"),
        _("看帮扶手册、入户次数和农户评价，0 到 100 分"),
        "HY-31；HY-32；XY-43",
        60,
        (HELPER,),
    ),
)
BY_CODE: Mapping[str, Indicator] = {one.code: one for one in INDICATORS}


def of_level(level: str) -> list[Indicator]:
    """Return the indicators of subjects of `level` (an area's level, or ``helper``)."""
    return [one for one in INDICATORS if level in one.levels]
