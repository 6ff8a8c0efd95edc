"""Kinds of ledger events of this room."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

REMINDED = "deadline.reminded"
ESCALATED = "deadline.escalated"
FOLLOWED = "deadline.followed"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(REMINDED, _("期限提醒"))
    kinds.register(ESCALATED, _("超期上报"))
    kinds.register(FOLLOWED, _("补记期限"))
