"""Kinds of ledger events of this room."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

RECEIVED = "request.received"
PASSED = "request.passed"
FILED = "request.filed"
ANSWERED = "request.answered"
TOLD = "request.told"
REMINDED = "request.reminded"
ESCALATED = "request.escalated"
REOPENED = "request.reopened"
WHOSE = "request.whose"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(RECEIVED, _("登记申请"))
    kinds.register(PASSED, _("申请转交"))
    kinds.register(FILED, _("申请立案"))
    kinds.register(ANSWERED, _("答复申请"))
    kinds.register(TOLD, _("登记告知本人"))
    kinds.register(REMINDED, _("申请期限提醒"))
    kinds.register(ESCALATED, _("申请超期上报"))
    kinds.register(REOPENED, _("申请重新要办"))
    kinds.register(WHOSE, _("认定是哪一户的申请"))
