"""What is due by the clock: lists whose period has ended."""

import logging
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from portal import clock
from portal.clock import jobs
from portal.ledger.services import Draft, append

from . import outages
from .events import ENDED
from .holding import open_subjects
from .models import KINDS_WITH_CLOCK, ListState, PublicList
from .objections import forget_submissions
from .signals import list_ran_out, tell

NAME = "publicity.end_due_lists"
FORGET = "publicity.forget_submissions"
logger = logging.getLogger(__name__)


def end_due_lists() -> int:
    """End every running list whose closing day is over and return how many; safe to run twice or at once.

    Each list is ended in a transaction of its own. Where its kind has a clock, the rows that no open
    objection holds move on: `list_ran_out` tells the engine, inside that transaction. An objection holds its
    row, not the list. A list that fails is left running for the next run; its error is raised at the end.
    """
    # First of all: what could not be read for a day must not end on that day.
    outages.watch()
    today = clock.today()
    due = PublicList.objects.filter(state=ListState.RUNNING, closes_on__lt=today).order_by("closes_on", "pk")
    ended = 0
    failure: Exception | None = None
    for list_id, number in due.values_list("pk", "number"):
        try:
            ended += _end(list_id, today)
        except Exception as error:
            logger.error("list %s could not be ended: %s", number, type(error).__name__)
            failure = failure or error
    if failure:
        raise failure
    return ended


def _end(list_id: int, today: date) -> bool:
    """End one list if it still runs and nobody else is at it; return whether it was ended here."""
    with transaction.atomic():
        lists = PublicList.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        lists = lists.select_related("area", "deliberation")
        list = lists.filter(pk=list_id, state=ListState.RUNNING, closes_on__lt=today).first()
        if list is None:
            return False
        list.state = ListState.ENDED
        list.ended_at = clock.now()
        list.save(update_fields=["state", "ended_at"])
        held = open_subjects(list)
        follow: Sequence[Draft] = ()
        if list.kind in KINDS_WITH_CLOCK:
            follow = tell(list_ran_out, PublicList, list=list, open_subjects=held)
        append(_draft(list, held), *follow)
    return True


def _draft(list: PublicList, held: set[str]) -> Draft:
    rows = list.rows.filter(subject__in=held).order_by("position") if held else list.rows.none()
    return Draft(
        kind=ENDED,
        object_type="list",
        object_id=list.number,
        area_code=list.area.code,
        line=list.line,
        body={
            "digest": list.digest,
            "closes_on": list.closes_on.isoformat(),
            "held_rows": [*rows.values_list("position", flat=True)],
        },
    )


jobs.register(NAME, end_due_lists)
jobs.register(FORGET, forget_submissions)
