"""What the ledger's proofs ask of public lists: what belongs to one, and whether its rows are still those.

Names leave the room neither here nor there: a bundle shows what anyone could read, under the commitments
that the list's digest covers.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.ledger import bindings, evidence
from portal.ledger.faults import Fault
from portal.ledger.models import Event

from . import digest
from .events import CORRECTED, PUBLISHED, REDACTED
from .models import ListRow, PublicList
from .tombstones import is_tombstone


def connect() -> None:
    """Answer for lists in evidence bundles."""
    evidence.register("list", collect)


def collect(number: str) -> evidence.Evidence | None:
    """Return what belongs to the list `number`: its events, those of its objections, its rows."""
    # Place, year and number stand apart in that of a list, in a case's they do not.
    found = PublicList.objects.filter(number=number).first() if "-" in number else None
    if found is None:
        return None
    objections = found.objections.values_list("pk", flat=True)
    return evidence.Evidence(
        title=found.title,
        objects=[
            ("list", number),
            *(("objection", str(each)) for each in objections),
            *redactions_of([found]),
        ],
        values=values_of(found),
        lists={number: partial(rows_of, found)},
    )


def redactions_of(lists: Iterable[PublicList]) -> Sequence[tuple[str, str]]:
    """Return the redactions that took something out of a row of one of `lists`, as the ledger names them.

    What a row says since, their events alone commit to: no bundle holds without them.
    """
    numbers = {one.pk: one.number for one in lists}
    changed = ListRow.objects.filter(list__in=[*numbers]).exclude(redacted_commitment="")
    if not (wanted := {numbers[pk] for pk in changed.values_list("list", flat=True)}):
        return []
    events = Event.objects.filter(kind=REDACTED).order_by("sequence")
    found = []
    for number, record in events.values_list("object_id", "record").iterator(500):
        body = json.loads(record)["body"]
        if body["target"] == "row" and wanted & {row["list"] for row in body["rows"]}:
            found.append(("redaction", number))
    return found


def values_of(list: PublicList) -> list[evidence.Value]:
    """Return what the event of a list's publication holds sealed, as it stands now."""
    said = {"title": list.title, "reason": list.correction_reason}
    return [evidence.Value("list", list.number, name, value) for name, value in said.items() if value]


def rows_of(list: PublicList) -> dict[str, Any]:
    """Return the rows of `list` with what recomputes its digest, without a name."""
    return {
        "number": list.number,
        "title": list.title,
        "rows": [_row(row) for row in list.rows.order_by("position")],
    }


def _row(row: ListRow) -> dict[str, Any]:
    told: dict[str, Any] = {
        "position": row.position,
        "shown": row.shown,
        "identity": row.name_commitment,
        "commitment": row.commitment,
        "salt": row.salt,
    }
    if row.redacted_commitment:
        told["now"] = [row.redacted_commitment, row.redacted_salt]
    return told


@bindings.register
class ListBinding:
    """Holds every list's digest, rows and terms against the event of its publication."""

    kinds = (PUBLISHED, CORRECTED)

    def __init__(self) -> None:
        self._published: dict[str, tuple[int, dict[str, Any]]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of a publication."""
        self._published[record["object_id"]] = (sequence, record["body"])

    def faults(self) -> Iterator[Fault]:
        """Yield lists that are gone, were changed, or were never published."""
        published = dict(self._published)
        yield from self._unexplained()
        # What redacts a datum leaves the digest as it is, and is an event of its own.
        for each in PublicList.objects.order_by("pk").iterator(200):
            sequence, body = published.pop(each.number, (0, {}))
            if not sequence:
                continue
            kept = all(body[name] == value for name, value in _terms(each).items() if name in body)
            if not kept or each.event not in (None, sequence):
                yield Fault(sequence, _("名单 %(number)s 的栏目和公布时的不一样") % {"number": each.number})
            elif not digest.verify(each).ok:
                yield Fault(sequence, _("名单 %(number)s 的行和公布时的指纹对不上") % {"number": each.number})
        for number, (sequence, _body) in published.items():
            yield Fault(sequence, _("公布过的名单 %(number)s 不见了") % {"number": number})

    def _unexplained(self) -> Iterator[Fault]:
        """Yield lists with a row that lost a salt past every redaction: nothing holds what it says now."""
        without = Q(salt="") | Q(name_salt="")
        rows = list(ListRow.objects.filter(without).select_related("list").order_by("list_id", "position"))
        # Read after the rows: what was redacted while the events were walked has its event by now.
        names, left = _redacted() if rows else (set(), {})
        for row in rows:
            sequence, _body = self._published.get(row.list.number, (0, {}))
            at = (row.list.number, row.position)
            name_fits = row.name_salt or (
                at in names and row.name == row.masked_name and is_tombstone(row.name)
            )
            shown_fits = row.salt or (row.redacted_commitment and row.redacted_commitment == left.get(at))
            if sequence and not (name_fits and shown_fits):
                about = {"number": row.list.number, "position": row.position}
                yield Fault(sequence, _("名单 %(number)s 第 %(position)d 行的盐没有经过删去就清空了") % about)


def _redacted() -> tuple[set[tuple[str, int]], dict[tuple[str, int], str]]:
    """Return the rows whose name was redacted, and what rows of which something else was say since."""
    names: set[tuple[str, int]] = set()
    left: dict[tuple[str, int], str] = {}
    events = Event.objects.filter(kind=REDACTED).order_by("sequence")
    for record in events.values_list("record", flat=True).iterator(500):
        body = json.loads(record)["body"]
        for row in body["rows"] if body["target"] == "row" else ():
            if body["field"] == "name":
                names.add((row["list"], row["row"]))
            else:
                left[row["list"], row["row"]] = row["left"]
    return names, left


def _terms(list: PublicList) -> dict[str, Any]:
    return {
        "kind": str(list.kind),
        "digest": list.digest,
        "row_count": list.row_count,
        "total_fen": list.total_fen,
        "starts_on": list.starts_on.isoformat(),
        "reference": list.reference,
    }
