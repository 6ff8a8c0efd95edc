"""Kinds of ledger events that the changes write."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

MEASURE_STARTED = "measure.started"
RESERVE_SET = "reserve.set"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(MEASURE_STARTED, _("先行帮扶"))
    kinds.register(RESERVE_SET, _("确定临时救助备用金"))
