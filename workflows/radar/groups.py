"""Clues of one rule and one place as one: forty equal lines would hide the one that matters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber, Substr
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from portal import clock
from portal.areas.models import Area
from portal.clock.workdays import add_working_days
from portal.configuration.services import value
from portal.people.models import User
from workflows.desk.deadlines import Deadline, shown
from workflows.supervision.reach import offices_of

from . import keys, registry
from .models import OPEN_FLAG_STATES, Flag
from .rule import Weight

# Rules times townships; who has more of them reads the rest one by one.
MOST = 300


@dataclass(frozen=True)
class Group:
    """Clues of one rule in one state within `place`, the area right below the reader's office.

    `oldest` is the one that was found first, by whose day the deadline runs; `count` is how many there are.
    """

    oldest: Flag
    count: int
    place: Area

    @property
    def weight(self) -> Weight:
        """How heavy its rule is."""
        return registry.weight(self.oldest.rule)

    @property
    def title(self) -> str:
        """What its rule is called."""
        return registry.title(self.oldest.rule)

    @property
    def url(self) -> str:
        """Where it is read: the clue itself, or the list of all."""
        if self.count == 1:
            return reverse("desk:flag", args=[self.oldest.pk])
        asked = {"rule": self.oldest.rule, "area": self.place.code, "state": self.oldest.state}
        return f"{reverse('desk:radar')}?{urlencode(asked)}"

    @cached_property
    def due_on(self) -> date:
        """By when the oldest is to be judged."""
        return due_on(self.oldest)

    @property
    def deadline(self) -> Deadline:
        """How that is shown today."""
        return shown(self.due_on, self.oldest.area, clock.day_of(self.oldest.found_at))


def due_on(flag: Flag) -> date:
    """Return by when `flag` is to be judged: `radar.look_days` working days from the day it was found."""
    return add_working_days(clock.day_of(flag.found_at), int(value(keys.LOOK_DAYS, flag.area)), flag.area)


def deadline_of(flag: Flag) -> Deadline | None:
    """Return how that is shown today; None where the clue was judged."""
    return shown(due_on(flag), flag.area, clock.day_of(flag.found_at)) if flag.is_open else None


def grouped(user: User, clues: QuerySet[Flag]) -> list[Group]:
    """Return the open ones of `clues` by rule, place and state: the heaviest first, then by deadline.

    Two queries, whatever their number.
    """
    one = {"partition_by": [F("rule"), F("state"), F("place_path")]}
    found = clues.filter(state__in=OPEN_FLAG_STATES).annotate(place_path=_place_path(user))
    first = found.annotate(
        count=Window(Count("pk"), **one),
        nth=Window(RowNumber(), order_by=["found_at", "pk"], **one),
    ).filter(nth=1)
    flags = list(first.select_related("area", "looked_by").defer("why_closed").order_by("found_at")[:MOST])
    places = _places(flags)
    groups = [Group(flag, flag.count, places.get(flag.place_path, flag.area)) for flag in flags]
    return sorted(groups, key=lambda group: (group.weight, group.due_on, group.oldest.pk))


def _place_path(user: User) -> Case:
    """Return the path of the area right below the office by which `user` reaches a clue."""
    nearest = sorted(offices_of(user), key=lambda office: -len(office.area.path))
    paths = dict.fromkeys(office.area.path for office in nearest)
    below = [
        When(area_path__startswith=path, then=Substr("area_path", 1, len(path) + Area.steplen))
        for path in paths
    ]
    return Case(*below, default=Value(""), output_field=CharField())


def _places(flags: Iterable[Flag]) -> dict[str, Area]:
    """Return the areas of the places of `flags` by path; those that are a clue's own are not asked for."""
    wanted = {flag.place_path for flag in flags if flag.place_path != flag.area_path}
    return {area.path: area for area in Area.objects.filter(path__in=wanted)} if wanted else {}
