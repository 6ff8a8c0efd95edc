"""Kinds of ledger events that the register writes."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

HOUSEHOLD_REGISTERED = "household.registered"
HOUSEHOLD_CHANGED = "household.changed"
KINSHIP_DECLARED = "kinship.declared"
HELPER_ASSIGNED = "helper.assigned"
DETAILS_CORRECTED = "household.corrected"
CARD_REGISTERED = "household.card_registered"
INCOME_RECORDED = "household.income_recorded"
FIELD_REVEALED = "household.field_revealed"
DUPLICATE_FOUND = "duplicate.found"
DUPLICATE_JUDGED = "duplicate.judged"
IMPORT_PREVIEWED = "import.previewed"
IMPORT_CONFIRMED = "import.confirmed"
IMPORT_CLOSED = "import.closed"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(HOUSEHOLD_REGISTERED, _("登记农户"))
    kinds.register(HOUSEHOLD_CHANGED, _("户档变更"))
    kinds.register(KINSHIP_DECLARED, _("申报亲属关系"))
    kinds.register(HELPER_ASSIGNED, _("确定帮扶责任人"))
    kinds.register(DETAILS_CORRECTED, _("更正户档一般信息"))
    kinds.register(CARD_REGISTERED, _("登记一卡通"))
    kinds.register(INCOME_RECORDED, _("记录年度收入"))
    kinds.register(FIELD_REVEALED, _("查看个人信息"))
    kinds.register(DUPLICATE_FOUND, _("发现疑似重复登记"))
    kinds.register(DUPLICATE_JUDGED, _("判定疑似重复登记"))
    kinds.register(IMPORT_PREVIEWED, _("上传农户表格"))
    kinds.register(IMPORT_CONFIRMED, _("导入农户表格"))
    kinds.register(IMPORT_CLOSED, _("农户表格未导入"))
