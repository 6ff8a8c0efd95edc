"""Shares such as "two thirds or more": read from a setting, counted exactly, said in words."""

import re
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

_SHARE = re.compile(r"^(>=|>)\s*(\d+)/(\d+)$")
_WORDS = {
    (">", Fraction(1, 2)): "超过一半",
    (">=", Fraction(1, 2)): "达到一半",
    (">=", Fraction(2, 3)): "达到三分之二",
    (">", Fraction(2, 3)): "超过三分之二",
    (">=", Fraction(4, 5)): "达到五分之四",
    (">=", Fraction(1, 1)): "一个不少",
}


@dataclass(frozen=True)
class Share:
    """A part of a number that must be reached (``>=``) or exceeded (``>``)."""

    sign: str
    part: Fraction

    @classmethod
    def read(cls, text: str) -> "Share":
        """Return the share written as ``>=2/3`` or ``>1/2``; ValueError for anything else."""
        match = _SHARE.match(text)
        if not match or not int(match[3]):
            raise ValueError(text)
        part = Fraction(int(match[2]), int(match[3]))
        if not 0 < part <= 1 or (match[1] == ">" and part == 1):
            raise ValueError(text)
        return cls(match[1], part)

    def least(self, whole: int) -> int:
        """Return the smallest count that meets this share of `whole`."""
        exact = self.part * whole
        floor = exact.numerator // exact.denominator
        if self.sign == ">":
            return floor + 1
        return floor if exact == floor else floor + 1

    def words(self) -> str:
        """Return the share as people say it."""
        known = _WORDS.get((self.sign, self.part))
        if known:
            return known
        fraction = f"{self.part.denominator}分之{self.part.numerator}"
        return (_("超过%(fraction)s") if self.sign == ">" else _("达到%(fraction)s")) % {"fraction": fraction}
