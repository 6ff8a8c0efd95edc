"""Kinds of ledger events of assessment."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

OPENED = "assessment.opened"
SCORED = "assessment.scored"
RESCORED = "assessment.rescored"
TOLD = "assessment.told"
APPEALED = "assessment.appealed"
APPEAL_SETTLED = "assessment.appeal_settled"
DECIDED = "assessment.decided"
ACCEPTED = "assessment.accepted"
SENT_BACK = "assessment.sent_back"
PUBLISHED = "assessment.published"
CONSEQUENCE = "assessment.consequence"
CLOSED = "assessment.closed"
CALLED_OFF = "assessment.called_off"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(OPENED, _("考核：开一轮，算出指标"))
    kinds.register(SCORED, _("考核：打分"))
    kinds.register(RESCORED, _("考核：改正自己打的分"))
    kinds.register(TOLD, _("考核：告知得分，开始申诉"))
    kinds.register(APPEALED, _("考核：申诉"))
    kinds.register(APPEAL_SETTLED, _("考核：答复申诉"))
    kinds.register(DECIDED, _("考核：上一级审定"))
    kinds.register(ACCEPTED, _("考核：市级验收"))
    kinds.register(SENT_BACK, _("考核：市级验收退回"))
    kinds.register(PUBLISHED, _("考核：公开结果"))
    kinds.register(CONSEQUENCE, _("考核：结果运用"))
    kinds.register(CLOSED, _("考核：办结"))
    kinds.register(CALLED_OFF, _("考核：作废"))
