"""Ledger events of the desk itself: what left it on paper or as a file."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

PRINTED = "paper.printed"
EXPORTED = "desk.exported"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(PRINTED, _("打印"))
    kinds.register(EXPORTED, _("导出表格"))
