"""The clues that wait for a supervisor, among what they have to do, each with the day by which to look."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock
from portal.clock.workdays import add_working_days
from portal.configuration.services import value
from portal.people.models import User
from workflows.desk import gates
from workflows.desk.deadlines import shown
from workflows.desk.todo_lines import SHOWN, TodoLine, Waiting

from . import keys, registry
from .models import Flag, FlagState


def clues(user: User) -> Waiting:
    """Return the clues that nobody looked at and those that `user` is looking at, the oldest first.

    A clue is to be judged within `radar.look_days` working days of the day on which it was found. One query.
    """
    if not gates.holds(user, gates.SUPERVISORS):
        return Waiting([])
    mine = Q(state=FlagState.OPEN) | Q(state=FlagState.LOOKED, looked_by=user)
    found = Flag.objects.visible_to(user).filter(mine).select_related("area").defer("why_closed")
    flags = list(found.order_by("found_at", "pk")[: SHOWN + 1])
    lines = []
    for flag in flags[:SHOWN]:
        began = clock.day_of(flag.found_at)
        due = add_working_days(began, int(value(keys.LOOK_DAYS, flag.area)), flag.area)
        todo = _("接着看线索") if flag.state == FlagState.LOOKED else _("看线索")
        title, url = registry.title(flag.rule), reverse("desk:flag", args=[flag.pk])
        lines.append(TodoLine(todo, title, url, str(flag.area), due, shown(due, flag.area, began)))
    return Waiting(lines, reverse("desk:radar") if len(flags) > SHOWN else "")
