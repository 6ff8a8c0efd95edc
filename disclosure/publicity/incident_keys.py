"""Settings of what befalls lists: how long an outage must last to count, and the days that contents ask."""

from collections.abc import Mapping

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from disclosure.masking.kinds import Content
from portal.areas.models import Area
from portal.configuration import services as configuration
from portal.configuration.keys import Part
from portal.configuration.services import register

OUTAGE_MINUTES = "publicity.outage_minutes"
LEAST_DAYS = "publicity.least_days"
BOARD_DAYS = "publicity.board_days"
_ON_BOARD = [
    Content.ALLOCATIONS,
    Content.PAYMENTS,
    Content.DIVIDENDS,
    Content.WORKS,
    Content.ASSESSMENTS,
    Content.ACCOUNTS,
    Content.VILLAGE,
]
# Numbers of days as texts: the screen of a setting offers them by name.
_DAYS = {"0": _("不另外规定")} | {str(days): _("%s天") % days for days in (3, 5, 7, 10, 15, 20, 30)}
_PARTS = {content.value: Part(content.label, _DAYS) for content in Content}


def least_days(content: str, area: Area) -> int:
    """Return the least days on the web of a list of `content` at `area`; 0 where none are set."""
    return int(configuration.value(LEAST_DAYS, area).get(content, "0"))


def board_days(content: str, area: Area) -> int:
    """Return the least days on the board of a list of `content` at `area`; 0 where none are set."""
    return int(configuration.value(BOARD_DAYS, area).get(content, "0"))


def _bad_days(value: Mapping[str, str]) -> str | None:
    fine = all(days in _DAYS for days in value.values())
    return None if fine else translate("天数请从列出的几种里选；0表示不另外规定")


def _bad_minutes(value: int) -> str | None:
    return None if 10 <= value <= 1440 else translate("分钟数要在10到1440之间")


register(
    LEAST_DAYS,
    {content.value: "0" for content in Content},
    "没有查到按内容另外规定的天数（GK）；0表示按这次公开的天数",
    verified=False,
    label=_("各种内容网上至少公示几天"),
    check=_bad_days,
    parts=_PARTS,
)
register(
    BOARD_DAYS,
    {content.value: "10" if content in _ON_BOARD else "0" for content in Content},
    "乡、村公开栏不少于10天（S11，转载件）；0表示和网上一样",
    verified=False,
    label=_("各种内容村公开栏至少贴几天"),
    check=_bad_days,
    parts=_PARTS,
)
register(
    OUTAGE_MINUTES,
    120,
    "公示要满整天（GK）；网站停多久算一次中断，没有查到规定",
    verified=False,
    label=_("网站停用超过几分钟，公示就顺延"),
    check=_bad_minutes,
)
