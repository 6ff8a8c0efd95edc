"""What the data here say of an area or a helper over some days: one figure for each computed indicator.

A figure is a share, `good` of `of`. Beside each stands what it is counted from, so that a reader can be shown
which things were not good.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from disclosure.publicity.models import ListKind, Objection, ObjectionState, Posting, PublicList
from disclosure.publicity.proofs import proofs_of
from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.people.models import User
from workflows.deadlines.models import Stay
from workflows.engine import catalogue
from workflows.engine.definitions import StepKind, Verdict
from workflows.engine.models import Case, Decision
from workflows.rectification.models import Ticket, TicketState
from workflows.requests.models import HelpRequest, RequestState
from workflows.spotchecks.models import HomeVisit, Met


@dataclass(frozen=True)
class Figure:
    """A share as it was counted: `good` of `of`."""

    good: int
    of: int


@dataclass(frozen=True)
class Scope:
    """Of whom and of which days: an area, and of a helper the person, both days included."""

    area: Area
    first: date
    last: date
    person: User | None = None

    @property
    def until(self) -> date:
        """The day up to which something must have been done to count: today, within the days."""
        return min(self.last, clock.today())


PAYING = frozenset([StepKind.PAY])


def stays_of(scope: Scope, kinds: frozenset[str] | None = None) -> tuple[QuerySet[Stay], QuerySet[Stay]]:
    """Return the stays at steps that ended in those days, and those that are over their deadline still."""
    place = path_range(scope.area.path, "batch__area_path")
    stays = Stay.objects.filter(place, due_on__isnull=False)
    if kinds is not None or scope.area.level != Level.COUNTY:
        stays = stays.filter(_of_steps(scope.area.level if kinds is None else "", kinds))
    ended = stays.filter(left_at__date__range=(scope.first, scope.last))
    late = stays.filter(left_at=None, paused_on=None, due_on__lt=scope.until, due_on__gte=scope.first)
    return ended, late


def _steps_in_time(scope: Scope, kinds: frozenset[str] | None = None) -> Figure:
    ended, late = stays_of(scope, kinds)
    in_time = ended.filter(left_at__date__lte=F("due_on")).count()
    return Figure(in_time, ended.count() + late.count())


def _of_steps(level: str, kinds: frozenset[str] | None) -> Q:
    """Return the condition on stays at steps of the area's own level, or of those `kinds`."""
    condition = Q(pk__in=[])
    for flow in catalogue.all_flows():
        steps = [
            step.key for step in flow.steps if (step.level == level if kinds is None else step.kind in kinds)
        ]
        condition |= Q(flow_key=flow.key, step__in=steps)
    return condition


def decisions_in_time(scope: Scope) -> Figure:
    """Steps of the subject's own level that were done by their last day; of a county, all."""
    return _steps_in_time(scope)


def payments_in_time(scope: Scope) -> Figure:
    """Steps of paying that were done by their last day."""
    return _steps_in_time(scope, PAYING)


def lists_by_proof(scope: Scope) -> list[tuple[PublicList, bool]]:
    """Return the lists whose period ended in those days, and whether their proof lacks nothing."""
    lists = PublicList.objects.published().filter(
        path_range(scope.area.path), kind=ListKind.APPLICATION, closes_on__range=(scope.first, scope.last)
    )
    ended = list(lists.filter(closes_on__lt=clock.today()).select_related("area"))
    postings: dict[int, list[Posting]] = {}
    for posting in Posting.objects.filter(list__in=ended).order_by("pk"):
        postings.setdefault(posting.list_id, []).append(posting)
    today = clock.today()
    return [
        (one, not any(proof.lacking for proof in proofs_of(one, postings.get(one.pk, []), today)))
        for one in ended
    ]


def lists_proved(scope: Scope) -> Figure:
    """Lists whose period ended in those days and that hung their days with proof that lacks nothing."""
    found = lists_by_proof(scope)
    return Figure(sum(proved for _list, proved in found), len(found))


def objections_of(scope: Scope) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return the objections that were due in those days: those answered, and those that wait too long."""
    due = Objection.objects.filter(
        path_range(scope.area.path, "list__area_path"), due_on__range=(scope.first, scope.last)
    ).exclude(state=ObjectionState.WITHDRAWN)
    late = due.filter(answered_at__isnull=True, due_on__lt=clock.today())
    return due.filter(answered_at__isnull=False), late


def objections_in_time(scope: Scope) -> Figure:
    """Objections that were due in those days and answered by the day they were due."""
    answered, late = objections_of(scope)
    in_time = answered.filter(answered_at__date__lte=F("due_on")).count()
    return Figure(in_time, answered.count() + late.count())


def requests_of(scope: Scope) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return the requests that were due in those days: those settled, and those that wait too long."""
    due = HelpRequest.objects.filter(path_range(scope.area.path), due_on__range=(scope.first, scope.last))
    open_ = Q(state=RequestState.OPEN)
    return due.exclude(open_), due.filter(open_, due_on__lt=clock.today())


def requests_in_time(scope: Scope) -> Figure:
    """Requests of households that were due in those days and settled by the day they were due."""
    settled, late = requests_of(scope)
    in_time = settled.filter(settled_at__date__lte=F("due_on")).count()
    return Figure(in_time, settled.count() + late.count())


def tickets_of(scope: Scope) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return the tickets to be answered in those days: those accepted, and those not answered too long."""
    due = Ticket.objects.filter(
        path_range(scope.area.path, "owner_path"), answer_by__range=(scope.first, scope.last)
    )
    late = due.filter(state=TicketState.OPEN, answer_by__lt=clock.today())
    return due.filter(state=TicketState.CLOSED), late


def rectified_in_time(scope: Scope) -> Figure:
    """Tickets of offices in the area that were to be answered in those days and were, and were accepted."""
    closed, late = tickets_of(scope)
    return Figure(closed.filter(answered_at__date__lte=F("answer_by")).count(), closed.count() + late.count())


def households_visited(scope: Scope) -> dict[int, bool]:
    """Return the cases drawn by spot checks whose household was met in those days: whether it agrees."""
    visits = HomeVisit.objects.filter(
        path_range(scope.area.path, "drawn__case__area_path"), visited_on__range=(scope.first, scope.last)
    ).exclude(met=Met.NOBODY)
    return dict(visits.order_by("pk").values_list("drawn_id", "agrees"))


def households_confirm(scope: Scope) -> Figure:
    """Households of spot checks, visited in those days, whose word agrees with the books."""
    last = households_visited(scope)
    return Figure(sum(last.values()), len(last))


def filed_by(scope: Scope) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Return the cases that the helper filed in those days, and those of them that were returned."""
    filed = Case.objects.filter(
        path_range(scope.area.path),
        opened_by=scope.person,
        opened_at__date__range=(scope.first, scope.last),
    )
    returned = Decision.objects.filter(verdict=Verdict.RETURN, case__in=filed).values("case")
    return filed, filed.filter(pk__in=returned)


def filed_right(scope: Scope) -> Figure:
    """Cases that the helper filed in those days and that were never returned."""
    filed, returned = filed_by(scope)
    count = filed.count()
    return Figure(count - returned.count(), count)
