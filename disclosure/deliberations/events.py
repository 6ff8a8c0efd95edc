"""Ledger events of the four meetings."""

from django.utils.translation import gettext_lazy as _

from portal.ledger.kinds import register

OPENED = "deliberation.opened"
MEETING_RECORDED = "meeting.recorded"
MINUTES_PRINTED = "meeting.printed"
WITHDRAWN = "deliberation.withdrawn"

register(OPENED, _("提交四议"))
register(MEETING_RECORDED, _("记录会议"))
register(MINUTES_PRINTED, _("打印会议记录"))
register(WITHDRAWN, _("事情撤下，四议没有议完"))
