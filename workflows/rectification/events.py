"""Kinds of ledger events of rectification."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

OPENED = "rectification.opened"
ANSWERED = "rectification.answered"
SENT_BACK = "rectification.sent_back"
ACCEPTED = "rectification.accepted"
PASSED = "rectification.passed"
REMINDED = "rectification.reminded"
ESCALATED = "rectification.escalated"
REPORT_DRAFTED = "rectification.report_drafted"
REPORT_EDITED = "rectification.report_edited"
REPORT_SIGNED = "rectification.report_signed"
REPORT_PUBLISHED = "rectification.report_published"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(OPENED, _("开整改单"))
    kinds.register(ANSWERED, _("报整改结果"))
    kinds.register(SENT_BACK, _("整改没到位，退回"))
    kinds.register(ACCEPTED, _("整改验收销号"))
    kinds.register(PASSED, _("整改单换承办"))
    kinds.register(REMINDED, _("整改期限提醒"))
    kinds.register(ESCALATED, _("整改超期上报"))
    kinds.register(REPORT_DRAFTED, _("起草双周督查报告"))
    kinds.register(REPORT_EDITED, _("修改双周督查报告"))
    kinds.register(REPORT_SIGNED, _("签发双周督查报告"))
    kinds.register(REPORT_PUBLISHED, _("公开双周督查报告"), urgent=True)
