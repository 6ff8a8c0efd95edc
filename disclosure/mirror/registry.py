"""Every public address, told by the rooms whose pages they are: for the mirror and for the sitemap.

Upper rooms register a source when their app starts, so that this room need not know them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse

# As the day on which a page reads otherwise: every day.
DAILY = (date.min,)
EVERYTHING = "everything"


@dataclass(frozen=True)
class Address:
    """The address of a public page in standard type; the same page in large type stands at /da in front.

    `turns` are the days at whose beginning the page reads otherwise than the day before, as far as its own
    room knows (a list closes). `listed` says whether it stands in the sitemap. A `form` cannot be filled in
    without the database: what is kept of it tells how to do the same by phone and on paper. `restless` pages
    show figures that acts change which mark nothing.
    """

    path: str
    turns: Sequence[date] = ()
    listed: bool = True
    form: bool = False
    restless: bool = False


Every = Callable[[], Iterable[Address]]
Behind = Callable[[str, str], Iterable[Address]]
Turns = Callable[[date, date], Iterable[date]]
Unreachable = Callable[[HttpRequest], HttpResponse | None]


@dataclass(frozen=True)
class Source:
    """`every()` gives all addresses of a room; `behind(kind, key)` those on which a change of it shows.

    What `behind` gives may name pages that are gone: their files go, too.
    """

    every: Every
    behind: Behind


_sources: list[Source] = []
_turns: list[Turns] = []
_unreachable: list[Unreachable] = []


def register(source: Source) -> None:
    """Add `source`; registered twice, it counts once."""
    if source not in _sources:
        _sources.append(source)


def register_turns(source: Turns) -> None:
    """Let `source(first, last)` give the days from `first` to `last` on which any page may read otherwise."""
    if source not in _turns:
        _turns.append(source)


def register_unreachable(answer: Unreachable) -> None:
    """Let `answer(request)` say at addresses of its room that the database is down; None for all others."""
    if answer not in _unreachable:
        _unreachable.append(answer)


def unreachable(request: HttpRequest) -> HttpResponse | None:
    """Return what the room of that address answers while the database is down, or None for a plain page."""
    return next((said for answer in _unreachable if (said := answer(request)) is not None), None)


def every() -> list[Address]:
    """Return every public address, each once."""
    return list({address.path: address for source in _sources for address in source.every()}.values())


def behind(marks: Iterable[str]) -> list[Address]:
    """Return the addresses that show what `marks` name, each once; all of them for ``everything``."""
    asked = sorted(set(marks))
    if EVERYTHING in asked:
        return every()
    found: dict[str, Address] = {}
    for mark in asked:
        kind, _colon, key = mark.partition(":")
        for source in _sources:
            found |= {address.path: address for address in source.behind(kind, key)}
    return list(found.values())


def turns(first: date, last: date) -> set[date]:
    """Return the days from `first` to `last` on which any page may read otherwise than the day before."""
    return {day for source in _turns for day in source(first, last)}
