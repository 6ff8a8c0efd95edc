"""Appending to the ledger: the one way in which an event comes to be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import clock
from portal.people.models import Office, User
from portal.sealing import commitments

from . import kinds, merkle, writing, written
from .canonical import canonical
from .events import ERASED
from .models import Event, Opening


class OutsideTransaction(RuntimeError):
    """An event was to be appended outside the transaction of the act it records."""


@dataclass(frozen=True)
class Draft:
    """What one act puts into the ledger.

    `area_code` and `line` are the object's; where empty, the office's. `claimed_at` (aware) is when the act
    is said to have happened. `body` holds no personal value: those go into `sealed`, of which the record
    holds only salted commitments, under the same names.
    """

    kind: str
    object_type: str
    object_id: str
    actor: User | None = None
    office: Office | None = None
    area_code: str = ""
    line: str = ""
    claimed_at: datetime | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)


def append(*drafts: Draft) -> list[Event]:
    """Append an event for each draft, in order, in the transaction of the act; call it last in the act.

    The record of the last draft names what the act wrote of followed models (`written`).
    The head row is locked until the transaction ends, so events are gapless and in one order. The recorded
    time is the clock's, but never earlier than the event before. Raises OutsideTransaction outside
    `transaction.atomic()`, kinds.UnknownKind for a kind that is not registered, and
    canonical.NotCanonical for a body that cannot be recorded exactly.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction(_("账本事件要和它记录的事在同一个事务里写入"))
    if not drafts:
        return []
    for draft in drafts:
        kinds.label(draft.kind)
    rows = written.taken()
    frontier, last = writing.locked_head()
    recorded_at = max(clock.now(), last) if last else clock.now()
    events: list[Event] = []
    openings: list[Opening] = []
    for place, draft in enumerate(drafts, 1):
        # What the act wrote stands in its last event.
        named = rows if place == len(drafts) else {}
        event, salts = _event(draft, frontier.size + 1, recorded_at, named)
        leaf = merkle.leaf_hash(event.record.encode())
        frontier.append(leaf)
        event.leaf_hash, event.root = leaf.hex(), frontier.root().hex()
        events.append(event)
        openings += [Opening(event=event, name=name, salt=salt) for name, salt in salts.items()]
    writing.write(events, openings, frontier)
    return events


def erase_openings(
    sequences: Iterable[int], *, by: User | None, office: Office | None = None, reason: str
) -> int:
    """Erase the salts of the events with `sequences`, so that their sealed values can be found no more.

    For values whose retention has ended (design.md rule 12); the caller has checked that it has, and erases
    the values themselves. The tree still verifies. Appends `ledger.openings_erased` where anything was
    erased; `reason` holds no personal data. Returns how many salts were erased.
    """
    with transaction.atomic():
        openings = Opening.objects.filter(event_id__in=list(sequences)).exclude(salt="")
        erased = list(openings.order_by("pk").select_for_update().values_list("event_id", "pk"))
        if not erased:
            return 0
        # The one change that the ledger's rows allow, and only here.
        models.QuerySet.update(openings.filter(pk__in=[pk for _sequence, pk in erased]), salt="")
        body = {"events": sorted({sequence for sequence, _pk in erased}), "reason": reason}
        append(Draft(ERASED, "ledger", "1", actor=by, office=office, body=body))
    return len(erased)


def on_day(day: date) -> datetime:
    """Return the moment to claim of an act that is said to have happened on `day`: the start of the day."""
    return timezone.make_aware(datetime.combine(day, time()))


def stamp(moment: datetime) -> str:
    """Return the aware `moment` as records write it: ISO 8601 in UTC with microseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _event(
    draft: Draft, sequence: int, recorded_at: datetime, rows: written.Named
) -> tuple[Event, dict[str, str]]:
    """Return the event of `draft` that names `rows`, without hashes, and the salts of its commitments."""
    office = draft.office
    role = str(office.role) if office else ""
    area_code = draft.area_code or (office.area.code if office else "")
    line = str(draft.line) or (str(office.line) if office else "")
    committed: dict[str, str] = {}
    salts: dict[str, str] = {}
    for name, value in draft.sealed.items():
        committed[name], salts[name] = commitments.commit(value)
    record = canonical(
        {
            "sequence": sequence,
            "kind": draft.kind,
            "object_type": draft.object_type,
            "object_id": draft.object_id,
            "actor": draft.actor.username if draft.actor else None,
            "role": role,
            "area_code": area_code,
            "line": line,
            "recorded_at": stamp(recorded_at),
            "claimed_at": stamp(draft.claimed_at) if draft.claimed_at else None,
            "body": draft.body,
            "commitments": committed,
            **({written.ROWS: rows} if rows else {}),
        }
    )
    event = Event(
        sequence=sequence,
        kind=draft.kind,
        object_type=draft.object_type,
        object_id=draft.object_id,
        actor=draft.actor,
        role=role,
        area_code=area_code,
        line=line,
        recorded_at=recorded_at,
        claimed_at=draft.claimed_at,
        record=record,
    )
    return event, salts
