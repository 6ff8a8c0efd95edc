"""Settings that the notices read."""

from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

SERVE_DAYS = "notice.serve_days"


def register() -> None:
    """Register every setting of this room."""
    keys.register(
        SERVE_DAYS,
        default=5,
        source=_("县级自定，待县确认"),
        verified=False,
        label=_("告知书几个工作日内送达"),
    )
