"""Settings of spot checks."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.configuration import keys

PER_VILLAGE = "spotcheck.per_village"
PERCENT = "spotcheck.percent"
UNFOUND = "抽查的通行做法，没有查到规定（GK）"


def _number(least: int, most: int) -> Any:
    def check(value: Any) -> str | None:
        fine = type(value) is int and least <= value <= most
        words = gettext("要填 %(least)d 到 %(most)d 之间的整数") % {"least": least, "most": most}
        return None if fine else words

    return check


def register() -> None:
    """Register every setting of this room."""
    keys.register(PER_VILLAGE, 2, UNFOUND, False, _("抽查：每村至少抽几户"), check=_number(1, 100))
    keys.register(PERCENT, 10, UNFOUND, False, _("抽查：每村抽百分之几"), check=_number(0, 100))
