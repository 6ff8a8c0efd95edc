"""What waits for a person besides batches: tickets to answer or accept, clues; each with its light.

Officials read it above their batches (待办), supervisors and assessors on their home page. A room above says
by `register` what of its own waits; each takes two queries at most, however much there is.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.people.models import User
from workflows.rectification.models import Ticket, TicketState

from . import gates
from .deadlines import Deadline
from .ticket_page import deadline_of

# So many of each kind are shown; a link leads to the rest.
SHOWN = 12


@dataclass(frozen=True)
class TodoLine:
    """One thing to do: what is to be done with it, what it is, where, its deadline.

    `rank` goes before the deadline: what is less pressing, however late, stands below. `note` says more.
    """

    todo: str
    title: str
    url: str
    place: str
    due_on: date
    deadline: Deadline | None
    rank: int = 0
    note: str = ""


@dataclass(frozen=True)
class Waiting:
    """What waits of one kind, the nearest deadline first; `rest` leads to all where there is more.

    `counted` are how many, of what, and where they are read, where lines stand for several.
    """

    lines: list[TodoLine]
    rest: str = ""
    counted: list[tuple[int, str, str]] = field(default_factory=list)


_finders: dict[str, Callable[[User], Waiting]] = {}


def register(kind: str, finder: Callable[[User], Waiting]) -> None:
    """Have `finder(user)` tell what waits of `kind`; ValueError where the kind is taken."""
    if _finders.setdefault(kind, finder) is not finder:
        raise ValueError(f"待办 {kind} 已经登记过")


def waiting_for(user: User) -> Waiting | None:
    """Return everything that waits for `user` besides batches, by rank and deadline; None for nothing."""
    found = [_tickets(user), *(finder(user) for finder in _finders.values())]
    lines = sorted((line for one in found for line in one.lines), key=lambda line: (line.rank, line.due_on))
    counted = [count for one in found for count in one.counted]
    return Waiting(lines, next((one.rest for one in found if one.rest), ""), counted) if lines else None


def _tickets(user: User) -> Waiting:
    """Return the tickets that `user` must answer and those that wait for acceptance by `user`: one query."""
    if not gates.holds(user, gates.TICKET_READERS):
        return Waiting([])
    owned, accepting = Ticket.objects.owned_by(user), Ticket.objects.acceptable_by(user)
    both = Q(pk__in=owned.values("pk")) | Q(pk__in=accepting.values("pk"))
    tickets = list(
        Ticket.objects.filter(both)
        .select_related("area", "owner_area")
        .defer("text", "wanted")
        .order_by("due_on", "pk")[: SHOWN + 1]
    )
    lines = [
        TodoLine(
            _("验收整改") if one.state == TicketState.ANSWERED else _("整改"),
            one.title,
            reverse("desk:ticket", args=[one.number]),
            f"{one.area} · {one.get_source_display()}",
            one.due_on,
            deadline_of(one),
        )
        for one in tickets[:SHOWN]
    ]
    return Waiting(lines, reverse("desk:tickets") if len(tickets) > SHOWN else "")
