"""Kinds of ledger events that the notices write."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

NOTICE_SERVED = "notice.served"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(NOTICE_SERVED, _("告知书送达"))
