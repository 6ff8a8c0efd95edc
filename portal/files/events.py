"""What the ledger says of private files."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

OPENED = "file.opened"

kinds.register("file.stored", _("存入附件"))
kinds.register(OPENED, _("打开附件"))
