"""Holding the radar against the ledger: clues and what became of them, switches of rules, lists compared."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger import bindings
from portal.ledger.faults import Fault
from portal.ledger.rows import salts_of
from portal.ledger.services import stamp
from portal.sealing import commitments

from . import events
from .models import Flag, FlagState, OutsideList, RuleSwitch

STATES = {
    events.FOUND: FlagState.OPEN,
    events.LOOKED: FlagState.LOOKED,
    events.DISMISSED: FlagState.DISMISSED,
    events.TICKETED: FlagState.TICKETED,
}
# What is sealed of a clue, and under which name.
CLUE, REASON = "clue", "reason"


def told_of(flag: Flag) -> str:
    """Return what a clue said when it was found, as the ledger holds a commitment to it."""
    said = {
        "key": flag.key,
        "reason": flag.reason,
        "measured": flag.measured,
        "concerns": flag.concerns.username if flag.concerns else "",
        "happened_at": stamp(flag.happened_at),
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def said_of(switch: RuleSwitch) -> dict[str, Any]:
    """Return what the ledger says of a switching."""
    return {
        "rule": switch.rule,
        "on": switch.on,
        "until": switch.until.isoformat() if switch.until else None,
        "reason": switch.reason,
        "at_event": switch.at_event,
    }


@bindings.register
class FlagBinding:
    """Compares each clue with what was found and with the last act on it; none may be missing or added."""

    kinds = tuple(STATES)

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, dict[str, Any]]] = {}
        self._acts: dict[str, tuple[int, dict[str, Any]]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of a clue."""
        number, kind, body = record["object_id"], record["kind"], record["body"]
        if kind == events.FOUND:
            place = {"area": record["area_code"], "line": record["line"]}
            self._found[number] = (sequence, {**place, **body, **record["commitments"]})
            self._acts[number] = (sequence, {"state": FlagState.OPEN.value, "version": 0})
            return
        said = {**self._acts.get(number, (0, {}))[1], "state": STATES[kind].value}
        said |= {"version": body["version"], "ticket": body.get("ticket", "")}
        said["looked" if kind == events.LOOKED else "closed"] = record["actor"]
        if kind == events.DISMISSED:
            said["why"] = record["commitments"].get(REASON, "")
        self._acts[number] = (sequence, said)

    def faults(self) -> Iterator[Fault]:
        """Yield clues whose row says otherwise, that are gone, or that nobody found."""
        kinds = (events.FOUND, events.DISMISSED)
        salts = salts_of(CLUE, REASON, event__kind__in=kinds)
        left = dict(self._found)
        flags = Flag.objects.select_related("area", "concerns", "looked_by", "closed_by", "ticket")
        for flag in flags.order_by("pk").iterator(1000):
            named = {"number": flag.pk}
            sequence, found = left.pop(str(flag.pk), (0, {}))
            if not sequence:
                yield Fault(1, _("线索 %(number)s 不是雷达发现的") % named)
            elif not _found_so(flag, found, salts.get(sequence, "")):
                yield Fault(sequence, _("线索 %(number)s 被改过") % named)
            else:
                act, said = self._acts[str(flag.pk)]
                if not _handled_so(flag, said, salts.get(act, "")):
                    yield Fault(act, _("线索 %(number)s 的处理被改过") % named)
        for number, (sequence, _said) in left.items():
            yield Fault(sequence, _("线索 %(number)s 不见了") % {"number": number})


def _found_so(flag: Flag, said: dict[str, Any], salt: str) -> bool:
    row = {
        "area": flag.area.code,
        "line": flag.line,
        "rule": flag.rule,
        "objects": [f"{kind}:{key}" for kind, key in flag.objects_at],
    }
    # Older events committed to nothing more.
    committed = said.get(CLUE, "")
    whole = not committed or commitments.holds(committed, told_of(flag), salt)
    return whole and {name: said[name] for name in row} == row


def _handled_so(flag: Flag, said: dict[str, Any], salt: str) -> bool:
    row = {
        "state": str(flag.state),
        "version": flag.version,
        "ticket": flag.ticket.number if flag.ticket else "",
        "looked": flag.looked_by.username if flag.looked_by else None,
        "closed": flag.closed_by.username if flag.closed_by else None,
    }
    whole = {"ticket": "", "looked": None, "closed": None} | said
    committed = whole.pop("why", "")
    why = str(flag.why_closed)
    return whole == row and (not committed or commitments.holds(committed, why, salt))


@bindings.register
class SwitchBinding:
    """Compares every switching with its event; none may be missing or added.

    An older event names no row: those stand in the order of the rows that no event names.
    """

    kinds = (events.SWITCHED,)

    def __init__(self) -> None:
        self._named: dict[int, tuple[int, dict[str, Any]]] = {}
        self._older: list[tuple[int, dict[str, Any]]] = []

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of a switching."""
        body = dict(record["body"])
        pk = body.pop("switch", None)
        said = (sequence, {**body, "actor": record["actor"], "area": record["area_code"]})
        if pk is None:
            self._older.append(said)
        else:
            self._named[pk] = said

    def faults(self) -> Iterator[Fault]:
        """Yield switchings that are not the ones that were recorded, and those that are gone."""
        named, older = dict(self._named), list(self._older)
        for row in RuleSwitch.objects.select_related("area", "by").order_by("pk"):
            about = {"number": row.pk}
            sequence, said = named.pop(row.pk, (0, {}))
            if not sequence and older:
                sequence, said = older.pop(0)
            if not sequence:
                yield Fault(1, _("雷达规则的开关 %(number)s 在账本里没有") % about)
                continue
            now = said_of(row) | {"actor": row.by.username, "area": row.area.code}
            # An older event does not say from where the rule looks again.
            if {name: value for name, value in now.items() if name in said} != said:
                yield Fault(sequence, _("雷达规则的开关 %(number)s 被改过") % about)
        for sequence, _said in [*named.values(), *older]:
            yield Fault(sequence, _("雷达规则的一次开关不见了"))


@bindings.register
class OutsideBinding:
    """Compares what is kept of each list from outside with its event."""

    kinds = (events.COMPARED,)

    def __init__(self) -> None:
        self._said: dict[str, tuple[int, dict[str, Any]]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of a comparison."""
        self._said[record["object_id"]] = (sequence, record["body"])

    def faults(self) -> Iterator[Fault]:
        """Yield lists whose row says otherwise, that are gone, or that were never recorded."""
        left = dict(self._said)
        for row in OutsideList.objects.order_by("pk"):
            sequence, body = left.pop(str(row.pk), (0, {}))
            said = {
                "kind": str(row.kind),
                "as_of": row.as_of.isoformat(),
                "lines": row.lines,
                "matched": row.matched,
            }
            if {name: body.get(name) for name in said} != said:
                yield Fault(sequence or 1, _("外来名单 %(number)s 的记录被改过") % {"number": row.pk})
        for number, (sequence, _body) in left.items():
            yield Fault(sequence, _("外来名单 %(number)s 的记录不见了") % {"number": number})
