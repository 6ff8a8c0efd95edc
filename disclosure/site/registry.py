"""What upper rooms add to public pages: programmes of an area, the scheme of a list, findings of the search,
receipts of what is no objection.

They register when their app starts, so that this room need not know them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.areas.models import Area


@dataclass(frozen=True)
class Entry:
    """One link on a public page. `path` is of this site, without elder mode's prefix; `note` plain text."""

    title: str
    path: str
    note: str = ""


@dataclass(frozen=True)
class Receipt:
    """The page of a receipt that was opened with its code and PIN: a template and what it shows."""

    template: str
    context: Mapping[str, Any]


Programmes = Callable[[Area], Sequence[Entry]]
Scheme = Callable[[str], Entry | None]
Search = Callable[[Sequence[str], int], Sequence[Entry]]
Receipts = Callable[[str, str], Receipt | None]

_programmes: list[Programmes] = []
_schemes: list[Scheme] = []
_searches: list[tuple[str, Search]] = []
_receipts: list[Receipts] = []


def register_programmes(source: Programmes) -> None:
    """Let `source(area)` give the programmes that are open to people of `area`, in one query."""
    if source not in _programmes:
        _programmes.append(source)


def register_scheme(source: Scheme) -> None:
    """Let `source(key)` give the page of a list's scheme, or None for keys of others, in one query."""
    if source not in _schemes:
        _schemes.append(source)


def register_search(heading: str, source: Search) -> None:
    """Let `source(terms, limit)` give what has all `terms` in its title, under `heading`, in one query."""
    if all(known is not source for _heading, known in _searches):
        _searches.append((heading, source))


def register_receipts(source: Receipts) -> None:
    """Let `source(code, pin)` give the page that both open together, or None; a wrong one takes as long."""
    if source not in _receipts:
        _receipts.append(source)


def receipt_of(code: str, pin: str) -> Receipt | None:
    """Return the page that `code` and `pin` open together; every source is asked, found or not."""
    found = [source(code, pin) for source in _receipts]
    return next((one for one in found if one), None)


def programmes_of(area: Area) -> list[Entry]:
    """Return the programmes that are open to people of `area`."""
    return [entry for source in _programmes for entry in source(area)]


def scheme_of(key: str) -> Entry | None:
    """Return the page of the scheme named `key`, or None."""
    return next((entry for source in _schemes if key and (entry := source(key))), None)


def searches() -> Sequence[tuple[str, Search]]:
    """Return the registered searches with their headings."""
    return tuple(_searches)
