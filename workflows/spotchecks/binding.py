"""Holding spot checks against the ledger: seed, frame, sample and visits are those of their events."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger import bindings, draws
from portal.ledger.faults import Fault

from . import events
from .frames import key_of, paid_digest
from .models import HomeVisit, SpotCheck

# Number of the event, position, whom they met, what it said, whether it agrees, the ticket.
Said = tuple[int, int, str, str, bool, str]


def connect() -> None:
    """Have the verification of the ledger look at spot checks."""
    bindings.register("spot checks", (events.SEEDED, events.DRAWN, events.VISITED), SpotCheckBinding)


class SpotCheckBinding:
    """Compares each check with its seed and its draw, each visit with what was recorded of it."""

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
            told = (body["met"], body["told"], body["agrees"], body["ticket"])
            said = (sequence, body["position"], *told)
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
        for number, said in self._visits.items():
            yield from self._visited(number, said)

    def _visited(self, number: str, said: list[Said]) -> Iterator[Fault]:
        visits = HomeVisit.objects.filter(drawn__spot_check__number=number).order_by("pk")
        rows = [
            (
                visit.drawn.position,
                str(visit.met),
                str(visit.told),
                visit.agrees,
                visit.ticket.number if visit.ticket else "",
            )
            for visit in visits.select_related("drawn", "ticket")
        ]
        if rows != [entry[1:] for entry in said]:
            wrong = next(
                (entry[0] for entry, row in zip(said, rows, strict=False) if entry[1:] != row), said[-1][0]
            )
            yield Fault(wrong, _("抽查 %(number)s 的入户记录被改过") % {"number": number})


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
