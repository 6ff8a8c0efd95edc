"""Settings that the programmes read."""

from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

COUNTY_THRESHOLD = "flow.build_then_subsidise.county_threshold_fen"


def register() -> None:
    """Register every setting of this room."""
    keys.register(
        COUNTY_THRESHOLD,
        default=0,
        source="HY-34；domain.md 0",
        verified=False,
        label=_("一户金额达到多少要由县里审批（0 表示不用）"),
    )
