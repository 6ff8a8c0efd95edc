"""Kinds of ledger events that money writes."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

PAID = "payment.recorded"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(PAID, _("拨付到户"))
