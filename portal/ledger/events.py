"""What the ledger says of itself."""

from django.utils.translation import gettext_lazy as _

from . import kinds

ERASED = "ledger.openings_erased"
COUNTED = "ledger.rows_counted"

kinds.register(ERASED, _("到期清除密封值"))
kinds.register(COUNTED, _("点清底数：从此每一行都要有登记"))
kinds.register("ledger.recovered", _("从备份恢复，见证人证明丢了什么"), urgent=True)
kinds.register("ledger.evidence_exported", _("导出证据包"))
