"""Ledger events of supervision: what a supervisor took away."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

TRAIL_EXPORTED = "trail.exported"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(TRAIL_EXPORTED, _("导出留痕"))
