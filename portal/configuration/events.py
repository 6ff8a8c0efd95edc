"""What the ledger says of settings."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

kinds.register("setting.proposed", _("提出配置"))
kinds.register("setting.confirmed", _("确认配置"))
kinds.register("setting.turned_down", _("不采用提出的配置"))
