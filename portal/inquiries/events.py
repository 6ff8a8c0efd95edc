"""What the ledger says of the sealed log: that something was sealed, and every act of opening it."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

SEALED = "inquiry.sealed"
ASKED = "inquiry.opening_asked"
OPENED = "inquiry.opened"
DECLINED = "inquiry.opening_declined"

kinds.register(SEALED, _("封存一次监督检索"))
kinds.register(ASKED, _("申请开封监督检索记录"))
kinds.register(OPENED, _("开封监督检索记录"))
kinds.register(DECLINED, _("不同意开封监督检索记录"))
