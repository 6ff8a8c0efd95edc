"""What upper rooms add to public pages: programmes of an area, the scheme of a list, the way of its
matter, receipts of what is no objection.

They register when their app starts, so that this room need not know them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from disclosure.publicity.models import KINDS_WITH_CLOCK, ListKind, PublicList
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
    """What a list is about: the page of its scheme, where it has one, the way of its matter, and the path of
    the form by which a household asks for itself.
    """

    scheme: Entry | None = None
    course: Course | None = None
    ask: str = ""


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
Paid = Callable[[Sequence[str]], Mapping[str, tuple[int, date]]]

_programmes: list[Programmes] = []
_paid: list[Paid] = []
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


def register_paid(source: Paid) -> None:
    """Let `source(subjects)` give what was paid (fen) on which day of them, in one query."""
    if source not in _paid:
        _paid.append(source)


def paid_of(list: PublicList, subjects: Mapping[int, str]) -> Mapping[int, tuple[int, date]]:
    """Return by position what was paid of rows of `list`, whose opaque keys are `subjects`.

    Nothing of a list that pays nothing, of a result, whose rows say it themselves, and of a list whose clock
    its rows still wait for: only a correction of it can meet one that was paid.
    """
    waits = list.kind in KINDS_WITH_CLOCK and list.version == 1
    if not list.with_money or list.kind == ListKind.RESULT or waits:
        return {}
    paid = {key: one for source in _paid for key, one in source([*subjects.values()]).items()}
    return {position: paid[key] for position, key in subjects.items() if key in paid}


def matter_of(list: PublicList) -> Matter:
    """Return what `list` is about; an empty one where nobody knows."""
    return next((matter for source in _matters if (matter := source(list))), Matter())
