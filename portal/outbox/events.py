"""What the ledger says of group robots and of where mail goes."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

PROPOSED = "robot.proposed"
CONFIRMED = "robot.confirmed"
STOPPED = "robot.stopped"
MAIL_SET = "account.mail_set"

kinds.register(PROPOSED, _("提出群机器人"))
kinds.register(CONFIRMED, _("确认群机器人"))
kinds.register(STOPPED, _("停用群机器人"))
kinds.register(MAIL_SET, _("登记自己的邮箱"))
