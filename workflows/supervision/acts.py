"""One act of the trail: what was done, by whom, what stood before, with which files, and its proof."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as translate

from disclosure.publicity.models import PublicList
from portal.areas.models import Area
from portal.areas.names import full_names
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from portal.people.models import User
from workflows.engine.models import Batch, Case
from workflows.programmes.models import Visit

from . import then, words
from .objects import address_of, words_of
from .reach import events_within

MOST_SIBLINGS = 60
# Without an actor these are acts of the public, on the web or by telephone; others are the clock's.
BY_THE_PUBLIC = frozenset(
    [
        *("objection.lodged", "objection.appealed", "objection.withdrawn"),
        *("request.received", "erratum.reported", "request.reopened"),
    ]
)


@dataclass(frozen=True)
class Line:
    """One event in a line of the trail."""

    sequence: int
    at: datetime
    claimed_at: datetime | None
    label: str
    who: str
    role: str
    place: str
    object_words: str
    object_url: str
    summary: str


@dataclass
class Act:
    """One event in full. `facts` are label, words, and whether it is a fingerprint."""

    line: Line
    event: Event
    facts: list[tuple[str, str, bool]]
    sealed: list[str]
    before: list[tuple[str, str]] = field(default_factory=list)
    before_at: datetime | None = None
    files: Sequence[PrivateFile] = ()
    siblings: list[Line] = field(default_factory=list)
    more_siblings: bool = False
    record: str = ""

    @property
    def asks_for_all(self) -> str:
        """What finds all acts of the same object in the trail."""
        kind, key = self.event.object_type, self.event.object_id
        return key if kind in ("case", "list") else f"{kind}:{key}"


def lines(events: Sequence[Event]) -> list[Line]:
    """Return `events` as lines; two queries for the names of their places, whatever their number."""
    places = full_names(
        Area.objects.filter(code__in={event.area_code for event in events if event.area_code})
    )
    return [_line(event, places) for event in events]


def act_of(user: User, sequence: int) -> Act | None:
    """Return the event in full; None where it is missing or not within reach of `user`.

    What stood before, files and links are read through the user's own sight of cases: an event that lies
    within reach opens nothing else.
    """
    event = events_within(user).select_related("actor").filter(sequence=sequence).first()
    if event is None:
        return None
    record = json.loads(event.record)
    case, flow = _case(user, event)
    act = Act(
        line=lines([event])[0],
        event=event,
        facts=_facts(event.kind, record["body"], flow),
        sealed=[words.label(event.kind, name) for name in sorted(record["commitments"])],
        record=json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True),
    )
    if case is not None:
        act.before_at = event.recorded_at
        act.before = then.case_facts(case, event.recorded_at)
        act.files = _files(case, event.recorded_at)
    siblings = _siblings(user, event)
    act.siblings, act.more_siblings = lines(siblings[:MOST_SIBLINGS]), len(siblings) > MOST_SIBLINGS
    return act


def _line(event: Event, places: dict[str, str]) -> Line:
    body = json.loads(event.record)["body"]
    return Line(
        sequence=event.sequence,
        at=event.recorded_at,
        claimed_at=event.claimed_at,
        label=event.label,
        who=_who(event),
        role=words.role_name(event.role),
        place=places.get(event.area_code, event.area_code),
        object_words=words_of(event.object_type, event.object_id),
        object_url=address_of(event.object_type, event.object_id),
        summary=_summary(body),
    )


def _who(event: Event) -> str:
    """Return who did it: an official, somebody of the public whom nobody records, or the clock."""
    if event.actor:
        return str(event.actor)
    return translate("群众（不记姓名）") if event.kind in BY_THE_PUBLIC else translate("到点自动")


def _summary(body: dict[str, Any]) -> str:
    """Return in half a line what was decided: verdict, way, amount."""
    said = [words.entry(key, body[key]) for key in ("verdict", "outcome") if body.get(key)]
    if not said and body.get("act"):
        said.append(words.entry("act", body["act"]))
    if body.get("from") or body.get("to"):
        way = [words.entry(key, body[key]) for key in ("from", "to") if body.get(key)]
        said.append(" → ".join(dict.fromkeys(way)))
    said += [words.entry(key, body[key]) for key in ("amount_fen", "total_fen") if body.get(key)]
    if not said and body.get("title"):
        said.append(str(body["title"]))
    if body.get("belongs_to"):
        said.append(_owner(str(body["belongs_to"])))
    return " · ".join(said)


def _facts(kind: str, body: dict[str, Any], flow: tuple[str, int] | None) -> list[tuple[str, str, bool]]:
    return [
        (
            words.label(kind, key),
            _owner(said) if key == "belongs_to" else words.entry(key, said, flow),
            key in words.DIGESTS,
        )
        for key, said in body.items()
    ]


def _owner(key: str) -> str:
    """Return what a file belongs to, in words: ``"case:2026-0001"`` is 办件 2026-0001."""
    kind, _colon, number = key.partition(":")
    return words_of(kind, number)


def _case(user: User, event: Event) -> tuple[Case | None, tuple[str, int] | None]:
    """Return the case of an event where `user` may see it, and the flow by which its steps are named."""
    if event.object_type == "case":
        seen = Case.objects.visible_to(user).select_related("batch", "area")
        case = seen.filter(number=event.object_id).first()
        return (case, (case.flow_key, case.flow_version)) if case else (None, None)
    if event.object_type == "batch":
        flow = Batch.objects.filter(number=event.object_id).values_list("flow_key", "flow_version").first()
        return None, flow
    return None, None


def _files(case: Case, until: datetime) -> Sequence[PrivateFile]:
    """Return the files that were there for whoever acted: of the case, its visits and its lists' postings."""
    visits = Visit.objects.filter(case=case, recorded_at__lte=until).values_list("pk", flat=True)
    listed = PublicList.objects.filter(rows__subject=f"case:{case.number}").values_list("number", flat=True)
    references: Iterable[str] = [
        f"case:{case.number}",
        *(f"visit:{pk}" for pk in visits),
        *(f"list:{number}" for number in listed),
    ]
    found = PrivateFile.objects.filter(reference__in=list(references), uploaded_at__lte=until)
    return list(found.order_by("pk")[:100])


def _siblings(user: User, event: Event) -> list[Event]:
    """Return the other events of the same act: written at one moment by one person, side by side."""
    around = events_within(user).filter(
        sequence__gte=event.sequence - 600,
        sequence__lte=event.sequence + 600,
        recorded_at=event.recorded_at,
        actor=event.actor_id,
    )
    found = around.exclude(pk=event.pk).select_related("actor").order_by("sequence")
    return list(found[: MOST_SIBLINGS + 1])
