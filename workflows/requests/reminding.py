"""Reminders and escalation of requests, by the clock: each once, open to the asker; nothing is settled by it.

A tick may run twice or at once in two processes: each request is taken under its own lock, and what was told
is a row that can exist only once.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.outbox.models import Kind
from portal.outbox.services import send
from portal.people.models import Office
from workflows.deadlines.escalation import superiors
from workflows.engine import authority
from workflows.engine.definitions import Seat
from workflows.engine.models import CaseState

from . import events, offices, schedule
from .links import desk_path
from .models import HelpRequest, RequestState, RequestStep, RequestStepKind
from .registering import REPEAT


def remind_due() -> int:
    """Tell what is due today of every open request; return how many steps were written. A job."""
    due = HelpRequest.objects.filter(next_on__lte=clock.today(), state=RequestState.OPEN)
    return sum(remind(pk) for pk in list(due.order_by("next_on", "pk").values_list("pk", flat=True)))


def remind(request_id: int) -> int:
    """Tell what is due of one request, in one transaction; return how many steps were written."""
    with transaction.atomic():
        request = _locked(request_id)
        today = clock.today()
        # Read under the lock: somebody may have settled it, or another tick may have been here.
        if request.state != RequestState.OPEN or request.next_on is None or request.next_on > today:
            return 0
        written = set(request.steps.values_list("kind", "number"))
        due = [mark for mark in schedule.marks(request, today) if mark not in written]
        held = authority.offices_over(request.holder_path) if due else []
        drafts = [draft for kind, number in due for draft in _tell(request, kind, number, held)]
        request.next_on = schedule.next_day(request, today)
        request.save(update_fields=["next_on"])
        append(*drafts)
    return len(drafts)


def reopen_withdrawn() -> int:
    """Take up again the requests whose case was withdrawn: filing is no way to let one lie. A job."""
    left = HelpRequest.objects.filter(state=RequestState.FILED, case__state=CaseState.WITHDRAWN)
    return sum(_reopen(pk) for pk in list(left.order_by("pk").values_list("pk", flat=True)))


def forget_submissions() -> int:
    """Forget by which form requests came in, once it can no longer be sent again by mistake. A job."""
    old = HelpRequest.objects.exclude(submission="").filter(received_at__lt=clock.now() - REPEAT)
    return old.update(submission="")


def _reopen(request_id: int) -> int:
    with transaction.atomic():
        request = _locked(request_id)
        if request.state != RequestState.FILED or request.case.state != CaseState.WITHDRAWN:
            return 0
        number = request.case.number
        request.state, request.case, request.name_matches = RequestState.OPEN, None, False
        request.settled_at = request.settled_by = None
        request.next_on = clock.today()
        request.version += 1
        request.save()
        _step(request, RequestStepKind.REOPENED, request.version, [])
        held = authority.offices_over(request.holder_path)
        handlers = offices.handlers_at(request.holder, request.line, held)
        title = _("%(area)s一件申请立的案撤了，要重新立案或答复") % {"area": request.area.name}
        send(offices.recipients(handlers), title, desk_path(request))
        append(_draft(events.REOPENED, request, {"case": number}))
    return 1


def _locked(request_id: int) -> HelpRequest:
    found = HelpRequest.objects.select_for_update(of=("self",))
    request: HelpRequest = found.select_related("area", "holder").get(pk=request_id)
    return request


def _tell(request: HelpRequest, kind: RequestStepKind, number: int, held: list[Office]) -> list[Draft]:
    """Write one step, queue its messages and return its event; nothing where no level is left above."""
    if kind == RequestStepKind.ESCALATED:
        first = offices.HANDLING[request.holder.level][0]
        told = superiors([Seat(first, request.line)], number, held)
        if not told:
            return []
    else:
        told = offices.handlers_at(request.holder, request.line, held)
    days = schedule.overdue(request, clock.today())
    _step(request, kind, number, told)
    title = {
        RequestStepKind.YELLOW: _("黄灯：%(area)s一件申请（%(what)s）快到期了，请抓紧办"),
        RequestStepKind.RED: _("红灯：%(area)s一件申请（%(what)s）超期 %(days)s 个工作日，请马上办"),
        RequestStepKind.ESCALATED: _("督办：%(area)s一件申请（%(what)s）超期 %(days)s 个工作日没办，请过问"),
    }[kind] % {"area": request.area.name, "what": request.get_matter_display(), "days": days}
    send(offices.recipients(told), title, desk_path(request), kind=Kind.REMINDER)
    body = {
        "mark": kind.value,
        "number": number,
        "due_on": request.due_on.isoformat(),
        "days": days,
        "told": [f"{office.role}:{office.area.code}" for office in told],
    }
    event = events.ESCALATED if kind == RequestStepKind.ESCALATED else events.REMINDED
    return [_draft(event, request, body)]


def _step(request: HelpRequest, kind: RequestStepKind, number: int, told: list[Office]) -> None:
    # Offices by area and role: no person's name goes to the receipt's page.
    words = [_("%(area)s%(role)s") % {"area": one.area, "role": one.get_role_display()} for one in told]
    RequestStep.objects.create(
        request=request,
        kind=kind,
        number=number,
        at=clock.now(),
        holder=offices.words(request.holder, request.line),
        told=list(dict.fromkeys(words)),
    )


def _draft(kind: str, request: HelpRequest, body: dict[str, object]) -> Draft:
    return Draft(
        kind,
        "request",
        str(request.pk),
        area_code=request.area.code,
        line=request.line,
        body=body,
    )
