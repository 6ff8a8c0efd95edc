"""Recomputing the ledger from what is stored, and naming the first event that does not hold."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from operator import attrgetter, itemgetter
from typing import Any

from django.utils.translation import gettext as _

from portal.people.models import User

from . import bindings, merkle, trust
from .canonical import canonical
from .checkpoints import TreeHead
from .events import COUNTED, ERASED
from .faults import Bad, Fault, Report
from .holding import WrittenRows
from .models import Event, Head, Opening
from .outside import Pinned, Signed, Tiles
from .services import stamp
from .snapshot import snapshot
from .written import ROWS

CHUNK = 2000
# What comes of a record or a row that somebody wrote by hand.
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError)
_COLUMNS = (
    "sequence",
    "kind",
    "object_type",
    "object_id",
    "actor_id",
    "role",
    "area_code",
    "line",
    "recorded_at",
    "claimed_at",
)
_LABELS = {
    "sequence": _("编号"),
    "kind": _("事项"),
    "object_type": _("对象类型"),
    "object_id": _("对象编号"),
    "actor": _("经办人"),
    "role": _("职务"),
    "area_code": _("区划代码"),
    "line": _("条线"),
    "recorded_at": _("记录时间"),
    "claimed_at": _("所称时间"),
}
_items = itemgetter(*_LABELS)
_ITEM_COUNT = len(_LABELS) + 2


def _no_float(text: str) -> float:
    raise ValueError(text)


class _Unusual(Exception):
    """A record holds what makes sorted JSON differ from its canonical form: it is looked at more slowly."""


def _integer(text: str) -> int:
    if len(text) > 15:
        raise _Unusual
    return int(text)


def _writer() -> Callable[[Any], str]:
    """Return what writes sorted JSON: Python's own encoder, made once and not again for each record."""
    slow = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return slow.encode
    pieces = make(None, slow.default, json.encoder.encode_basestring, None, ":", ",", True, False, False)
    return lambda value: "".join(pieces(value, 0))


def _scanner() -> Callable[[str, int], tuple[Any, int]]:
    """Return what reads a value of a text alone: what stands around it shows where it is written again."""
    decoder: Any = json.JSONDecoder(parse_int=_integer, parse_float=_no_float, parse_constant=_no_float)
    scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once
    return scan


_scan = _scanner()
_read_slowly = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float).decode
_write = _writer()
_beyond_the_plane = re.compile("[\U00010000-\U0010ffff]").search


def verify(
    noted: tuple[int, str] | None = None,
    *,
    policy: trust.Policy | None = None,
    pinned: Pinned | None = None,
    rows: bool = True,
) -> Report:
    """Recompute the ledger from the stored events and return a report; reads only, in little memory.

    All is read as of one moment: what others write meanwhile belongs to the next verification.

    `noted` is a (size, hex root) that somebody kept outside the database, `pinned` what a signer or witness
    remembers, `policy` whose signatures count (the trust file's unless given): with one of these even a
    database rewritten as a whole is found out. Without `rows` the events alone are checked, not what stands
    beside them in other rooms.
    """
    policy = trust.policy() if policy is None else policy
    pinned = pinned or Pinned()
    if noted:
        pinned = pinned.noting(TreeHead("", noted[0], bytes.fromhex(noted[1])))
    with snapshot():
        return _walked(policy, pinned, bindings.fresh() if rows else [])


def _walked(policy: trust.Policy, pinned: Pinned, following: list[bindings.Binding]) -> Report:
    head = Head.objects.first() or Head(size=0, frontier=[], root=merkle.EMPTY_ROOT.hex())
    walk = _Walk(policy, pinned, following)
    fault: Fault | None = None
    # Closed here, not when they are collected: a cursor that is dropped while psycopg runs another statement
    # waits for that statement for ever.
    try:
        with closing(walk), closing(_rows()) as events:
            for row in events:
                walk.take(*row)
            walk.end(head)
        # Of the same event a room's own words come first.
        fault = min(walk.faults(), key=attrgetter("sequence"), default=None)
    except Bad as bad:
        # An event that went missing, or one too many, is named by the place where the next was due.
        fault = Fault(bad.sequence or walk.held + 1, str(bad))
    return Report(
        walk.held,
        walk.root,
        fault,
        checkpoints=walk.signed.count,
        cosigned=walk.signed.cosigned,
        tiles=walk.tiles.count,
        unchecked=walk.signed.unchecked,
        uncounted=walk.rows.uncounted if following else 0,
    )


