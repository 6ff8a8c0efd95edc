"""Holds the register against the ledger: households, members, incomes, their history, changes, kinships."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.ledger import bindings
from portal.ledger.faults import Fault
from portal.ledger.rows import salts_of
from portal.sealing import commitments

from . import events
from .rows import MODELS, ROWS, WITH_HISTORY, Named, text, values

KINDS = (
    events.HOUSEHOLD_REGISTERED,
    events.HOUSEHOLD_CHANGED,
    events.HELPER_ASSIGNED,
    events.DETAILS_CORRECTED,
    events.CARD_REGISTERED,
    events.INCOME_RECORDED,
    events.KINSHIP_DECLARED,
    events.DUPLICATE_JUDGED,
)
CHUNK = 500
WHAT = {
    "household": gettext_lazy("户档"),
    "member": gettext_lazy("家庭成员"),
    "income": gettext_lazy("年度收入"),
    "change": gettext_lazy("户档变更"),
    "kinship": gettext_lazy("亲属关系"),
}
# Number of the event, the rows that it names, version of their columns, commitment.
Said = tuple[int, list[Named], int, str]


@bindings.register
class RegisterBinding:
    """Opens what every event says of the rows it names; what stands now must be the last that was named."""

    kinds = KINDS

    def __init__(self) -> None:
        self._said: list[Said] = []
        # (name, id) -> number of the event, row of history, version
        self._last: dict[tuple[str, int], tuple[int, int, int]] = {}
        # Households with an event from before rows were named.
        self._unnamed: set[int] = set()
        self._seen = 0

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take one event of the register."""
        self._seen = sequence
        body = record["body"]
        if ROWS not in body:
            if record["object_type"] == "household":
                self._unnamed.add(int(record["object_id"]))
            return
        named: list[Named] = [(name, pk, row) for name, pk, row in body[ROWS]]
        version = body["rows_version"]
        self._said.append((sequence, named, version, record["commitments"][ROWS]))
        for name, pk, row in named:
            self._last[name, pk] = (sequence, row, version)

    def faults(self) -> Iterator[Fault]:
        """Yield rows, live or of history, that say something else than their events, or that none names."""
        for chunk in _chunks(self._said):
            yield from self._as_written(chunk)
        yield from chain.from_iterable(map(self._as_it_stands, MODELS))

    def _as_written(self, chunk: list[Said]) -> Iterator[Fault]:
        salts = salts_of(ROWS, event__in=[one[0] for one in chunk])
        found = {name: _rows(name, chain.from_iterable(one[1] for one in chunk)) for name in MODELS}
        for sequence, named, version, commitment in chunk:
            gone = next((one for one in named if one[2] not in found[one[0]]), None)
            if gone:
                yield Fault(sequence, _wrong(gone[0], gone[1]))
                continue
            salt = salts.get(sequence, "")
            said = text(((one, found[one[0]][one[2]]) for one in named), version)
            if not commitments.holds(commitment, said, salt):
                yield Fault(sequence, _wrong(named[0][0], named[0][1]))

    def _as_it_stands(self, name: str) -> Iterator[Fault]:
        """Yield the rows of `name` that differ from the last event of each."""
        last = {pk: said for (one, pk), said in self._last.items() if one == name}
        for rows in _chunks(MODELS[name].objects.order_by("pk").iterator(CHUNK)):
            kept = _rows(name, ((name, row.pk, last[row.pk][1]) for row in rows if row.pk in last))
            for row in rows:
                sequence, number, version = last.pop(row.pk, (0, 0, 0))
                if not sequence and getattr(row, "household_id", row.pk) not in self._unnamed:
                    told = _("%(what)s %(number)d 不是从门户登记的") % {"what": WHAT[name], "number": row.pk}
                    yield Fault(self._seen, told)
                elif sequence and (
                    number not in kept or values(row, name, version) != values(kept[number], name, version)
                ):
                    yield Fault(sequence, _wrong(name, row.pk))
        for pk, (sequence, _number, _version) in last.items():
            yield Fault(sequence, _wrong(name, pk))


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def _wrong(name: str, pk: int) -> str:
    return _("%(what)s %(number)d 或者它的历史记录被改过或不见了") % {"what": WHAT[name], "number": pk}


def _rows(name: str, named: Iterable[Named]) -> dict[int, Any]:
    """Return the rows of `name` that are named, by the number of their row of history."""
    numbers = {row for one, _pk, row in named if one == name}
    if not numbers:
        return {}
    if name in WITH_HISTORY:
        kept = MODELS[name].history.model.objects.filter(history_id__in=numbers)
        return {row.history_id: row for row in kept}
    return {row.pk: row for row in MODELS[name].objects.filter(pk__in=numbers)}
