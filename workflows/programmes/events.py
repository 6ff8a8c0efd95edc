"""Kinds of ledger events that the programmes write."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

PROGRAMME_CREATED = "programme.created"
VERSION_MADE = "programme.version"
BUDGET_SET = "budget.set"
VISIT_RECORDED = "visit.recorded"
PAPER_NAMED = "case.paper_named"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(PROGRAMME_CREATED, _("新设项目"))
    kinds.register(VERSION_MADE, _("项目新版本"))
    kinds.register(BUDGET_SET, _("确定预算"))
    kinds.register(VISIT_RECORDED, _("入户核查"))
    kinds.register(PAPER_NAMED, _("登记材料"))
