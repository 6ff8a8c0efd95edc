"""Settings of public lists and objections: dated configuration with sources (domain.md section 3)."""

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration.services import register

from .models import ListKind

CALENDAR, WORKING = "calendar", "working"
DAY_KIND = "publicity.day_kind"
ANSWER_DAYS = "objection.answer_days"
ANSWER_DAY_KIND = "objection.day_kind"
DAY_KINDS = {CALENDAR: _("自然日"), WORKING: _("工作日")}
CONTACTS = ("office", "phone", "address", "supervisor", "hotline")


def days_key(kind: str) -> str:
    """Return the setting that holds the days of publicity of lists of `kind`."""
    return f"publicity.days.{kind}"


def _bad_days(value: int) -> str | None:
    return None if 1 <= value <= 365 else translate("天数要在1到365之间")


def _bad_day_kind(value: str) -> str | None:
    return (
        None if value in (CALENDAR, WORKING) else translate("只能填 calendar（自然日）或 working（工作日）")
    )


register(
    days_key(ListKind.APPLICATION),
    7,
    "通行做法7天（GK）；有的地方7个工作日（S14）、监测对象不少于5天（S17）",
    verified=False,
    label=_("名单公示天数"),
    check=_bad_days,
)
register(
    days_key(ListKind.RESOLUTION),
    7,
    "通行做法每次公开7天（GK）",
    verified=False,
    label=_("村决议公开天数"),
    check=_bad_days,
)
register(
    days_key(ListKind.RESULT),
    10,
    "乡、村公开栏不少于10天（S11，转载件）",
    verified=False,
    label=_("结果公开天数"),
    check=_bad_days,
)
register(
    days_key(ListKind.ANNOUNCEMENT),
    10,
    "乡、村公开栏不少于10天（S11，转载件）",
    verified=False,
    label=_("公告张贴天数"),
    check=_bad_days,
)
register(
    DAY_KIND,
    CALENDAR,
    "未写明的按自然日，张贴当天不算（GK）；有的地方按工作日（S14）",
    verified=False,
    label=_("公示按自然日还是工作日算"),
    check=_bad_day_kind,
    choices=DAY_KINDS,
)
register(
    ANSWER_DAYS,
    15,
    "参照信访工作条例15日内告知（S3）；公示异议没有查到专门规定",
    verified=False,
    label=_("异议几天内答复"),
    check=_bad_days,
)
register(
    ANSWER_DAY_KIND,
    CALENDAR,
    "参照信访工作条例，按自然日（S3）",
    verified=False,
    label=_("异议答复按自然日还是工作日算"),
    check=_bad_day_kind,
    choices=DAY_KINDS,
)
# Every notice names who supervises, with address, local telephone and 12317 (S15, S16). No number is
# invented: what a county has not filled in is empty, and the pages leave it out.
register("contact.office", "", "由县里填写（S15）", verified=False, label=_("受理异议的单位"))
register("contact.phone", "", "由县里填写（S15）", verified=False, label=_("受理异议的电话"))
register("contact.address", "", "由县里填写（S15）", verified=False, label=_("受理异议的地址"))
register(
    "contact.supervisor", "村务监督委员会", "村民委员会组织法（S3）", verified=False, label=_("监督单位")
)
register("contact.hotline", "12317", "原12317，现为咨询电话（S15、S16）", verified=False, label=_("咨询热线"))
