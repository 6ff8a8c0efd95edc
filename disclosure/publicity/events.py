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

register(PUBLISHED, _("发布名单"))
register(CORRECTED, _("更正名单，重新公示"))
register(POSTED, _("记录村公开栏张贴"))
register(COUNTERSIGNED, _("会签村公开栏张贴"))
register(PRINTED, _("打印公开栏张贴单"))
register(ENDED, _("公示期满"))
register(LODGED, _("收到异议"))
register(ANSWERED, _("答复异议"))
register(NOT_CORRECTED, _("异议成立，名单不更正，写明理由"))
