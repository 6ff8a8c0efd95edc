"""Kinds of ledger events that the engine writes."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

BATCH_OPENED = "batch.opened"
CASE_OPENED = "case.opened"
CASE_AMENDED = "case.amended"
CASE_DECIDED = "case.decided"
BATCH_ACTED = "batch.acted"
BATCH_SPLIT = "batch.split"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(BATCH_OPENED, _("开新批次"))
    kinds.register(CASE_OPENED, _("受理"))
    kinds.register(CASE_AMENDED, _("修改申报"))
    kinds.register(CASE_DECIDED, _("办理"))
    kinds.register(BATCH_ACTED, _("整批办理"))
    kinds.register(BATCH_SPLIT, _("分出另批"))
