"""Settings that the register reads."""

from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

from .models import Degree

RECUSAL_DEGREES = "recusal.degrees"


def register() -> None:
    """Register every setting of this room."""
    keys.register(
        RECUSAL_DEGREES,
        default=["self", "spouse", "parent_child", "sibling", "in_law"],
        source=_("公务回避的一般要求，范围待县确认"),
        verified=False,
        label=_("哪些亲属关系要回避"),
        choices=dict(Degree.choices),
    )
