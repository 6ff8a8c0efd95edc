"""Ledger events of the radar: what it found, who looked, what became of it, which rule was switched off."""

from django.utils.translation import gettext_lazy as _

from portal.ledger import kinds

FOUND = "radar.found"
LOOKED = "radar.looked"
DISMISSED = "radar.dismissed"
TICKETED = "radar.ticketed"
SWITCHED = "radar.switched"
COMPARED = "radar.compared"


def register() -> None:
    """Register every kind of this room."""
    kinds.register(FOUND, _("雷达发现线索"))
    kinds.register(LOOKED, _("查看线索"))
    kinds.register(DISMISSED, _("线索定为误报"))
    kinds.register(TICKETED, _("线索转整改单"))
    kinds.register(SWITCHED, _("开关雷达规则"))
    kinds.register(COMPARED, _("比对外来名单，比后清除"))
