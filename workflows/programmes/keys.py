"""Settings that the programmes read."""

from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

COUNTY_THRESHOLD = "flow.build_then_subsidise.county_threshold_fen"


def register() -> None:
    """Register every setting of this room."""
    keys.register(
        COUNTY_THRESHOLD,
        default=0,
        source="到户项目由乡镇审批（HY-34）；县里是否再审由县定",
        verified=False,
        label=_("一户金额达到多少要由县里审批（0 表示不用）"),
    )