def _rows() -> Generator[tuple[Any, ...], None, None]:
    events = Event.objects.order_by("sequence")
    yield from events.values_list(*_COLUMNS, "record", "leaf_hash", "root").iterator(CHUNK)


class _Walk:
    """One pass over the events, with everything that is compared on the way."""

    def __init__(self, policy: trust.Policy, pinned: Pinned, following: list[bindings.Binding]) -> None:
        self.held, self.root = 0, merkle.EMPTY_ROOT.hex()
        self.last: datetime | None = None
        self.frontier = merkle.Frontier()
        self.openings = _Openings()
        self.tiles = Tiles()
        self.signed = Signed(policy, pinned)
        self.leaves = pinned.leaves()
        self.usernames: dict[int | None, str | None] = dict(User.objects.values_list("pk", "username"))
        self.usernames[None] = None
        self.bindings = following
        self.rows = WrittenRows()
        self.followed: dict[str, list[Callable[[int, dict[str, Any]], None]]] = defaultdict(list)
        for binding in self.bindings:
            for kind in binding.kinds:
                self.followed[kind].append(binding.take)

    def take(self, *row: Any) -> None:
        """Check one event; raises Bad."""
        sequence, kind, recorded_at, record, leaf_hash, root = row[0], row[1], row[8], *row[10:]
        if sequence != self.held + 1:
            _check_sequence(sequence, self.held + 1)
        leaf = sha256(b"\x00" + record.encode()).digest()
        if leaf.hex() != leaf_hash:
            raise Bad(_("记录的内容与叶子散列不一致，记录或散列被改动过"))
        parsed = _parsed(record)
        self._check_columns(row, parsed)
        self.openings.check(sequence, parsed["commitments"])
        if kind == ERASED:
            self.openings.explain(parsed)
        if self.last and recorded_at < self.last:
            raise Bad(_("记录时间早于上一号事件"))
        if self.leaves.are_kept:
            self.leaves.check(sequence, leaf)
        self.frontier.append(leaf)
        computed = self.frontier.root()
        if computed.hex() != root:
            raise Bad(_("树根与重新计算的不一致：它的记录或树根被换过"))
        if kind == "ledger.recovered":
            self.signed.recovered(sequence, record, self.root)
        if self.signed.next_size <= sequence:
            self.signed.check(sequence, computed)
        self.tiles.take(leaf)
        if self.bindings:
            self._tell(kind, sequence, parsed)
        self.held, self.root, self.last = sequence, root, recorded_at

    def _tell(self, kind: str, sequence: int, parsed: dict[str, Any]) -> None:
        """Hand an event to whoever follows its kind, and what it says of rows to who follows these."""
        try:
            if ROWS in parsed or kind == COUNTED:
                self.rows.take(sequence, parsed)
            for take in self.followed.get(kind, ()):
                take(sequence, parsed)
        except UNREADABLE as error:
            raise Bad(_("记录说的内容读不懂：%(why)s") % {"why": error}) from None

    def end(self, head: Head) -> None:
        """Check what stands beside the events once the last was taken; raises Bad."""
        frontier = self.frontier
        if frontier.size < head.size:
            raise Bad(_("缺失，账本头记着共有 %(size)d 条") % {"size": head.size})
        if frontier.size > head.size:
            raise Bad(_("账本头之外还有事件，没有经过正常的登记"), head.size + 1)
        if frontier.root().hex() != head.root or [hash_.hex() for hash_ in frontier.hashes] != head.frontier:
            raise Bad(_("账本头的树根与前面各条重新计算的不一致，账本头被改动过"))
        if head.recorded_at != self.last:
            raise Bad(_("账本头的记录时间与最后一条不一致，账本头被改动过"))
        self.openings.end()
        self.signed.end(frontier.size)
        self.leaves.end(frontier.size, self.signed.losses)
        self.tiles.end()

    def faults(self) -> Iterator[Fault]:
        """Yield what rows and files beside the events say otherwise."""
        each: bindings.Binding
        for each in (*self.bindings, self.rows):
            try:
                yield from each.faults()
            except UNREADABLE as error:
                told = {"where": type(each).__name__, "why": error}
                yield Fault(self.held, _("有一行的内容读不懂，被改坏了（%(where)s：%(why)s）") % told)

    def close(self) -> None:
        """Close what is still open in the database."""
        self.openings.close()
        self.tiles.close()
        self.signed.close()

    def _check_columns(self, row: tuple[Any, ...], parsed: dict[str, Any]) -> None:
        """Compare every column with the record, which the tree vouches for."""
        try:
            said = _items(parsed)
        except KeyError:
            said = ()
        items = len(parsed)
        if (
            (items != _ITEM_COUNT and items - (ROWS in parsed) != _ITEM_COUNT)
            or "body" not in parsed
            or "commitments" not in parsed
            or not said
        ):
            raise Bad(_("记录的项目多了或少了"))
        recorded, claimed = row[8], row[9]
        columns = (
            *row[:4],
            self.usernames.get(row[4], "?"),
            *row[5:8],
            # UTC comes from the database as +00:00.
            recorded.isoformat(timespec="microseconds")[:-6] + "Z",
            claimed and stamp(claimed),
        )
        if columns == said:
            return
        for label, value, recorded_value in zip(_LABELS.values(), columns, said, strict=True):
            if value != recorded_value:
                raise Bad(
                    _("“%(label)s”一栏是 %(column)s，记录里是 %(record)s")
                    % {"label": label, "column": value, "record": recorded_value}
                )


