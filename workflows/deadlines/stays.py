"""Following every batch: a stay begins where it enters a step, stands still while it waits, and ends.

All happens in the transaction that saved the batch, whose row its caller holds locked.
"""

from datetime import date
from typing import Any

from django.db import transaction

from portal import clock
from portal.clock.workdays import add_working_days, working_days_between
from portal.configuration.services import value
from portal.ledger.services import Draft, append
from workflows.engine import deadlines
from workflows.engine.models import Batch, BatchState
from workflows.engine.services import locked

from . import schedule
from .events import FOLLOWED
from .keys import TOTAL_PAUSES
from .models import Stay
from .schedule import day_of

AT_ONCE = 500


def on_saved(sender: type[Batch], instance: Batch, raw: bool = False, **_signal: Any) -> None:
    """Follow a batch that was saved; receiver of `post_save`."""
    if not raw:
        follow(instance)


def follow(batch: Batch) -> Stay | None:
    """Bring the stay of `batch` in line with where it stands; None where it stands nowhere any more."""
    stay = Stay.objects.filter(batch=batch, left_at=None).first()
    there = batch.state == BatchState.OPEN
    if stay is not None and there and _same(stay, batch):
        _pause_or_resume(stay, batch)
        return stay
    before = stay or _parents(batch)
    if stay is not None:
        _leave(stay, batch)
    return _enter(batch, before) if there else None


def follow_missing() -> int:
    """Begin the stays of open batches that have none, such as those from before this room; a job.

    Returns how many.
    """
    total = 0
    while True:
        missing = Batch.objects.filter(state=BatchState.OPEN).exclude(
            pk__in=Stay.objects.filter(left_at=None).values("batch")
        )
        found = list(missing.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        for pk in found:
            with transaction.atomic():
                batch = locked(pk)
                follow(batch)
                area = batch.area.code
                append(Draft(FOLLOWED, "batch", batch.number, area_code=area, line=batch.line))
        total += len(found)
        if len(found) < AT_ONCE:
            return total


def _same(stay: Stay, batch: Batch) -> bool:
    return (stay.step, stay.round, stay.entered_at) == (batch.step, batch.round, batch.entered_at)


def _parents(batch: Batch) -> Stay | None:
    """Return the stay from which a batch that fell out of another takes its total."""
    if batch.parent_id is None:
        return None
    return Stay.objects.filter(batch_id=batch.parent_id).order_by("-pk").first()


def _enter(batch: Batch, before: Stay | None) -> Stay:
    today = clock.today()
    stay = Stay(
        batch=batch,
        flow_key=batch.flow_key,
        step=batch.step,
        round=batch.round,
        entered_at=batch.entered_at,
        total_from=before.total_from if before else day_of(batch.opened_at),
        total_due_on=before.total_due_on if before else _total_due(batch),
    )
    if batch.waits:
        stay.paused_on = before.paused_on if before and before.paused_on else today
    elif before and before.paused_on:
        _carry_total(stay, batch, before.paused_on, today)
    _set(stay, batch, today)
    stay.save(force_insert=True)
    return stay


def _leave(stay: Stay, batch: Batch) -> None:
    today = clock.today()
    still = stay.paused_days
    if stay.paused_on:
        still += working_days_between(stay.paused_on, today, batch.area)
    spent = working_days_between(day_of(stay.entered_at), today, batch.area) - still
    stay.left_at, stay.spent_days, stay.next_on = clock.now(), max(spent, 0), None
    stay.save(update_fields=["left_at", "spent_days", "next_on"])


def _pause_or_resume(stay: Stay, batch: Batch) -> None:
    today = clock.today()
    waits = bool(batch.waits)
    if waits == bool(stay.paused_on) and stay.due_on == batch.due_on:
        return
    if waits and not stay.paused_on:
        stay.paused_on = today
    elif not waits and stay.paused_on:
        stay.paused_days += working_days_between(stay.paused_on, today, batch.area)
        _carry_total(stay, batch, stay.paused_on, today)
        stay.paused_on = None
    _set(stay, batch, today)
    stay.save()


def _set(stay: Stay, batch: Batch, today: date) -> None:
    """Set the days of the lights and the next day on which somebody may have to be told."""
    stay.due_on = None if stay.paused_on else batch.due_on
    start = day_of(stay.entered_at)
    stay.yellow_on = deadlines.yellow_on(start, stay.due_on, batch.area) if stay.due_on else None
    if stay.total_due_on:
        stay.total_yellow_on = deadlines.yellow_on(stay.total_from, stay.total_due_on, batch.area)
    due = schedule.marks(stay, batch.area, today)
    stay.next_on = today if due else schedule.next_day(stay, batch.area, today)


def _total_due(batch: Batch) -> date | None:
    """Return the last day of the whole way, by the setting in force when the batch was opened."""
    start = day_of(batch.opened_at)
    days = int(value(deadlines.total_key(batch.flow_key), batch.area, start))
    return add_working_days(start, days, batch.area) if days else None


def _carry_total(stay: Stay, batch: Batch, since: date, today: date) -> None:
    """Put the total's end off by the working days for which the clock stood still."""
    if stay.total_due_on and value(TOTAL_PAUSES, batch.area, stay.total_from):
        still = working_days_between(since, today, batch.area)
        stay.total_due_on = add_working_days(stay.total_due_on, still, batch.area)
