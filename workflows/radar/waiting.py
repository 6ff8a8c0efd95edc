"""The clues that wait for a supervisor, among what they have to do: one line for a rule and a place."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.people.models import User
from workflows.desk import gates
from workflows.desk.todo_lines import SHOWN, TodoLine, Waiting

from .groups import Group, grouped
from .models import Flag, FlagState
from .rule import Weight


def clues(user: User) -> Waiting:
    """Return the clues that nobody looked at and those that `user` is looking at, the heaviest first.

    Two queries, however many there are.
    """
    if not gates.holds(user, gates.SUPERVISORS):
        return Waiting([])
    mine = Q(state=FlagState.OPEN) | Q(state=FlagState.LOOKED, looked_by=user)
    groups = grouped(user, Flag.objects.visible_to(user).filter(mine))
    count = sum(group.count for group in groups)
    rest = reverse("desk:radar") if len(groups) > SHOWN else ""
    counted = [(count, _("线索等着看"), reverse("desk:radar"))] if count else []
    return Waiting([_line(group) for group in groups[:SHOWN]], rest, counted)


def _line(group: Group) -> TodoLine:
    flag = group.oldest
    todo = _("接着看线索") if flag.state == FlagState.LOOKED else _("看线索")
    if group.count > 1:
        todo = _("%(todo)s，共 %(n)d 条") % {"todo": todo, "n": group.count}
    place = str(flag.area if group.count == 1 else group.place)
    # What is grave stands among the tickets, by deadline; the rest after them.
    rank = group.weight - Weight.GRAVE
    note = flag.reason if group.count == 1 else ""
    return TodoLine(todo, group.title, group.url, place, group.due_on, group.deadline, rank, note)
