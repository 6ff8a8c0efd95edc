"""What the ledger says of signing in."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

OPENED = "session.opened"
BESIDE = "session.beside"
ENDED = "session.ended"
FACTOR_ADDED = "factor.added"
FACTOR_REMOVED = "factor.removed"
CODES_RENEWED = "factor.codes_renewed"
CODE_USED = "factor.recovery_code_used"
FACTORS_RESET = "factor.reset"
LOCKED = "account.locked"
UNLOCKED = "account.unlocked"
SUSPENDED = "account.suspended"
REACTIVATED = "account.reactivated"

LABELS = {
    OPENED: _("登录"),
    BESIDE: _("同一账号在两处登录"),
    ENDED: _("结束登录"),
    FACTOR_ADDED: _("登记第二道验证"),
    FACTOR_REMOVED: _("去掉一种验证"),
    CODES_RENEWED: _("换发恢复码"),
    CODE_USED: _("用恢复码通过验证"),
    FACTORS_RESET: _("清除第二道验证"),
    LOCKED: _("账号锁定"),
    UNLOCKED: _("解除锁定"),
    SUSPENDED: _("久未登录，停用账号"),
    REACTIVATED: _("恢复账号"),
}
for _kind, _label in LABELS.items():
    kinds.register(_kind, _label)
