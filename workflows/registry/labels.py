"""What a category is called on a date: one code reads 贫困户 before 2021, 脱贫户 since (domain.md 0, S1)."""

from datetime import date
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.areas.models import Area
from portal.configuration import keys
from portal.configuration.services import value

from .models.choices import Category

KEY = "registry.label.{}"
SOURCE = "S1：2026年起为常态化帮扶，新的叫法待县确认"
# Each line is the day from which a word is used and the word; a county adds a line when the word changes.
ERAS: dict[Category, list[str]] = {
    Category.LIFTED: ["2014-01-01 贫困户", "2021-01-01 脱贫户"],
    Category.UNSTABLE_LIFTED: ["2020-01-01 脱贫不稳定户"],
    Category.MARGINAL: ["2020-01-01 边缘易致贫户"],
    Category.SUDDEN_HARDSHIP: ["2021-01-01 突发严重困难户"],
    Category.LOW_INCOME: ["2014-01-01 低收入农户"],
    Category.ORDINARY: ["2014-01-01 一般农户"],
}


def register() -> None:
    """Register the words of each category as settings of the county."""
    for category, eras in ERAS.items():
        keys.register(
            KEY.format(category.value),
            default=eras,
            source=SOURCE,
            verified=False,
            label=format_lazy("{}：{}", category.label, gettext_lazy("从哪天起叫什么")),
            check=_complaint,
        )


def label_on(category: str, on: date | None = None, area: Area | str | None = None) -> str:
    """Return the word for `category` on the date `on` (today unless given) at `area`."""
    if category not in Category.values:
        return category
    day = on or clock.today()
    eras = sorted(_era(line) for line in value(KEY.format(category), area))
    words = [word for start, word in eras if start <= day]
    return words[-1] if words else eras[0][1]


def labels_on(on: date | None = None, area: Area | str | None = None) -> list[tuple[str, str]]:
    """Return every category with its word on that date, as choices of a form."""
    return [(category.value, label_on(category.value, on, area)) for category in Category]


def _era(line: str) -> tuple[date, str]:
    start, _space, word = line.partition(" ")
    return date.fromisoformat(start), word.strip()


def _complaint(lines: Any) -> str | None:
    try:
        eras = [_era(line) for line in lines]
    except (TypeError, ValueError, AttributeError):
        eras = []
    if not eras or not all(0 < len(word) <= 20 for _start, word in eras):
        return _("一行写一个：日期、空格、叫法，例如“2021-01-01 脱贫户”")
    return None
