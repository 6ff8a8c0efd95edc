"""Holding the rows of a table against what their events said of them, for the bindings of any room."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from .faults import Fault
from .models import Opening

Told = Mapping[str, Any]


class RowBinding(ABC):
    """Follows the events of `kinds`, which together say what some fields of each row are.

    A room names `kinds` and `called` (what a row is, in Chinese), and says by which key and fields an event
    tells of a row, and what is stored. Rows of which no event ever told are a fault as soon as any did.
    """

    kinds: ClassVar[tuple[str, ...]]
    called: ClassVar[Any]

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, dict[str, Any]]] = {}
        self._walked = 0

    @abstractmethod
    def said(self, record: dict[str, Any]) -> tuple[str, Told] | None:
        """Return the key of the row that the event is about and what it says of it; None for neither."""

    @abstractmethod
    def stored(self) -> Iterable[tuple[str, Told]]:
        """Yield key and fields of every row, named as `said` names them."""

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take one event: what it says of a row stands beside what earlier ones said."""
        self._walked = max(self._walked, sequence)
        found = self.said(record)
        if found is not None:
            key, fields = found
            self._told[key] = (sequence, self._told.get(key, (0, {}))[1] | dict(fields))

    def faults(self) -> Iterator[Fault]:
        """Yield rows that are gone, were changed, or were put in beside the ledger."""
        told = dict(self._told)
        for key, fields in self.stored() if told else ():
            about = {"called": self.called, "key": key}
            sequence, said = told.pop(key, (0, {}))
            if not sequence:
                yield Fault(self._walked, _("%(called)s %(key)s 账本没有记过") % about)
            elif any(fields[name] != value for name, value in said.items()):
                yield Fault(sequence, _("%(called)s %(key)s 被改过") % about)
        for key, (sequence, _said) in told.items():
            yield Fault(sequence, _("%(called)s %(key)s 不见了") % {"called": self.called, "key": key})


class CountedBinding(RowBinding):
    """Follows rows without a number in the events: the first, the second … of what they belong to.

    A room says in `one` what an event tells of whose next row, and in `rows` what is stored, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self._count: Counter[str] = Counter()

    @abstractmethod
    def one(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return what the row belongs to, and what the event says of the row."""

    @abstractmethod
    def rows(self) -> Iterable[tuple[str, Told]]:
        """Yield every row in the order in which rows were added, with what it belongs to."""

    def said(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return the row by its place."""
        return _placed(self._count, *self.one(record))

    def stored(self) -> Iterator[tuple[str, Told]]:
        """Yield the rows by their places."""
        count: Counter[str] = Counter()
        for owner, told in self.rows():
            yield _placed(count, owner, told)


def _placed(count: Counter[str], owner: str, told: Told) -> tuple[str, Told]:
    count[owner] += 1
    return f"{owner} {count[owner]}", told


def salts_of(*names: str, **events: Any) -> dict[int, str]:
    """Return the salt of what is sealed under one of `names`, by the number of its event ("" once erased).

    `events` say of which events, as a filter of openings. No event may seal two of the `names`.
    """
    found = Opening.objects.filter(name__in=names, **events)
    return dict(found.values_list("event_id", "salt"))
