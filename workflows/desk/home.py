"""The home page of the desk: what waits, what is late, and what else asks for a hand."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from disclosure.publicity import redacting
from disclosure.publicity.models import Objection, ObjectionState
from disclosure.publicity.owed import owed_to
from portal import clock
from portal.people.scope import scope_of
from workflows.engine.models import Batch, Case
from workflows.notices.models import HouseholdNotice
from workflows.rectification.models import Ticket, TicketState

from . import gates, report_lines, todo_lines
from .deadlines import deadline_of
from .menu import waiting_count
from .words import step_name

SHOWN = 6


def waiting(user: Any) -> Any:
    """Return the batches that wait for `user`, the nearest deadline first."""
    batches = Batch.objects.waiting_for(user).select_related("area")
    return batches.order_by(F("due_on").asc(nulls_last=True), "pk")


def entries(batches: Any) -> list[dict[str, Any]]:
    """Return batches with the words that a list shows of them."""
    return [{"batch": batch, "deadline": deadline_of(batch), "step": step_name(batch)} for batch in batches]


class DeskPanel(Component):
    """To-do of an official: counts first, then the nearest deadlines. Seven queries at most."""

    name = "desk"
    template_name = "desk/home_panel.html"
    order = 10

    def get_context_data(self, parent_context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return counts and the first rows of the to-do list."""
        request = parent_context["request"]
        user = request.user
        context: dict[str, Any] = {"request": request, "acts": gates.holds(user, gates.OFFICIALS)}
        if context["acts"]:
            context |= {"count": waiting_count(request), "entries": entries(waiting(user)[:SHOWN])}
            context["reports"] = report_lines.waiting(user).lines
        else:
            # Who watches others has no batches to do, and reads here what waits.
            context["waiting"] = todo_lines.waiting_for(user)
        context["running"] = Batch.objects.visible_to(user).filter(state="open").count()
        context["objections"] = self._objections(user)
        if gates.holds(user, gates.CORRECTORS):
            context["owed"] = owed_to(user).count()
        if gates.holds(user, gates.REDACTION_DECIDERS):
            context["redactions"] = redacting.waiting_for(user).count()
        if gates.holds(user, gates.SERVERS):
            unserved = HouseholdNotice.objects.filter(
                case__in=Case.objects.visible_to(user), served_on=None, voided_at=None
            )
            context["notices"] = unserved.count()
        if gates.holds(user, gates.TICKET_READERS):
            context |= self._tickets(user)
        context["offices"] = [
            _("%(area)s %(role)s（%(line)s）")
            % {"area": held.area, "role": held.get_role_display(), "line": held.get_line_display()}
            for held in scope_of(user).offices
        ]
        return context

    def _tickets(self, user: Any) -> dict[str, int]:
        """Return how many tickets `user` must put right, accept, and sees overdue with others; one query.

        Those overdue are counted for who watches; who puts right sees the light on each.
        """
        mine = Q(pk__in=Ticket.objects.owned_by(user).values("pk"))
        accepting = Q(pk__in=Ticket.objects.acceptable_by(user).values("pk"))
        late = Q(pk__in=[])
        if gates.holds(user, gates.WATCHERS):
            seen = Ticket.objects.visible_to(user).filter(state=TicketState.OPEN, due_on__lt=clock.today())
            late = Q(pk__in=seen.values("pk"))
        return Ticket.objects.filter(mine | accepting | late).aggregate(
            tickets=Count("pk", filter=mine),
            to_accept=Count("pk", filter=accepting),
            late_tickets=Count("pk", filter=late),
        )

    def _objections(self, user: Any) -> int | None:
        """Return how many objections are open where the user answers or watches; None for others."""
        if not gates.holds(user, gates.OBJECTION_READERS):
            return None
        found = scope_of(user).filter(
            Objection.objects.apart_from(user).filter(state=ObjectionState.OPEN),
            "list__area_path",
            "list__line",
            roles=gates.OBJECTION_READERS,
        )
        return int(found.count())
