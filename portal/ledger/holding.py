"""Holding every followed row against what the last event that wrote it said of it (`written`)."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from .events import COUNTED
from .faults import Bad, Fault
from .written import FOLLOWED, GONE, MADE, ROWS, Followed, digest

CHUNK = 1000
KNOWN_BY = ("number", "code", "slug", "username")


class _Last:
    """The last event of each row of one table: 8 bytes of its number and 16 of the digest, by the row's."""

    WIDTH = 24
    # Numbers come in a row; one beyond this was written by hand, and must not cost the memory up to it.
    MOST = 50_000_000

    def __init__(self) -> None:
        self._told = bytearray()
        self.first_made: int | None = None

    def put(self, number: int, sequence: int, said: str) -> None:
        if not 0 < number < self.MOST:
            raise ValueError(number)
        start = number * self.WIDTH
        if len(self._told) < start + self.WIDTH:
            self._told.extend(bytes(max(start + self.WIDTH - len(self._told), len(self._told))))
        if said.startswith(MADE):
            self.first_made = number if self.first_made is None else min(self.first_made, number)
        kept = b"" if said == GONE else bytes.fromhex(said.removeprefix(MADE))
        self._told[start : start + self.WIDTH] = sequence.to_bytes(8) + kept.ljust(16, b"\0")

    def get(self, number: int) -> tuple[int, bytes]:
        start = number * self.WIDTH
        told = bytes(self._told[start : start + self.WIDTH]) if number >= 0 else b""
        return int.from_bytes(told[:8]), told[8:]

    def forget(self, number: int) -> None:
        start = number * self.WIDTH
        self._told[start : start + 8] = bytes(8)

    def left(self) -> Iterator[int]:
        """Yield the events of rows that were not met, and not taken away either."""
        for start in range(0, len(self._told), self.WIDTH):
            sequence = int.from_bytes(self._told[start : start + 8])
            if sequence and any(self._told[start + 8 : start + self.WIDTH]):
                yield sequence


class WrittenRows:
    """Follows what events say of rows; in the end every followed row must say what its last event said."""

    kinds = ()

    def __init__(self) -> None:
        self._tables: dict[str, _Last] = {}
        self._counted: set[str] = set()
        self._walked = 1

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take what one event names, of whatever kind; raises Bad for a count of what was counted."""
        self._walked = sequence
        counting = record["kind"] == COUNTED
        for table, named in record.get(ROWS, {}).items():
            last = self._tables.setdefault(table, _Last())
            for number, said in named.items():
                if counting and (table in self._counted or last.get(int(number))[0]):
                    raise Bad(_("又点了一次早已登记过的行，账本不认"))
                last.put(int(number), sequence, said)
        if counting:
            self._counted.update(record["body"]["tables"])

    @property
    def uncounted(self) -> int:
        """Return how many followed tables were never counted."""
        return len(FOLLOWED.keys() - self._counted)

    def names(self, table: str, number: int) -> bool:
        """Return whether an event named the row `number` of `table`."""
        return table in self._tables and bool(self._tables[table].get(number)[0])

    def faults(self) -> Iterator[Fault]:
        """Yield rows that were changed, that are gone, or that no event told of."""
        for table in sorted({*self._tables, *self._counted}):
            yield from self.faults_of(table)

    def faults_of(self, table: str) -> Iterator[Fault]:
        """Yield the faults of one table."""
        if table in FOLLOWED:
            last = self._tables.get(table, _Last())
            yield from _compared(FOLLOWED[table], last, self._walked, table in self._counted)


def _compared(one: Followed, last: _Last, walked: int, counted: bool) -> Iterator[Fault]:
    """Yield what is wrong with the rows of one table; of a row that no event names, under number `walked`."""
    called = one.model._meta.verbose_name
    for number, row in each_row(one.model):
        about = {"called": called, "number": number}
        sequence, said = last.get(number)
        if not sequence:
            # Until a table is counted, rows from before the first that an event made may have been there.
            if counted or (last.first_made is not None and number > last.first_made):
                yield Fault(walked, _("%(called)s的第 %(number)s 行不是从门户登记的") % about)
            continue
        last.forget(number)
        if not any(said):
            yield Fault(sequence, _("%(called)s的第 %(number)s 行账本说已经删去") % about)
        elif row is None or said.hex() != digest(row):
            yield Fault(sequence, _("%(called)s的第 %(number)s 行被改过") % about + _which(row))
    for sequence in last.left():
        yield Fault(sequence, _("%(called)s的一行不见了") % {"called": called})


def _which(row: Any) -> str:
    """Return by what people know `row`, where that is a number or code and says nothing of anybody."""
    found = (getattr(row, name, None) for name in KNOWN_BY)
    which = next((str(one) for one in found if one), "")
    return _("：%(which)s") % {"which": which} if which else ""


def each_row(model: type[models.Model]) -> Iterator[tuple[int, Any]]:
    """Yield number and row of every row of `model`; None for one that cannot be read any more."""
    every = models.QuerySet(model).order_by("pk")
    numbers = every.values_list("pk", flat=True).iterator(CHUNK)
    while chunk := list(islice(numbers, CHUNK)):
        try:
            found = {row.pk: row for row in every.filter(pk__in=chunk)}
        except (ValueError, TypeError):
            # One of them was spoilt, an encrypted column or one of JSON: which is said.
            found = {number: _read(every, number) for number in chunk}
        for number in chunk:
            yield number, found.get(number)


def _read(every: models.QuerySet[Any], number: int) -> Any:
    try:
        return every.get(pk=number)
    except (ValueError, TypeError):
        return None
