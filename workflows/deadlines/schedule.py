"""What must have been told of a stay by a day, and the next day on which there is more. Working days."""

from datetime import date, datetime

from portal import clock
from portal.areas.models import Area
from portal.clock.workdays import add_working_days, working_days_between
from portal.configuration.services import value

from .escalation import LEVELS_ABOVE
from .keys import ESCALATE_AFTER, REMIND_EVERY, TOTAL_PAUSES
from .models import Mark, Stay

Due = tuple[Mark, int]


def day_of(moment: datetime) -> date:
    """Return the day of `moment` where the offices are."""
    return clock.day_of(moment)


def marks(stay: Stay, area: Area, today: date) -> list[Due]:
    """Return what must have been told by `today`, with its number; of repeated reminders only the latest."""
    if stay.left_at:
        return []
    return [*_step_marks(stay, area, today), *_total_marks(stay, area, today)]


def overdue(due: date | None, area: Area, today: date) -> int:
    """Return how many working days `due` has passed; 0 where it has not."""
    return max(working_days_between(due, today, area), 0) if due else 0


def next_day(stay: Stay, area: Area, today: date) -> date | None:
    """Return the next day after `today` on which `marks` may hold more; None where it never will."""
    if stay.left_at:
        return None
    days = [*_step_days(stay, area, today), *_total_days(stay, area)]
    return min((day for day in days if day > today), default=None)


def marks_of(due_on: date, yellow_on: date, began: date, area: Area, today: date) -> list[Due]:
    """Return what must have been told of a deadline by `today`: yellow, red, red again, each level above."""
    late = overdue(due_on, area, today)
    if not late:
        # A deadline that begins yellow is told with the task itself.
        return [(Mark.YELLOW, 0)] if began < yellow_on <= today <= due_on else []
    found: list[Due] = [(Mark.RED, 0)]
    again = (late - 1) // int(value(REMIND_EVERY, area))
    if again:
        found.append((Mark.AGAIN, again))
    levels = min(late // int(value(ESCALATE_AFTER, area)), LEVELS_ABOVE)
    return [*found, *[(Mark.ESCALATED, level) for level in range(1, levels + 1)]]


def _step_marks(stay: Stay, area: Area, today: date) -> list[Due]:
    if stay.due_on is None or stay.yellow_on is None:
        return []
    return marks_of(stay.due_on, stay.yellow_on, day_of(stay.entered_at), area, today)


def _total_marks(stay: Stay, area: Area, today: date) -> list[Due]:
    if stay.total_due_on is None or stay.total_yellow_on is None or _total_stands_still(stay, area):
        return []
    if overdue(stay.total_due_on, area, today):
        return [(Mark.TOTAL_RED, 0)]
    return [(Mark.TOTAL_YELLOW, 0)] if stay.total_yellow_on <= today <= stay.total_due_on else []


def _step_days(stay: Stay, area: Area, today: date) -> list[date]:
    if stay.due_on is None or stay.yellow_on is None:
        return []
    late = overdue(stay.due_on, area, today)
    every, after = int(value(REMIND_EVERY, area)), int(value(ESCALATE_AFTER, area))
    again = 1 + every * ((late - 1) // every + 1 if late else 1)
    days = [1, again]
    if late // after < LEVELS_ABOVE:
        days.append(after * (late // after + 1))
    return [stay.yellow_on, *[add_working_days(stay.due_on, n, area) for n in days]]


def _total_days(stay: Stay, area: Area) -> list[date]:
    if stay.total_due_on is None or stay.total_yellow_on is None or _total_stands_still(stay, area):
        return []
    return [stay.total_yellow_on, add_working_days(stay.total_due_on, 1, area)]


def _total_stands_still(stay: Stay, area: Area) -> bool:
    return bool(stay.paused_on and value(TOTAL_PAUSES, area, stay.total_from))
