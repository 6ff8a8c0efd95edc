"""Replaying cases from the ledger: they and their field history must say what the events add up to."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger import bindings
from portal.ledger.faults import Fault

from . import events, history
from .models import Case

CHUNK = 2000


@bindings.register
class CaseReplay:
    """Adds up the events of every case, and compares case and history row by row."""

    kinds = (events.CASE_OPENED, events.CASE_AMENDED, events.CASE_DECIDED)

    def __init__(self) -> None:
        # number -> {version: (sequence, state, step, amount)}; None where the event does not say.
        self._said: dict[str, dict[int, tuple[int, Any, Any, int]]] = {}
        # (number, version) -> (sequence, digest of the row of history), until that row was seen.
        self._rows: dict[tuple[str, int], tuple[int, str]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take an event of a case."""
        body = record["body"]
        known = self._said.setdefault(record["object_id"], {})
        version = body.get("version", 0)
        # Of a barred row nothing moves; what came first under a version is what it meant.
        known[version] = (sequence, body.get("state"), body.get("to"), body["amount_fen"])
        if "history" in body:
            self._rows[record["object_id"], version] = (sequence, body["history"])

    def faults(self) -> Iterator[Fault]:
        """Yield cases, and rows of their history, that say something else than the events."""
        left = set(self._said)
        fields = ("number", "version", "state", "step", "amount_fen")
        for number, version, state, step, amount in (
            Case.objects.order_by("pk").values_list(*fields).iterator(CHUNK)
        ):
            said = self._said.get(number)
            if said is None:
                continue
            left.discard(number)
            latest = max(said)
            sequence, its_state, its_step, its_amount = said[latest]
            # A case may change its batch without an act of its own, never go back.
            if (
                version < latest
                or (its_state or state) != state
                or (its_step or step) != step
                or amount != its_amount
            ):
                yield Fault(sequence, _("办件 %(number)s 和账本里最后一笔说的不一样") % {"number": number})
        for number in left:
            sequence = min(entry[0] for entry in self._said[number].values())
            yield Fault(sequence, _("办件 %(number)s 不见了") % {"number": number})
        yield from self._history()

    def _history(self) -> Iterator[Fault]:
        rows = Case.history.model.objects.order_by("history_id")
        for row in rows.iterator(CHUNK):
            entry = self._said.get(row.number, {}).get(row.version)
            if entry is None:
                continue
            sequence, its_state, its_step, its_amount = entry
            differs = (its_state or row.state) != row.state or (its_step or row.step) != row.step
            if differs or row.amount_fen != its_amount:
                yield Fault(sequence, _("办件 %(number)s 的历史记录被改过") % {"number": row.number})
            due = self._rows.get((row.number, row.version))
            if due and history.matches(due[1], row):
                del self._rows[row.number, row.version]
        for (number, _version), (sequence, _digest) in self._rows.items():
            yield Fault(sequence, _("办件 %(number)s 的历史记录被改过或不见了") % {"number": number})
