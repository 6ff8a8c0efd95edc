"""Holding spot checks against the ledger: seed, frame, sample and visits are those of their events."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger import bindings, draws
from portal.ledger.faults import Fault
from portal.ledger.rows import salts_of
from portal.sealing import commitments

from . import events
from .frames import key_of, paid_digest
from .models import HomeVisit, SpotCheck

# What an event of a visit says in clear; the sum that the household named stands beside it as a commitment.
OPEN = ("position", "visited_on", "met", "told", "agrees", "signed_how", "ticket")
RECEIVED = "received_fen"


@dataclass(frozen=True)
class Said:
    """What one event says of a visit: its number, what stands in clear, the commitment to the sum or ""."""

    sequence: int
    clear: tuple[Any, ...]
    received: str


@bindings.register
class SpotCheckBinding:
    """Compares each check with its seed and its draw, each visit with what was recorded of it."""

    kinds = (events.SEEDED, events.DRAWN, events.VISITED)

    def __init__(self) -> None:
        self._seeded: dict[str, tuple[int, dict[str, Any]]] = {}
        self._drawn: dict[str, tuple[int, dict[str, Any]]] = {}
        self._visits: dict[str, list[Said]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of a seed, a draw or a visit."""
        number, body = record["object_id"], record["body"]
        if record["kind"] == events.SEEDED:
            self._seeded[number] = (sequence, body)
        elif record["kind"] == events.DRAWN:
            self._drawn[number] = (sequence, body)
        else:
            clear = tuple(body[name] for name in OPEN)
            said = Said(sequence, clear, record["commitments"].get(RECEIVED, ""))
            self._visits.setdefault(number, []).append(said)

    def faults(self) -> Iterator[Fault]:
        """Yield checks and visits whose rows say otherwise, or that are gone."""
        checks = {check.number: check for check in SpotCheck.objects.order_by("pk")}
        for number, (sequence, body) in self._seeded.items():
            check = checks.get(number)
            frame = [(village, key) for village, key in check.frame] if check else []
            told = (body["seed"], body["frame_sha256"], body["take"])
            if check is None or told != (check.seed, draws.digest(frame), check.take):
                yield Fault(sequence, _("抽查 %(number)s 的名册、种子被改过或不见了") % {"number": number})
        for number, (sequence, body) in self._drawn.items():
            check = checks.get(number)
            if check is None or not _drawn_right(check, body):
                yield Fault(sequence, _("抽查 %(number)s 抽中的户被改过") % {"number": number})
        salts = salts_of(RECEIVED, event__kind=events.VISITED)
        for number, said in self._visits.items():
            yield from self._visited(number, said, salts)

    def _visited(self, number: str, said: list[Said], salts: Mapping[int, str]) -> Iterator[Fault]:
        visits = HomeVisit.objects.filter(drawn__spot_check__number=number).order_by("pk")
        rows = list(visits.select_related("drawn", "ticket"))
        right = [
            _visit_right(row, entry, salts.get(entry.sequence, ""))
            for entry, row in zip(said, rows, strict=False)
        ]
        if not all(right) or len(rows) != len(said):
            wrong = said[right.index(False)] if not all(right) else said[-1]
            yield Fault(wrong.sequence, _("抽查 %(number)s 的入户记录被改过") % {"number": number})


def _visit_right(visit: HomeVisit, said: Said, salt: str) -> bool:
    """Return whether a visit is what its event says, with the sum that the household named."""
    row = (
        visit.drawn.position,
        visit.visited_on.isoformat(),
        str(visit.met),
        str(visit.told),
        visit.agrees,
        str(visit.signed_how),
        visit.ticket.number if visit.ticket else "",
    )
    if visit.received_fen is None or not said.received:
        return row == said.clear and visit.received_fen is None and not said.received
    return row == said.clear and commitments.holds(said.received, str(visit.received_fen), salt)


def _drawn_right(check: SpotCheck, body: dict[str, Any]) -> bool:
    """Return whether seed and beacon give the sample again, and its rows are the very cases and sums."""
    frame, sample = ([(village, key) for village, key in rows] for rows in (check.frame, check.sample))
    rows = list(check.drawn.select_related("case").order_by("position"))
    beacon = draws.beacon_after(check.seed_event)
    again = list(draws.draw(bytes.fromhex(check.seed), frame, check.take, beacon))
    salt, paid = str(check.salt), [row.paid_fen for row in rows]
    return (
        body["sample_sha256"] == draws.digest(sample)
        and again == sample
        and body["beacon"] == check.beacon == beacon
        and [(row.key, key_of(salt, row.case)) for row in rows] == [(key, key) for _village, key in sample]
        and body.get("paid_sha256", paid_digest(salt, paid)) == paid_digest(salt, paid)
    )
