"""Reminders and escalation, by the clock: each is told once, recorded, and moves nothing.

A tick may run twice or at once in two processes: each stay is taken under the lock of its batch, and what was
told stands in a row that can exist only once.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.outbox.services import send
from portal.people.models import Office
from workflows.engine import authority, links
from workflows.engine.models import Batch
from workflows.engine.services import locked

from . import events, schedule
from .escalation import in_record, in_words, people_of, superiors
from .models import ESCALATING, Mark, Reminder, Stay

TITLE = 60  # characters of a batch's title within a message


def remind_due() -> int:
    """Tell what is due today of every open stay; return how many reminders were recorded. A job."""
    today = clock.today()
    due = Stay.objects.filter(next_on__lte=today, left_at=None).order_by("next_on", "pk")
    return sum(remind(pk) for pk in list(due.values_list("pk", flat=True)))


def remind(stay_id: int) -> int:
    """Tell what is due of one stay, in one transaction; return how many reminders were recorded."""
    with transaction.atomic():
        stay = Stay.objects.get(pk=stay_id)
        batch = locked(stay.batch_id)
        # Read again under the lock: the batch may have moved on, or another tick may have been here.
        stay = Stay.objects.get(pk=stay_id)
        today = clock.today()
        if stay.left_at or stay.next_on is None or stay.next_on > today:
            return 0
        told = set(stay.reminders.values_list("mark", "number"))
        due = [mark for mark in schedule.marks(stay, batch.area, today) if mark not in told]
        drafts: list[Draft] = []
        if due:
            offices = authority.offices_over(batch.area_path)
            for mark, number in due:
                drafts += _tell(stay, batch, mark, number, offices)
        stay.next_on = schedule.next_day(stay, batch.area, today)
        stay.save(update_fields=["next_on"])
        append(*drafts)
    return len(drafts)


def responsible(batch: Batch, offices: Sequence[Office]) -> list[Office]:
    """Return the offices whose holders must act on `batch`: those of one person, where it was handed on."""
    held = [office for seat in authority.pending_seats(batch) for office in authority.holders(seat, offices)]
    alone = [office for office in held if office.user_id == batch.held_by_id]
    return list({office.pk: office for office in alone or held}.values())


def _tell(stay: Stay, batch: Batch, mark: Mark, number: int, offices: Sequence[Office]) -> list[Draft]:
    """Record one reminder, queue its messages, and return its event; nothing where no level is left above."""
    if mark in ESCALATING:
        told = superiors(authority.pending_seats(batch), number or 1, offices)
        if mark == Mark.ESCALATED and number > 1 and not told:
            return []
    else:
        told = responsible(batch, offices)
    whole = mark in (Mark.TOTAL_YELLOW, Mark.TOTAL_RED)
    due = stay.total_due_on if whole else stay.due_on
    days = schedule.overdue(due, batch.area, clock.today())
    Reminder.objects.create(
        stay=stay,
        mark=mark,
        number=number,
        at=clock.now(),
        days=days,
        told=in_words(told),
    )
    people = people_of(told)
    if people:
        send(people, _title(batch, mark, days), links.to_batch(batch.number))
    body = {
        "step": stay.step,
        "round": stay.round,
        "mark": mark.value,
        "number": number,
        "due_on": due.isoformat() if due else "",
        "days": days,
        "told": in_record(told),
    }
    kind = events.ESCALATED if mark in ESCALATING else events.REMINDED
    return [Draft(kind, "batch", batch.number, area_code=batch.area.code, line=batch.line, body=body)]


def _title(batch: Batch, mark: Mark, days: int) -> str:
    said = {"title": batch.title[:TITLE], "days": days}
    if mark == Mark.YELLOW:
        return _("黄灯：%(title)s 快到期了，请抓紧办") % said
    if mark in (Mark.RED, Mark.AGAIN):
        return _("红灯：%(title)s 超期 %(days)s 个工作日，请尽快办") % said
    if mark == Mark.ESCALATED:
        return _("督办：%(title)s 超期 %(days)s 个工作日还没有办，请过问") % said
    if mark == Mark.TOTAL_YELLOW:
        return _("黄灯：%(title)s 总时限快到了，请抓紧办") % said
    return _("督办：%(title)s 超过总时限 %(days)s 个工作日，请过问") % said
