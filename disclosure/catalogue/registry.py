"""What is really published for an entry: rooms register a count when their app starts, upper ones too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from portal.areas.models import Area


@dataclass(frozen=True)
class Filling:
    """How many pieces are public, the day of the newest, and where they stand (a path of this site).

    What is `standing` is public whatever its count is: a nought of objections is told, too.
    """

    count: int
    newest: date | None = None
    path: str = ""
    standing: bool = False


Counts = Callable[[Area | None], Mapping[str, Filling]]

_sources: list[Counts] = []


def register(source: Counts) -> None:
    """Let `source(area)` say what is public in the site's area, by the name of the filling, in one query."""
    if source not in _sources:
        _sources.append(source)


def filled(area: Area | None) -> dict[str, Filling]:
    """Return what is public today by name; a name that no room tells of is missing."""
    found: dict[str, Filling] = {}
    for source in _sources:
        found.update(source(area))
    return found
