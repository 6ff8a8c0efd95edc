"""What a rule is: a code, words, its thresholds as dated configuration, and how it finds what is new."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import IntegerChoices, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.areas.models import Area
from portal.configuration import keys
from portal.configuration.services import unverified, value
from portal.ledger.models import Event
from portal.people.models import User
from workflows.engine.models import Case
from workflows.programmes.answers import yuan

CHUNK = 500


@dataclass(frozen=True)
class Window:
    """What a rule is to look at: the events of the ledger behind number `after`, up to and with `upto`.

    Every act writes its event, in an order without gaps: so a rule sees each once, and only what is new.
    `began` is some minutes before the first of them was recorded: what they tell of is not older.
    """

    after: int
    upto: int
    began: datetime

    def events(self, *kinds: str) -> QuerySet[Event]:
        """Return the events of `kinds` to look at, by number."""
        found = Event.objects.filter(kind__in=kinds, sequence__gt=self.after, sequence__lte=self.upto)
        return found.order_by("sequence")

    def chunks(self, *kinds: str) -> Iterator[list[str]]:
        """Yield the ids of the objects of those events, each once in a list, CHUNK at a time."""
        ids = self.events(*kinds).values_list("object_id", flat=True)
        chunk: dict[str, None] = {}
        for object_id in ids.iterator(chunk_size=2000):
            chunk[object_id] = None
            if len(chunk) == CHUNK:
                yield list(chunk)
                chunk = {}
        if chunk:
            yield list(chunk)


@dataclass(frozen=True)
class Found:
    """One thing found. `key` names it for ever; `reason` holds no villager's name and no number of a person.

    `objects` are kind and id as the ledger names them, the first the one to open.
    """

    key: str
    area: Area
    line: str
    reason: str
    objects: Sequence[tuple[str, str]]
    happened_at: datetime
    concerns: User | None = None


@dataclass(frozen=True)
class Threshold:
    """One figure of a rule. `check` returns a Chinese complaint about a value, or None."""

    name: str
    default: Any
    label: str | Promise
    source: str
    verified: bool = False
    check: Callable[[Any], str | None] | None = None

    def said(self, value: Any) -> str:
        """Return a value as people read it: money, which is kept in fen, in yuan."""
        return gettext("%(yuan)s 元") % {"yuan": yuan(value)} if self.name.endswith("_fen") else str(value)


class Weight(IntegerChoices):
    """How much may lie behind a clue, the heaviest first: which are looked at first, never what is true."""

    GRAVE = 1, _("要紧")
    PLAIN = 2, _("一般")
    LIGHT = 3, _("轻")


@dataclass(frozen=True)
class Rule:
    """One rule. `why` says in a sentence what it looks for and what it may mean.

    `weight`: grave is money that may have gone wrong or a gate of the procedure that was not there, light
    what is mostly untidiness; no rule of law ranks them.
    """

    code: str
    title: str | Promise
    why: str | Promise
    find: Callable[[Window], Iterator[Found]]
    thresholds: Sequence[Threshold] = field(default_factory=tuple)
    weight: Weight = Weight.PLAIN
    # Says why the rule finds nothing at an area as it is set there; empty where it looks.
    idle: Callable[[Area | None], str] | None = None

    def key_of(self, name: str) -> str:
        """Return the configuration key of the threshold `name`."""
        return key_of(self.code, name)

    def register_keys(self) -> None:
        """Make the thresholds settings that a county may set by area and from a date."""
        for one in self.thresholds:
            keys.register(
                self.key_of(one.name), one.default, one.source, one.verified, one.label, check=one.check
            )

    def measured(self, area: Area) -> dict[str, Any]:
        """Return the thresholds that hold at `area` today."""
        return {one.name: value(self.key_of(one.name), area) for one in self.thresholds}

    def standing(self, area: Area | None) -> list[tuple[str, str, bool]]:
        """Return label, value in words and whether it waits for the county's word, of each threshold."""
        return [
            (
                str(one.label),
                one.said(value(self.key_of(one.name), area)),
                unverified(self.key_of(one.name), area),
            )
            for one in self.thresholds
        ]

    def held(self, measured: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return label and value in words of the thresholds that held for a clue, as kept with it."""
        known = {one.name: one for one in self.thresholds}
        return [
            (str(known[name].label), known[name].said(value)) if name in known else (name, str(value))
            for name, value in measured.items()
        ]

    def idle_at(self, area: Area | None) -> str:
        """Return why the rule finds nothing at `area` as it is set; nothing where it looks."""
        return self.idle(area) if self.idle else ""


def key_of(code: str, name: str) -> str:
    """Return the configuration key of a rule's threshold."""
    return f"radar.{code}.{name}"


def case_objects(case: Case) -> list[tuple[str, str]]:
    """Return a case and its batch as a clue points to them."""
    return [("case", case.number), ("batch", case.batch.number)]
