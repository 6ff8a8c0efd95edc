"""What the ledger says of areas."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

kinds.register("area.loaded", _("载入区划"))
kinds.register("area.renamed", _("区划改名"))
