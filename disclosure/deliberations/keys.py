"""Settings of a village's meetings: pass rules as dated configuration with sources (domain.md section 2).

A rule is ``{"present": ">=1/2", "for": ">1/2", "for_of": "present"}``: how many of those due must come, and
how many must agree, counted over those who are ``present`` or all who are ``due``.
"""

from typing import Any

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration.keys import Part
from portal.configuration.services import register

from .models import MeetingStep, ResolutionForm
from .shares import Share


def rule_key(step: str, form: str = "") -> str:
    """Return the setting that holds the pass rule of a meeting; the fourth has one for each form."""
    return (
        f"deliberation.rule.{step}.{form}" if step == MeetingStep.RESOLUTION else f"deliberation.rule.{step}"
    )


def _unreadable(value: Any) -> str | None:
    """Return what is wrong with a proposed pass rule, or None."""
    try:
        Share.read(value["present"])
        Share.read(value["for"])
        if value["for_of"] not in ("present", "due"):
            raise ValueError(value["for_of"])
    except (KeyError, TypeError, ValueError):
        return translate(
            "通过规则要写成 present、for、for_of 三项，例如到会 >=2/3、赞成 >1/2、按 present 或 due 计算"
        )
    return None


def _no_such_step(value: Any) -> str | None:
    if set(value) <= set(MeetingStep.values):
        return None
    return translate("会议只有这几种：%(steps)s") % {"steps": "、".join(MeetingStep.values)}


def _no_such_meeting(value: Any) -> str | None:
    if set(value) <= set(_MEETINGS):
        return None
    return translate("会议只有这几种：%(steps)s") % {"steps": "、".join(map(str, _MEETINGS))}


def _neither(value: Any) -> str | None:
    return None if isinstance(value, bool) else translate("只能选“可以”或“不可以”")


def _negative(value: Any) -> str | None:
    return None if 0 <= value <= 60 else translate("天数要在0到60之间")


# The shares that a county may choose from: "half" with and without the exact half, two thirds and above.
SHARES = (">1/2", ">=1/2", ">=3/5", ">=2/3", ">2/3", ">=3/4", ">=4/5", ">=1/1")
_SHARES = {share: Share.read(share).words() for share in SHARES}
_COUNTED_OVER = {"present": _("到会的人"), "due": _("应到的人")}
_PARTS = {
    "present": Part(_("到会"), _SHARES),
    "for": Part(_("赞成"), _SHARES),
    "for_of": Part(_("赞成按谁算"), _COUNTED_OVER),
}

WITNESS_STEPS = "deliberation.witness_steps"
GAP_DAYS = "deliberation.gap_days"
MERGE_FIRST_TWO = "deliberation.merge_first_two"
ONLINE_MEETINGS = "deliberation.online_meetings"
PROXY_MEETINGS = "deliberation.proxy_meetings"


def notice_key(form: str) -> str:
    """Return the setting that holds the days of notice (calendar) of an assembly of `form`."""
    return f"deliberation.notice_days.{form}"


# Every meeting by what it is called: the fourth by its form, the others by their step.
_MEETINGS = {
    **{step.value: step.label for step in MeetingStep if step != MeetingStep.RESOLUTION},
    **{form.value: form.label for form in ResolutionForm},
}
_ASSETS_LAW = "农村集体经济组织法第二十六至二十八条（S7）"

# The amended law is in force since 2026-01-01; nobody here could read its quorum articles.
_ORGANIC_LAW = "村民委员会组织法（2018年文本，S3）；2026年起施行的修订本未核对，启用前须确认"

