"""Holding decisions and acts against the ledger: who decided what of which case, with which reason."""

import hashlib
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger import bindings
from portal.ledger.faults import Fault
from portal.ledger.rows import salts_of
from portal.sealing import commitments

from . import events
from .models import Act, Decision

CHUNK = 1000
# The number of an event, the digest of what it says openly of a row, the commitment to its reason or opinion:
# no texts, for there may be a million of them.
Told = tuple[int, bytes, bytes]
# The number of the case or batch, the digest of what the row says openly, its reason or opinion.
Row = tuple[str, bytes, str]


class _Replay(ABC):
    """Follows the events of each object in order: the first is of its first row, and so on."""

    kind: str
    sealed: str

    def __init__(self) -> None:
        self._told: dict[str, list[Told]] = defaultdict(list)
        self._walked = 0

    @abstractmethod
    def openly(self, record: dict[str, Any]) -> bytes:
        """Return the digest of what the event says openly of its row, as `rows` makes it."""

    @abstractmethod
    def rows(self) -> Iterable[Row]:
        """Yield every row, for each object in the order in which they were written."""

    @abstractmethod
    def wrong(self, number: str) -> str:
        """Return the fault of a row of the object `number`, in words."""

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take one event."""
        self._walked = sequence
        sealed = bytes.fromhex(record["commitments"].get(self.sealed, ""))
        self._told[record["object_id"]].append((sequence, self.openly(record), sealed))

    def faults(self) -> Iterator[Fault]:
        """Yield rows that say something else than their events, that are gone, or that no event tells of."""
        seen: Counter[str] = Counter()
        rows = iter(self.rows())
        while chunk := list(islice(rows, CHUNK)):
            yield from self._compared(chunk, seen)
        for number, told in self._told.items():
            if seen[number] < len(told):
                yield Fault(told[seen[number]][0], self.wrong(number))

    def _compared(self, chunk: list[Row], seen: Counter[str]) -> Iterator[Fault]:
        found: list[tuple[Told | None, Row]] = []
        for row in chunk:
            told = self._told.get(row[0], [])
            found.append((told[seen[row[0]]] if seen[row[0]] < len(told) else None, row))
            seen[row[0]] += 1
        named = [one[0] for one, _row in found if one and one[2]]
        salts = salts_of(self.sealed, event__in=named)
        for one, (number, openly, words) in found:
            if one is None:
                yield Fault(self._walked, self.wrong(number))
            elif openly != one[1] or not _holds(one[2], words, salts.get(one[0], "")):
                yield Fault(one[0], self.wrong(number))


def _holds(sealed: bytes, words: str, salt: str) -> bool:
    return commitments.holds(sealed.hex(), words, salt) if sealed else not words


@bindings.register
class DecisionReplay(_Replay):
    """Compares each decision on a case with its event: who, what, where it went, its sum and its reason."""

    kinds = (events.CASE_DECIDED,)

    kind, sealed = events.CASE_DECIDED, "reason"

    def wrong(self, number: str) -> str:
        """Return the fault in words."""
        return _("办件 %(number)s 的一次决定被改过、删过或者不是从门户办的") % {"number": number}

    def openly(self, record: dict[str, Any]) -> bytes:
        """Return who decided what, whereto, and the sum after it."""
        body = record["body"]
        return _one(record["actor"], *(body[name] for name in ("verdict", "to", "state", "amount_fen")))

    def rows(self) -> Iterator[Row]:
        """Yield every decision."""
        fields = ("actor__username", "verdict", "to_step", "to_state", "amount_after_fen")
        rows = Decision.objects.order_by("pk").values_list("case__number", "reason", *fields)
        for number, reason, *said in rows.iterator(CHUNK):
            yield number, _one(*said), reason


@bindings.register
class ActReplay(_Replay):
    """Compares each act on a batch with its event: who, by which office, what kind, and the opinion."""

    kinds = (events.BATCH_ACTED,)

    kind, sealed = events.BATCH_ACTED, "opinion"

    def wrong(self, number: str) -> str:
        """Return the fault in words."""
        return _("批次 %(number)s 的一次办理被改过、删过或者不是从门户办的") % {"number": number}

    def openly(self, record: dict[str, Any]) -> bytes:
        """Return who acted, in what role, how, and instead of whom."""
        body = record["body"]
        return _one(record["actor"], record["role"], body["act"], body.get("instead_of"))

    def rows(self) -> Iterator[Row]:
        """Yield every act."""
        fields = ("actor__username", "role", "kind", "instead_of__username")
        rows = Act.objects.order_by("pk").values_list("batch__number", "opinion", *fields)
        for number, opinion, *said in rows.iterator(CHUNK):
            yield number, _one(*said), opinion


def _one(*said: Any) -> bytes:
    text = "\n".join("" if one is None else str(one) for one in said)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
