"""Settings of objections that go on: photos, appeals, late ones; and of the two proofs of posting."""

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration.services import register

PHOTOS = "objection.photos"
PHOTO_MEGABYTES = "objection.photo_megabytes"
APPEAL_DAYS = "objection.appeal_days"
APPEAL_ANSWER_DAYS = "objection.appeal_answer_days"
APPEAL_HOLDS = "objection.appeal_holds"
LATE_TELL_DAYS = "objection.late_tell_days"
LATE_ANSWER_DAYS = "objection.late_answer_days"
LATE_EXTENSION_DAYS = "objection.late_extension_days"
CORRECTION_DAYS = "objection.correction_days"
POSTING_PROOFS = "posting.proofs"
POSTING_FIRST_DAYS = "posting.first_days"
POSTING_LAST_DAYS = "posting.last_days"

_NONE_FOUND = "没有查到专门规定（GK）"


def _days(number: int) -> str | None:
    return None if 1 <= number <= 365 else translate("天数要在1到365之间")


def _few(number: int) -> str | None:
    return None if 0 <= number <= 9 else translate("要填0到9之间的整数")


def _one_or_two(number: int) -> str | None:
    return None if number in (1, 2) else translate("只能填1或2")


register(PHOTOS, 3, _NONE_FOUND, False, _("一件异议最多带几张照片"), check=_few)
register(
    PHOTO_MEGABYTES,
    7,
    "按老手机照片的大小估计（GK）",
    False,
    _("网上提异议一张照片最多多少兆"),
    technical=True,
    check=lambda number: None if 1 <= number <= 20 else translate("要填1到20之间的整数"),
)
register(
    APPEAL_DAYS,
    30,
    "参照信访复查30日内提出；公示异议没有查到专门规定（GK）",
    False,
    _("答复以后几天内可以申请上一级复核（自然日）"),
    check=_days,
)
register(
    APPEAL_ANSWER_DAYS,
    30,
    "参照信访复查30日内答复；公示异议没有查到专门规定（GK）",
    False,
    _("复核几天内答复（自然日）"),
    check=_days,
)
register(
    APPEAL_HOLDS,
    False,
    "查证后驳回的可以通过（S21）；复核时要不要再停下来，没有查到规定（GK）",
    False,
    _("申请复核以后这一户再停下来"),
)
register(
    LATE_TELL_DAYS,
    15,
    "期满后提的按信访时限：15日内告知（S3）",
    False,
    _("期满后提的异议几天内告知怎么办（自然日）"),
    check=_days,
)
register(
    LATE_ANSWER_DAYS,
    60,
    "期满后提的按信访时限：60日内办结（S3）",
    False,
    _("期满后提的异议几天内办结（自然日）"),
    check=_days,
)
register(
    LATE_EXTENSION_DAYS,
    30,
    "期满后提的按信访时限：可以延长30日（S3）",
    False,
    _("期满后提的异议最多延长几天（自然日）"),
    check=_days,
)
register(
    CORRECTION_DAYS,
    5,
    _NONE_FOUND,
    False,
    _("异议成立以后几个工作日内更正名单，或写明为什么不更正"),
    check=lambda number: None if 1 <= number <= 60 else translate("要填1到60之间的整数"),
)
register(
    POSTING_PROOFS, 2, _NONE_FOUND, False, _("一份名单要几次张贴照片：1或2（2是贴出时和期满前各一次）"),
    check=_one_or_two,
)  # fmt: skip
register(
    POSTING_FIRST_DAYS, 2, _NONE_FOUND, False, _("发布以后几天内要有第一次张贴照片（自然日）"), check=_days
)
register(POSTING_LAST_DAYS, 2, _NONE_FOUND, False, _("期满前几天里要有第二次张贴照片（自然日）"), check=_days)