register(
    rule_key(MeetingStep.PROPOSAL),
    {"present": ">=1/2", "for": ">1/2", "for_of": "present"},
    "地方解读只写“集体研究”（S5）；过半数为通行做法（GK）",
    verified=False,
    label=_("支部提议：到会与赞成"),
    check=_unreadable,
    parts=_PARTS,
)
register(
    rule_key(MeetingStep.CONSULTATION),
    {"present": ">=1/2", "for": ">1/2", "for_of": "present"},
    "地方解读：两委会议多数通过（S5）；到会过半为通行做法（GK）",
    verified=False,
    label=_("两委商议：到会与赞成"),
    check=_unreadable,
    parts=_PARTS,
)
register(
    rule_key(MeetingStep.DELIBERATION),
    {"present": ">=1/2", "for": ">1/2", "for_of": "due"},
    "中国共产党支部工作条例第十一条（S6）；有的地方要求三分之二到会（S5）",
    verified=True,
    label=_("党员审议：到会与赞成"),
    check=_unreadable,
    parts=_PARTS,
)
register(
    rule_key(MeetingStep.RESOLUTION, ResolutionForm.DELEGATES),
    {"present": ">=2/3", "for": ">1/2", "for_of": "present"},
    _ORGANIC_LAW,
    verified=False,
    label=_("村民代表会议：到会与赞成"),
    check=_unreadable,
    parts=_PARTS,
)
register(
    rule_key(MeetingStep.RESOLUTION, ResolutionForm.VILLAGERS),
    {"present": ">1/2", "for": ">1/2", "for_of": "present"},
    _ORGANIC_LAW,
    verified=False,
    label=_("村民会议：到会与赞成"),
    check=_unreadable,
    parts=_PARTS,
)
register(
    rule_key(MeetingStep.RESOLUTION, ResolutionForm.HOUSEHOLD_DELEGATES),
    {"present": ">=2/3", "for": ">1/2", "for_of": "present"},
    _ORGANIC_LAW,
    verified=False,
    label=_("村民会议（户代表）：到会与赞成"),
    check=_unreadable,
    parts=_PARTS,
)
register(
    rule_key(MeetingStep.APPRAISAL),
    {"present": ">=2/3", "for": ">1/2", "for_of": "present"},
    "规定只写要经村评议（WZ-06、S17、S21、S22），没有写人数；比照村民代表会议（S3），待县确认",
    verified=False,
    label=_("民主评议：到会与赞成"),
    check=_unreadable,
    parts=_PARTS,
)
register(
    WITNESS_STEPS,
    [MeetingStep.DELIBERATION.value, MeetingStep.RESOLUTION.value],
    "四议两公开登记表（S8，来源无网址），第三、四步有乡镇见证人",
    verified=False,
    label=_("哪几次会议要有乡镇见证人"),
    check=_no_such_step,
    choices=dict(MeetingStep.choices),
)
register(
    GAP_DAYS,
    0,
    "有的地方要求相隔7天（S9，来源不可靠）；未确认前不作要求",
    verified=False,
    label=_("两次会议至少相隔几天（自然日）"),
    check=_negative,
)
# The collective's own assemblies: two thirds come, two thirds of all agree.
register(
    rule_key(MeetingStep.RESOLUTION, ResolutionForm.MEMBERS),
    {"present": ">=2/3", "for": ">=2/3", "for_of": "due"},
    _ASSETS_LAW,
    verified=True,
    label=_("集体成员大会：到会与赞成"),
    check=_unreadable,
    parts=_PARTS,
)
register(
    rule_key(MeetingStep.RESOLUTION, ResolutionForm.MEMBER_DELEGATES),
    {"present": ">=2/3", "for": ">=2/3", "for_of": "due"},
    _ASSETS_LAW,
    verified=True,
    label=_("集体成员代表大会：到会与赞成"),
    check=_unreadable,
    parts=_PARTS,
)
for _form, _days, _source, _verified in (
    (ResolutionForm.DELEGATES, 0, "没有查到规定天数的条文，未确认前不作要求（S3）", False),
    (ResolutionForm.VILLAGERS, 10, _ORGANIC_LAW, False),
    (ResolutionForm.HOUSEHOLD_DELEGATES, 10, _ORGANIC_LAW, False),
    (ResolutionForm.MEMBERS, 10, _ASSETS_LAW, True),
    (ResolutionForm.MEMBER_DELEGATES, 0, "没有查到规定天数的条文，未确认前不作要求（S7）", False),
):
    register(
        notice_key(_form),
        _days,
        _source,
        verified=_verified,
        label=_("%(form)s：提前几天通知（自然日）") % {"form": _form.label},
        check=_negative,
    )
register(
    MERGE_FIRST_TWO,
    False,
    "支部书记和村委会主任一人担任的，第一、二步可以合并（S5，地方解读）；县确认后才合并",
    verified=False,
    label=_("支部提议和两委商议可以合并开"),
    check=_neither,
)
register(
    ONLINE_MEETINGS,
    [ResolutionForm.MEMBERS.value],
    _ASSETS_LAW,
    verified=True,
    label=_("哪些会议可以线上参加"),
    check=_no_such_meeting,
    choices=_MEETINGS,
)
register(
    PROXY_MEETINGS,
    [ResolutionForm.MEMBERS.value],
    _ASSETS_LAW,
    verified=True,
    label=_("哪些会议可以委托同户的人参加"),
    check=_no_such_meeting,
    choices=_MEETINGS,
)
