"""What must have been told of an open request by a day, and when there is more. Working days."""

from datetime import date

from portal.clock.workdays import add_working_days, working_days_between
from portal.configuration.services import value
from workflows.deadlines.escalation import LEVELS_ABOVE
from workflows.engine.deadlines import yellow_on

from .keys import ESCALATE_EVERY
from .models import HelpRequest, RequestStepKind

Mark = tuple[RequestStepKind, int]


def marks(request: HelpRequest, today: date) -> list[Mark]:
    """Return what must have been told by `today`, each with its number; nothing before it turns yellow."""
    late = overdue(request, today)
    if late:
        every = int(value(ESCALATE_EVERY, request.area))
        levels = min(1 + (late - 1) // every, LEVELS_ABOVE)
        escalated = [(RequestStepKind.ESCALATED, level) for level in range(1, levels + 1)]
        return [(RequestStepKind.RED, 0), *escalated]
    return [(RequestStepKind.YELLOW, 0)] if _yellow(request) <= today <= request.due_on else []


def overdue(request: HelpRequest, today: date) -> int:
    """Return by how many working days the deadline has passed; 0 where it has not."""
    return max(working_days_between(request.due_on, today, request.area), 0)


def first_day(request: HelpRequest) -> date:
    """Return the first day on which `marks` holds anything: the clock looks at the request then."""
    return _yellow(request)


def next_day(request: HelpRequest, today: date) -> date | None:
    """Return the next day after `today` on which `marks` holds more; None where it never will."""
    every = int(value(ESCALATE_EVERY, request.area))
    days = [_yellow(request)]
    days += [
        add_working_days(request.due_on, 1 + every * level, request.area) for level in range(LEVELS_ABOVE)
    ]
    return min((day for day in days if day > today), default=None)


def _yellow(request: HelpRequest) -> date:
    return yellow_on(request.received_on, request.due_on, request.area)
