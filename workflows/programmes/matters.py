"""What a batch is about, told to those who know only cases: meetings, lists, notices, the desk.

An application, a change of the register, an exit and an aid each answer the same few questions. A matter is
registered for the schemes that begin with its prefix, so that neither publication nor the desk asks which
flow a batch is in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from disclosure.publicity.services import RowDraft
from workflows.engine.acting import Row
from workflows.engine.models import Batch, Case
from workflows.registry.models import Household

# By this and its number public rows name a case.
SUBJECT = "case:"


@dataclass(frozen=True)
class Basis:
    """On which rule a decision rests and how the household may object: what a notice must carry."""

    label: str
    url: str
    remedy: str


@dataclass(frozen=True)
class Face:
    """What the desk shows of one case. Amounts are fen; `values` are starting values of a step's fields."""

    heading: str
    household: Household
    item: str
    requested_fen: int
    amounts: Sequence[tuple[str, int]] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    has_money: bool = True
    hints: Sequence[str] = ()


class Matter(Protocol):
    """The answers of one kind of case.

    `pays` says whether money follows at all: where it does not, no amount stands on any page, sheet or table.
    """

    pays: bool

    def drafts(self, rows: list[Row], kind: str, note: str) -> list[RowDraft]:
        """Return the public rows of `rows` in a list of `kind`; `note` says who settled them."""

    def title(self, batch: Batch, word: str) -> str:
        """Return the title of a list of `batch` that is a `word` (名单公示, 结果公开)."""

    def content(self, rows: list[Row], kind: str) -> str:
        """Return what a list of `rows` published as `kind` is about (`disclosure.masking.kinds.Content`)."""

    def names(self, batch: Batch) -> bool:
        """Return whether lists of `batch` carry names at all (design.md rule 8)."""

    def days(self, batch: Batch, kind: str) -> int | None:
        """Return the days of publicity of its own; None for those that the area has set for `kind`."""

    def basis(self, case: Case) -> Basis:
        """Return on what a decision on `case` rests."""

    def ending(self, batch: Batch) -> str:
        """Return in a sentence what follows for a household once all is decided; empty where the flow's
        steps say it all.
        """

    def visit(self, case: Case) -> Mapping[str, Any]:
        """Return the rule of visits for `case`: {mode: all|sample|risk|none, percent, over_fen}."""

    def face(self, case: Case) -> Face:
        """Return what the desk shows of `case`; asks nothing where `related` was selected with it."""

    def answers(self, case: Case) -> list[tuple[str, str]]:
        """Return in words what was filed and found; for one case's own page."""


_matters: dict[str, Matter] = {}
_related: dict[str, tuple[str, ...]] = {}


def register(prefix: str, matter: Matter, related: Sequence[str] = ()) -> None:
    """Let `matter` answer for schemes that begin with `prefix`; `related` is selected with their cases."""
    _matters[prefix] = matter
    _related[prefix] = tuple(related)


def of(about: Batch | Case) -> Matter:
    """Return what answers for a batch or case; KeyError where nobody registered for its scheme."""
    return _matters[about.scheme.partition(":")[0] + ":"]


def pays(about: Batch | Case) -> bool:
    """Return whether money follows on a batch or case; asks nothing."""
    return not about.scheme.startswith(unpaid())


def unpaid() -> tuple[str, ...]:
    """Return how the schemes of those matters begin on which no money follows."""
    return tuple(prefix for prefix, matter in _matters.items() if not matter.pays)


def related() -> list[str]:
    """Return what is to be selected with cases of any matter, so that `face` asks nothing more."""
    return [path for paths in _related.values() for path in paths]
