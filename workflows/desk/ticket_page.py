"""What the page of a ticket shows: its deadline, its files, its way, and what the person may do with it."""

from typing import Any

from portal import clock
from portal.files.models import PrivateFile
from portal.people.models import Role, User
from workflows.rectification import offices
from workflows.rectification.models import WAITING_STATES, Ticket, TicketState

from .deadlines import Deadline, shown


def deadline_of(ticket: Ticket) -> Deadline | None:
    """Return how the deadline of a ticket that waits is shown today; None where it is closed."""
    if ticket.state not in WAITING_STATES:
        return None
    return shown(ticket.due_on, ticket.owner_area, ticket.began_on)


def shown_of(user: User, ticket: Ticket) -> dict[str, Any]:
    """Return what the template needs of `ticket` for `user`."""
    steps = list(ticket.steps.select_related("actor", "office__area").order_by("pk"))
    wanted = {pk for step in steps for pk in step.files}
    files = {file.pk: file for file in PrivateFile.objects.filter(pk__in=wanted)}
    watches = offices.accepting_office(user, ticket) is not None
    judges = ticket.state == TicketState.ANSWERED and watches
    barred = offices.barred_from_accepting(user, ticket) if judges else ""
    passes = ticket.state == TicketState.OPEN and watches
    own, apart = f"{Role(ticket.owner_role)}", ticket.apart()
    return {
        "ticket": ticket,
        "deadline": deadline_of(ticket),
        "steps": [{"step": step, "files": [files[pk] for pk in step.files if pk in files]} for step in steps],
        "answers": ticket.state == TicketState.OPEN and offices.owning_office(user, ticket) is not None,
        "judges": judges and not barred,
        "barred": barred,
        "passes": [pair for pair in offices.choices(ticket.area, ticket.line, apart) if pair[0] != own]
        if passes
        else [],
        "about": User.objects.filter(pk__in=apart).order_by("pk") if watches else [],
        "today": clock.today(),
    }
