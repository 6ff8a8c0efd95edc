"""Counting a round's figures again, for who doubts them: what it comes to today, and what was not good.

The figures of a round are those of the day it was opened; what was entered since shows as a difference.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.people.models import User
from workflows.assessment import counting
from workflows.assessment.counting import Figure, Scope
from workflows.assessment.indicators import BY_CODE
from workflows.assessment.models import Round, Subject
from workflows.engine.models import Batch, Case
from workflows.rectification.models import Ticket
from workflows.requests.offices import readable
from workflows.spotchecks.models import DrawnCase, SpotCheck

from .stuck import step_named

MOST = 30
Thing = tuple[str, str]


@dataclass
class Recount:
    """One figure counted now, whether the round has the same, and by link and words what was not good.

    `unseen` are those that the reader may not open: of them only how many.
    """

    figure: Figure
    same: bool
    missed: list[Thing] = field(default_factory=list)
    unseen: int = 0


def recounted(user: User, round_: Round, subject: Subject) -> dict[str, Recount]:
    """Return every computed figure of `subject` as it is now, by the code of its indicator."""
    scope = Scope(subject.area, round_.first_day, round_.last_day, subject.person)
    found = {}
    for code in round_.weights:
        if compute := BY_CODE[code].compute:
            figure = compute(scope)
            kept = subject.figures.get(code, {"good": 0, "of": 0})
            same = (not figure.of and not kept["of"]) or kept == {"good": figure.good, "of": figure.of}
            missed = list(islice(MISSED[code](user, scope), MOST))
            found[code] = Recount(figure, same, missed, figure.of - figure.good - len(missed))
    return found


def _steps(kinds: frozenset[str] | None) -> Callable[[User, Scope], Iterable[Thing]]:
    def missed(user: User, scope: Scope) -> Iterable[Thing]:
        ended, late = counting.stays_of(scope, kinds)
        seen = Batch.objects.visible_to(user).values("pk")
        for stays in (ended.filter(left_at__date__gt=F("due_on")), late):
            for stay in stays.filter(batch__in=seen).select_related("batch").order_by("pk")[:MOST]:
                said = {"number": stay.batch.number, "step": step_named(stay.flow_key, stay.step)}
                words = _("%(number)s %(step)s") % said
                yield reverse("desk:batch", args=[stay.batch.number]), f"{words}（{_by(stay.due_on)}）"

    return missed


def _lists(user: User, scope: Scope) -> Iterable[Thing]:
    for one, proved in counting.lists_by_proof(scope):
        if not proved:
            yield reverse("list", args=[one.number]), one.number


def _objections(user: User, scope: Scope) -> Iterable[Thing]:
    # By their list, which everybody reads: who objected is nobody's business here.
    answered, late = counting.objections_of(scope)
    for objections in (answered.filter(answered_at__date__gt=F("due_on")), late):
        for one in objections.select_related("list").order_by("pk")[:MOST]:
            yield reverse("list", args=[one.list.number]), f"{one.list.number}（{_by(one.due_on)}）"


def _requests(user: User, scope: Scope) -> Iterable[Thing]:
    settled, late = counting.requests_of(scope)
    for requests in (settled.filter(settled_at__date__gt=F("due_on")), late):
        for one in requests.filter(pk__in=readable(user).values("pk")).order_by("pk")[:MOST]:
            yield reverse("desk:request", args=[one.pk]), f"{one.receipt}（{_by(one.due_on)}）"


def _tickets(user: User, scope: Scope) -> Iterable[Thing]:
    seen = Ticket.objects.visible_to(user).values("pk")
    closed, late = counting.tickets_of(scope)
    for tickets in (closed.filter(answered_at__date__gt=F("answer_by")), late):
        for one in tickets.filter(pk__in=seen).order_by("pk")[:MOST]:
            yield reverse("desk:ticket", args=[one.number]), f"{one.number}（{_by(one.answer_by)}）"


def _visits(user: User, scope: Scope) -> Iterable[Thing]:
    # What a household said against the books is for those who check, not for those it was said about.
    checks = SpotCheck.objects.visible_to(user).values("pk")
    differing = [drawn for drawn, agrees in counting.households_visited(scope).items() if not agrees]
    drawn = DrawnCase.objects.filter(pk__in=differing, spot_check__in=checks).select_related("spot_check")
    for one in drawn.order_by("pk"):
        number = one.spot_check.number
        words = _("%(number)s 第 %(position)s 户") % {"number": number, "position": one.position}
        yield reverse("desk:spot_visit", args=[number, one.position]), words


def _filed(user: User, scope: Scope) -> Iterable[Thing]:
    seen = Case.objects.visible_to(user).values("pk")
    for one in counting.filed_by(scope)[1].filter(pk__in=seen).order_by("pk")[:MOST]:
        yield reverse("desk:case", args=[one.number]), one.number


def _by(day: Any) -> str:
    return _("期限 %(day)s") % {"day": day.isoformat()}


MISSED: dict[str, Callable[[User, Scope], Iterable[Thing]]] = {
    "in_time": _steps(None),
    "payments": _steps(counting.PAYING),
    "proved": _lists,
    "objections": _objections,
    "requests": _requests,
    "rectified": _tickets,
    "confirmed": _visits,
    "filed_right": _filed,
}
