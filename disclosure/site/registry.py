"""What upper rooms add to public pages: programmes of an area, the scheme of a list, the way of its
matter, receipts of what is no objection.

They register when their app starts, so that this room need not know them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from disclosure.publicity.models import PublicList
from portal.areas.models import Area

from .charts import Chart


@dataclass(frozen=True)
class Entry:
    """One link on a public page. `path` is of this site, without elder mode's prefix; `note` plain text."""

    title: str
    path: str
    note: str = ""


@dataclass(frozen=True)
class Course:
    """The way of a list's matter: what is published of it, in words while it is to come, by kind of list.

    `ahead` names the steps after the list, `ending` tells in a sentence what follows for a household.
    """

    publishes: Mapping[str, str]
    ahead: Sequence[str] = ()
    ending: str = ""


@dataclass(frozen=True)
class Matter:
    """What a list is about: the page of its scheme, where it has one, and the way of its matter."""

    scheme: Entry | None = None
    course: Course | None = None


@dataclass(frozen=True)
class Receipt:
    """The page of a receipt that was opened with its code and PIN: a template and what it shows."""

    template: str
    context: Mapping[str, Any]


Charts = Callable[[Area], "Sequence[Chart]"]
Programmes = Callable[[Area], Sequence[Entry]]
About = Callable[[PublicList], Matter | None]
Receipts = Callable[[str, str], Receipt | None]

_charts: list[Charts] = []
_programmes: list[Programmes] = []
_matters: list[About] = []
_receipts: list[Receipts] = []


def register_programmes(source: Programmes) -> None:
    """Let `source(area)` give the programmes that are open to people of `area`, in one query."""
    if source not in _programmes:
        _programmes.append(source)


def register_charts(source: Charts) -> None:
    """Let `source(area)` give the charts of an area's page, in one query; empty ones are not shown."""
    if source not in _charts:
        _charts.append(source)


def charts_of(area: Area) -> list[Chart]:
    """Return the charts of `area` that have anything to show."""
    return [chart for source in _charts for chart in source(area) if not chart.is_empty]


def register_matter(source: About) -> None:
    """Let `source(list)` give what a list is about, or None for lists of others, in one query."""
    if source not in _matters:
        _matters.append(source)


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


def matter_of(list: PublicList) -> Matter:
    """Return what `list` is about; an empty one where nobody knows."""
    return next((matter for source in _matters if (matter := source(list))), Matter())
