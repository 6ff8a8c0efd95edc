"""The catalogue as it stands today: which entries are filled, empty, or out of date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from disclosure.pages.index_numbers import site_area
from portal import clock
from portal.configuration import services as configuration

from .entries import Entry, groups
from .keys import PREFIX
from .registry import Filling, filled

FILLED, STALE, EMPTY = "filled", "stale", "empty"


@dataclass(frozen=True)
class Line:
    """An entry today. `due_on` is the last day by which something new is due; None where any age will do."""

    entry: Entry
    filling: Filling
    state: str
    due_on: date | None
    days: int

    @property
    def overdue_days(self) -> int:
        """Calendar days since `due_on`; 0 where it has not passed."""
        return max(0, (clock.today() - self.due_on).days) if self.due_on else 0


def lines() -> list[tuple[str, Sequence[Line]]]:
    """Return the groups of the catalogue with their lines as they stand today."""
    area = site_area()
    published = filled(area)
    return [
        (
            group,
            [
                _line(
                    entry,
                    published.get(entry.filling, Filling(0)),
                    configuration.value(PREFIX + entry.key, area),
                )
                for entry in entries
            ],
        )
        for group, entries in groups()
    ]


def _line(entry: Entry, filling: Filling, days: int) -> Line:
    due_on = filling.newest + timedelta(days=days) if days and filling.newest else None
    if not filling.count and not filling.standing:
        return Line(entry, filling, EMPTY, due_on, days)
    stale = due_on is not None and due_on < clock.today()
    return Line(entry, filling, STALE if stale else FILLED, due_on, days)
