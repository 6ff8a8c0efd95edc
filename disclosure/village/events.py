"""Ledger events of village matters."""

from django.utils.translation import gettext_lazy as _

from portal.ledger.kinds import register

OPENED = "village.opened"
LISTED = "village.listed"
MET = "village.met"
RESOLVED = "village.resolved"
FINISHED = "village.finished"
WITHDRAWN = "village.withdrawn"

register(OPENED, _("提出村务事项"))
register(LISTED, _("写村务名单"))
register(MET, _("村务事项开会"))
register(RESOLVED, _("村务事项议定"))
register(FINISHED, _("公开村务结果"))
register(WITHDRAWN, _("撤下村务事项"))
