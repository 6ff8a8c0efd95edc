"""Ledger events of public lists, their postings and objections."""

from django.utils.translation import gettext_lazy as _

from portal.ledger.kinds import register

PUBLISHED = "list.published"
CORRECTED = "list.corrected"
POSTED = "list.posted"
COUNTERSIGNED = "list.posting_countersigned"
ENDED = "list.ended"
PRINTED = "list.printed"
LODGED = "objection.lodged"
ANSWERED = "objection.answered"
NOT_CORRECTED = "objection.not_corrected"
DATED = "objection.correction_dated"
COMPLAINED = "objection.complained_of"
APPEALED = "objection.appealed"
WITHDRAWN = "objection.withdrawn"
TOLD = "objection.told"
EXTENDED = "objection.extended"

register(PUBLISHED, _("发布名单"), urgent=True)
register(CORRECTED, _("更正名单，重新公示"), urgent=True)
register(POSTED, _("记录村公开栏张贴"))
register(COUNTERSIGNED, _("会签村公开栏张贴"))
register(PRINTED, _("打印公开栏张贴单"))
register(ENDED, _("公示期满"))
register(LODGED, _("收到异议"))
register(ANSWERED, _("答复异议"))
register(NOT_CORRECTED, _("异议成立，名单不更正，写明理由"))
register(DATED, _("给更正名单定下期限"))
register(COMPLAINED, _("标明异议投诉的经办人，由其回避"))
register(APPEALED, _("申请上一级复核异议"))
register(WITHDRAWN, _("本人撤回异议"))
register(TOLD, _("告知期满后提的异议怎么办"))
register(EXTENDED, _("延长期满后提的异议的办结期限"))

EXTENDED_LIST = "list.extended"
OUTAGE_DECLARED = "site.outage_declared"
OUTAGE_COUNTED = "site.outage_counted"
OUTAGE_TURNED_DOWN = "site.outage_turned_down"
REDACTION_ASKED = "publicity.redaction_asked"
REDACTED = "publicity.redacted"
REDACTION_DECLINED = "publicity.redaction_declined"

register(EXTENDED_LIST, _("网站停过，公示顺延"))
register(OUTAGE_DECLARED, _("登记网站停用，等第二个人确认"))
register(OUTAGE_COUNTED, _("网站停用计入，公示顺延"))
register(OUTAGE_TURNED_DOWN, _("网站停用没有同意计入"))
register(REDACTION_ASKED, _("申请紧急删去公开的个人信息"))
register(REDACTED, _("紧急删去公开的个人信息"))
register(REDACTION_DECLINED, _("没有同意紧急删去"))
