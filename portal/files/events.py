"""What the ledger says of private files."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

kinds.register("file.stored", _("存入附件"))
