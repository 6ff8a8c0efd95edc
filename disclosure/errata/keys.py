"""Settings of reported errors: within how many working days one is answered."""

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration.services import register

ANSWER_DAYS = "errata.answer_days"


def _days(number: int) -> str | None:
    return None if 1 <= number <= 30 else translate("要填1到30之间的整数")


register(
    ANSWER_DAYS,
    3,
    "我为政府网站找错：3个工作日答复（GK，未查到原文）",
    False,
    _("网页纠错几个工作日内答复"),
    check=_days,
)