def _check_sequence(sequence: int, due: int) -> None:
    if sequence > due:
        raise Bad(_("缺失，下一条是第 %(next)d 号") % {"next": sequence})
    if sequence < due:
        raise Bad(_("在它之前有编号不对的事件：%(sequence)d") % {"sequence": sequence})


def _parsed(record: str) -> dict[str, Any]:
    """Return what `record` says once its canonical form holds."""
    parsed, written = None, None
    try:
        if not record.isascii() and _beyond_the_plane(record):
            raise _Unusual
        parsed, _end = _scan(record, 0)
        written = _write(parsed)
    except _Unusual:
        parsed, written = _looked_at_slowly(record)
    except (ValueError, StopIteration, RecursionError):
        # The scanner stops where nothing begins.
        pass
    if written != record or not isinstance(parsed, dict):
        raise Bad(_("记录不是规范的 JSON"))
    return parsed


def _looked_at_slowly(record: str) -> tuple[Any, str | None]:
    """Return what `record` says and its canonical form: keys beyond U+FFFF sort otherwise."""
    try:
        parsed = _read_slowly(record)
        return parsed, canonical(parsed)
    except (ValueError, RecursionError):
        return None, None


class _Openings:
    """The openings beside the events, read in step: each commitment has one and no more.

    A salt is empty only where a later event says that it was erased: else a value could be exchanged for
    another, with nothing left to hold it against.
    """

    def __init__(self) -> None:
        self._unexplained: set[int] = set()
        rows = Opening.objects.order_by("event_id", "name")
        self._rows = rows.values_list("event_id", "name", "salt").iterator(CHUNK)
        self._next = next(self._rows, None)

    def close(self) -> None:
        self._rows.close()

    def check(self, sequence: int, commitments: Iterable[str]) -> None:
        if not commitments and (self._next is None or self._next[0] > sequence):
            return
        found: set[str] = set()
        while self._next and self._next[0] <= sequence:
            _event, name, salt = self._next
            if salt and (len(salt) != 32 or not all(digit in "0123456789abcdef" for digit in salt)):
                raise Bad(_("承诺“%(name)s”的盐被改坏了") % {"name": name})
            if not salt:
                self._unexplained.add(sequence)
            found.add(name)
            self._next = next(self._rows, None)
        if found != set(commitments):
            raise Bad(_("密封值的承诺与留存的盐对不上，盐的记录被增删过"))

    def explain(self, record: dict[str, Any]) -> None:
        """Take the event of an erasure, which names the events whose salts went with it."""
        self._unexplained.difference_update(record["body"]["events"])

    def end(self) -> None:
        """Raise Bad for the first event with a salt that was emptied past the ledger."""
        if self._next:
            raise Bad(_("密封值的承诺与留存的盐对不上，盐的记录被增删过"), self._next[0])
        if self._unexplained:
            raise Bad(_("密封值的盐被清空了，账本里没有到期清除它的事件"), min(self._unexplained))
