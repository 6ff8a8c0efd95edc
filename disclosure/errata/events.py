"""Events of reported errors."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

REPORTED, ANSWERED, OVERDUE = "erratum.reported", "erratum.answered", "erratum.overdue"

kinds.register(REPORTED, _("收到网页纠错"))
kinds.register(ANSWERED, _("答复网页纠错"))
kinds.register(OVERDUE, _("网页纠错超期，报县级负责人"))
