"""What the ledger says of accounts and offices."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

kinds.register("office.granted", _("授予职务"))
kinds.register("office.ended", _("离任"))
kinds.register("account.invited", _("邀请建立账号"))
kinds.register("account.invitation_voided", _("邀请口令试错太多，网址作废"))
kinds.register("account.reset", _("重置账号"))
kinds.register("account.password_set", _("设定密码"))
kinds.register("account.password_rehashed", _("密码换用更强的散列"))
kinds.register("account.handed_over", _("移交工作"))
kinds.register("substitute.named", _("请人代办"))
kinds.register("substitute.confirmed", _("同意代办"))
kinds.register("substitute.declined", _("不同意代办"))
kinds.register("substitute.ended", _("代办提前结束"))
kinds.register("joint.asked", _("提请两人共办"))
kinds.register("joint.declined", _("复核不同意"))
kinds.register("joint.taken_back", _("撤回提请"))
