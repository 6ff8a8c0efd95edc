"""Recomputing the ledger from what is stored, and naming the first event that does not hold."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from . import merkle
from .canonical import canonical
from .models import Event, Head, Opening
from .services import stamp

CHUNK = 2000


class _Bad(Exception):
    """What is wrong with one event, in Chinese."""


@dataclass(frozen=True)
class Fault:
    """The first thing that does not hold: at which event, and what."""

    sequence: int
    reason: str

    def __str__(self) -> str:
        return _("第 %(sequence)d 号事件：%(reason)s") % {"sequence": self.sequence, "reason": self.reason}


@dataclass(frozen=True)
class Report:
    """What a verification found: how many events hold, the root over them, and the first fault if any."""

    size: int
    root: str
    fault: Fault | None = None


def verify(noted: tuple[int, str] | None = None) -> Report:
    """Recompute the ledger from the stored events and return a report; reads only, in little memory.

    `noted` is a (size, hex root) that somebody kept outside the database: the tree must have had that root
    at that size, which even a database rewritten as a whole cannot feign.
    """
    head = Head.objects.first() or Head(size=0, frontier=[], root=merkle.EMPTY_ROOT.hex())
    frontier = merkle.Frontier()
    openings = _Openings(head.size)
    last: datetime | None = None
    held, root = 0, merkle.EMPTY_ROOT.hex()
    try:
        for event in _events(head.size):
            _check_sequence(event, held + 1)
            record = _check_record(event)
            _check_columns(event, record)
            openings.check(event.sequence, record)
            if last and event.recorded_at < last:
                raise _Bad(_("记录时间早于上一号事件"))
            frontier.append(merkle.leaf_hash(event.record.encode()))
            if frontier.root().hex() != event.root:
                raise _Bad(_("树根与重新计算的不一致：它的记录或树根被换过"))
            if noted and noted[0] == event.sequence and noted[1] != event.root:
                raise _Bad(_("树根与您另外留存的树根不一致：账本在留存之后被改写过"))
            held, root, last = event.sequence, event.root, event.recorded_at
        _check_end(head, frontier, last, noted)
    except _Bad as bad:
        # An event that went missing, or one too many, is named by the place where the next was due.
        return Report(held, root, Fault(held + 1, str(bad)))
    return Report(held, root)


def _events(size: int) -> Iterator[Event]:
    """Yield the events up to the head that was read first: others may be appended meanwhile."""
    events = Event.objects.filter(sequence__lte=size).order_by("sequence")
    yield from events.annotate(actor_username=F("actor__username")).iterator(CHUNK)


def _check_sequence(event: Event, due: int) -> None:
    if event.sequence > due:
        raise _Bad(_("缺失，下一条是第 %(next)d 号") % {"next": event.sequence})
    if event.sequence < due:
        raise _Bad(_("在它之前有编号不对的事件：%(sequence)d") % {"sequence": event.sequence})


def _check_record(event: Event) -> dict[str, Any]:
    """Return the record of `event` once its leaf hash and its canonical form hold."""
    if merkle.leaf_hash(event.record.encode()).hex() != event.leaf_hash:
        raise _Bad(_("记录的内容与叶子散列不一致，记录或散列被改动过"))
    try:
        record = json.loads(event.record)
        is_canonical = isinstance(record, dict) and canonical(record) == event.record
    except ValueError:
        is_canonical = False
    if not is_canonical:
        raise _Bad(_("记录不是规范的 JSON"))
    return record


def _check_columns(event: Event, record: dict[str, Any]) -> None:
    """Compare every column with the record, which the tree vouches for."""
    columns = {
        "sequence": (_("编号"), event.sequence),
        "kind": (_("事项"), event.kind),
        "object_type": (_("对象类型"), event.object_type),
        "object_id": (_("对象编号"), event.object_id),
        "actor": (_("经办人"), event.actor_username),
        "role": (_("职务"), event.role),
        "area_code": (_("区划代码"), event.area_code),
        "line": (_("条线"), event.line),
        "recorded_at": (_("记录时间"), stamp(event.recorded_at)),
        "claimed_at": (_("所称时间"), stamp(event.claimed_at) if event.claimed_at else None),
    }
    if record.keys() != {*columns, "body", "commitments"}:
        raise _Bad(_("记录的项目多了或少了"))
    for name, (label, value) in columns.items():
        if value != record[name]:
            raise _Bad(
                _("“%(label)s”一栏是 %(column)s，记录里是 %(record)s")
                % {"label": label, "column": value, "record": record[name]}
            )


class _Openings:
    """The openings beside the events, read in step: each commitment has one, erased or not, and no more."""

    def __init__(self, size: int) -> None:
        rows = Opening.objects.filter(event_id__lte=size).order_by("event_id", "name")
        self._rows = rows.values_list("event_id", "name", "salt").iterator(CHUNK)
        self._next = next(self._rows, None)

    def check(self, sequence: int, record: dict[str, Any]) -> None:
        found: set[str] = set()
        while self._next and self._next[0] <= sequence:
            _event, name, salt = self._next
            if salt and (len(salt) != 32 or not all(digit in "0123456789abcdef" for digit in salt)):
                raise _Bad(_("承诺“%(name)s”的盐被改坏了") % {"name": name})
            found.add(name)
            self._next = next(self._rows, None)
        if found != set(record["commitments"]):
            raise _Bad(_("密封值的承诺与留存的盐对不上，盐的记录被增删过"))


def _check_end(
    head: Head, frontier: merkle.Frontier, last: datetime | None, noted: tuple[int, str] | None
) -> None:
    if frontier.size < head.size:
        raise _Bad(_("缺失，账本头记着共有 %(size)d 条") % {"size": head.size})
    if frontier.root().hex() != head.root or [hash_.hex() for hash_ in frontier.hashes] != head.frontier:
        raise _Bad(_("账本头的树根与前面各条重新计算的不一致，账本头被改动过"))
    if head.recorded_at != last:
        raise _Bad(_("账本头的记录时间与最后一条不一致，账本头被改动过"))
    # One statement, so that an append between two statements is no fault.
    if Event.objects.exclude(sequence__lte=Head.objects.values("size")[:1]).exists():
        raise _Bad(_("账本头之外还有事件，没有经过正常的登记"))
    if noted and noted[0] > frontier.size:
        raise _Bad(_("缺失，您另外留存的树根是 %(size)d 条时的") % {"size": noted[0]})
