"""Settings that the register reads."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

from .models import Degree

RECUSAL_DEGREES = "recusal.degrees"
LARGEST_MEGABYTES = "import.largest_megabytes"
MOST_ROWS = "import.most_rows"
PENDING_HOURS = "import.pending_hours"


def _whole(given: Any) -> str | None:
    """Return a complaint unless `given` is a whole number from 1 to 10,000."""
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= 10_000:
        return None
    return gettext("要填 1 到 10000 的整数")


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
    for key, default, label in (
        (LARGEST_MEGABYTES, 5, _("农户表格的大小上限（MB）")),
        (MOST_ROWS, 2000, _("农户表格一次最多多少人")),
        (PENDING_HOURS, 24, _("上传的农户表格多少小时内要确认")),
    ):
        keys.register(
            key,
            default=default,
            source="部署约定",
            verified=True,
            label=label,
            technical=True,
            check=_whole,
        )
