"""Kinds of ledger events that the register writes."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

HOUSEHOLD_REGISTERED = "household.registered"
KINSHIP_DECLARED = "kinship.declared"
HELPER_ASSIGNED = "helper.assigned"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(HOUSEHOLD_REGISTERED, _("登记农户"))
    kinds.register(KINSHIP_DECLARED, _("申报亲属关系"))
    kinds.register(HELPER_ASSIGNED, _("确定帮扶责任人"))
