"""Telling those whose turn freed money has reached: the heads of townships with rows on the waiting list."""

from django.utils.translation import gettext as _

from portal import clock
from portal.outbox.services import send
from workflows.engine import authority, links
from workflows.engine.models import BatchState, CaseState

from . import ranking
from .models import Application, Budget

WAITING = "waiting"


def tell_next(programme_id: int) -> int:
    """Tell the heads of townships whose waiting rows the money has reached now; return how many rows."""
    waiting = Application.objects.filter(
        programme_version__programme=programme_id,
        case__step=WAITING,
        case__state=CaseState.ACTIVE,
        case__batch__state=BatchState.OPEN,
    ).select_related("programme_version", "case")
    first = waiting.first()
    if first is None:
        return 0
    definition = first.programme_version.definition
    budget = Budget.objects.filter(programme=programme_id, year=clock.today().year).first()
    reached = {
        place.application.case_id: place.application.case
        for place in ranking.standing(programme_id, definition, budget)
        if place.fits and place.application.case.step == WAITING
    }
    told = set()
    for case in reached.values():
        if case.batch_id in told:
            continue
        told.add(case.batch_id)
        offices = authority.offices_over(case.batch.area_path)
        people = {
            office.user
            for seat in authority.pending_seats(case.batch)
            for office in authority.holders(seat, offices)
        }
        if people:
            title = _("有余钱了，候补可以递补：%(title)s") % {"title": case.batch.title[:90]}
            send(sorted(people, key=lambda person: person.pk), title, links.to_batch(case.batch.number))
    return len(reached)
