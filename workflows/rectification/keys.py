"""Settings of rectification: deadlines in working days, the days of a report."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

from .models import Source

REDO_DAYS = "rectification.redo_days"
ACCEPT_DAYS = "rectification.accept_days"
REPORT_DAYS = "rectification.report_days"
UNFOUND = "整改的通行做法，没有查到规定（GK）"


def days_key(source: str) -> str:
    """Return the key of the setting that holds the working days for a ticket from `source`."""
    return f"rectification.days.{source}"


def few_days(value: Any) -> str | None:
    """Return a complaint unless `value` is a number of days from one on."""
    return None if type(value) is int and 1 <= value <= 120 else gettext("要填 1 到 120 之间的整数")


def register() -> None:
    """Register every setting of this room."""
    for source in Source:
        label = _("整改期限：%(source)s发现的（工作日）") % {"source": source.label}
        keys.register(days_key(source), 10, UNFOUND, False, label, check=few_days)
    keys.register(REDO_DAYS, 5, UNFOUND, False, _("整改退回以后重新整改的期限（工作日）"), check=few_days)
    keys.register(ACCEPT_DAYS, 5, UNFOUND, False, _("报了整改结果以后验收的期限（工作日）"), check=few_days)
    keys.register(REPORT_DAYS, 14, "XC-40", True, _("督查报告多少天一份（自然日）"), check=few_days)
