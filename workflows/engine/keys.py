"""Settings that the engine reads."""

from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

from .deadlines import YELLOW_KEY


def register() -> None:
    """Register every setting of this room."""
    keys.register(
        YELLOW_KEY,
        default=2,
        source="督办的通行做法，没有查到规定（GK）",
        verified=False,
        label=_("黄灯：还剩几个工作日时亮"),
    )
