"""Lights of tickets: who owns or accepts is reminded, then their superiors, each once and recorded.

As with steps (`workflows/deadlines`), whose schedule and order of superiors this is. Nothing moves by it.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.outbox.models import Kind
from portal.outbox.services import send
from portal.people.models import Office, Role
from workflows.deadlines import schedule
from workflows.deadlines.escalation import in_record, in_words, people_of, superiors
from workflows.engine import authority
from workflows.engine.deadlines import yellow_on
from workflows.engine.definitions import Seat

from . import events, links, offices
from .models import WAITING_STATES, Ticket, TicketState, TicketStep, TicketStepKind

MARKS = {TicketStepKind.YELLOW, TicketStepKind.RED, TicketStepKind.AGAIN, TicketStepKind.ESCALATED}


def remind_due() -> int:
    """Tell what is due today of every ticket that waits; return how many tellings were recorded. A job."""
    waiting = Ticket.objects.filter(state__in=WAITING_STATES).select_related("owner_area")
    late = [ticket.pk for ticket in waiting.order_by("due_on", "pk") if _due(ticket)]
    return sum(remind(pk) for pk in late)


def remind(ticket_id: int) -> int:
    """Tell what is due of one ticket, in one transaction; return how many tellings were recorded."""
    with transaction.atomic():
        found = Ticket.objects.select_for_update(of=("self",))
        ticket = found.select_related("owner_area", "opened_office__area").get(pk=ticket_id)
        if ticket.state not in WAITING_STATES:
            return 0
        drafts: list[Draft] = []
        for mark, number in _due(ticket):
            drafts += _tell(ticket, mark, number)
        append(*drafts)
    return len(drafts)


def _due(ticket: Ticket) -> list[tuple[str, int]]:
    """Return what must have been told by today of the present deadline and was not."""
    area, today = ticket.owner_area, clock.today()
    turns_yellow = yellow_on(ticket.began_on, ticket.due_on, area)
    marks = schedule.marks_of(ticket.due_on, turns_yellow, ticket.began_on, area, today)
    if not marks:
        return []
    told = {
        (step.kind, step.number)
        for step in TicketStep.objects.filter(ticket=ticket, version=ticket.version, kind__in=MARKS)
    }
    return [(mark.value, number) for mark, number in marks if (mark.value, number) not in told]


def _tell(ticket: Ticket, mark: str, number: int) -> list[Draft]:
    """Record one telling, queue its messages and return its event; nothing where no level is left above."""
    escalated = mark == TicketStepKind.ESCALATED
    told = _superiors(ticket, number) if escalated else _responsible(ticket)
    if escalated and number > 1 and not told:
        return []
    days = schedule.overdue(ticket.due_on, ticket.owner_area, clock.today())
    TicketStep.objects.create(
        ticket=ticket,
        kind=mark,
        version=ticket.version,
        number=number,
        at=clock.now(),
        told=in_words(told),
    )
    people = people_of(told)
    if people:
        title = _title(ticket, mark) % {"area": ticket.owner_area.name, "days": days}
        send(people, title, links.to_ticket(ticket), kind=Kind.REMINDER, groups=not ticket.apart())
    body = {
        "state": str(ticket.state),
        "mark": mark,
        "number": number,
        "due_on": ticket.due_on.isoformat(),
        "days": days,
        "told": in_record(told),
    }
    kind = events.ESCALATED if escalated else events.REMINDED
    code = ticket.owner_area.code
    return [Draft(kind, "ticket", ticket.number, area_code=code, line=ticket.line, body=body)]


def _responsible(ticket: Ticket) -> list[Office]:
    return offices.owners(ticket) if ticket.state == TicketState.OPEN else offices.acceptors(ticket)


def _superiors(ticket: Ticket, level: int) -> list[Office]:
    """Return the offices at the `level`-th superior of who is late, without whom the ticket concerns."""
    apart = ticket.apart()
    over = [one for one in authority.offices_over(ticket.owner_path) if one.user_id not in apart]
    if ticket.state == TicketState.OPEN:
        return superiors([Seat(Role(ticket.owner_role), ticket.line)], level, over)
    role = Role(ticket.opened_office.role)
    if role == Role.SUPERVISOR:
        # Nobody stands over a county's supervisors there: the city's assessor hears of what they leave lying.
        held = authority.holders(Seat(Role.CITY_ASSESSOR, ticket.line), over)
        return held if level == 1 else []
    return superiors([Seat(role, ticket.line)], level, over)


def _title(ticket: Ticket, mark: str) -> str:
    accepting = ticket.state == TicketState.ANSWERED
    if mark == TicketStepKind.YELLOW:
        return _("黄灯：%(area)s的整改该验收了") if accepting else _("黄灯：%(area)s有一张整改单快到期了")
    if mark == TicketStepKind.ESCALATED:
        return _("督办：%(area)s有一张整改单超期 %(days)s 个工作日，请过问")
    if accepting:
        return _("红灯：%(area)s的整改超期 %(days)s 个工作日没有验收")
    return _("红灯：%(area)s有一张整改单超期 %(days)s 个工作日，请尽快办")
