"""整改: tickets that the person owns, accepts or watches; opening one; one with its way and its evidence."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from disclosure.masking.services import NotForThePublic
from portal import clock
from portal.areas.models import Area
from portal.people.models import Line, Office, User
from portal.people.scope import scope_of
from workflows.desk import gates, origins
from workflows.desk.places import asked_place
from workflows.desk.ticket_page import deadline_of, shown_of
from workflows.desk.typed import typed
from workflows.desk.uploading import NotTaken, prepared
from workflows.rectification import offices, services
from workflows.rectification.errors import BadTicket, NoSuchTicket, RectificationError, StaleTicket
from workflows.rectification.models import WAITING_STATES, Source, Ticket, TicketState

from .base import DeskMixin
from .searching import SealedSearch

SHOWS = {
    "": gettext_lazy("没销号的"),
    "mine": gettext_lazy("要我整改的"),
    "accept": gettext_lazy("等我验收的"),
    "late": gettext_lazy("超期的"),
    "closed": gettext_lazy("已销号"),
}


class TicketColumn(Column):
    """What is to be put right, where it comes from and who owns it."""

    cell_template_name = "desk/cells/ticket.html"


class TicketDueColumn(Column):
    """The light of one that waits, or when it was closed."""

    cell_template_name = "desk/cells/ticket_due.html"

    def get_cell_context_data(self, instance: Ticket, parent_context: Any) -> dict[str, Any]:
        """Add the deadline."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"deadline": deadline_of(instance)}


class Tickets(SealedSearch, DeskMixin, BaseListingView):
    """Tickets in sight: those that wait, the first due on top."""

    page_title = gettext_lazy("整改")
    template_name = "desk/rectification/list.html"
    model = Ticket
    paginate_by = 20
    is_searchable = True
    index_url_name = "desk:tickets"
    table_classname = "desk-table desk-list"
    columns = [
        TicketColumn("title", label=gettext_lazy("问题"), classname="desk-what"),
        TicketDueColumn("due_on", label=gettext_lazy("期限"), classname="desk-due"),
    ]

    def roles(self) -> frozenset[str]:
        """Return those who own, accept or watch tickets."""
        return gates.TICKET_READERS

    def get_base_queryset(self) -> QuerySet[Ticket]:
        """Return the readable tickets, narrowed as chosen."""
        user: Any = self.request.user
        found = Ticket.objects.visible_to(user).select_related("area", "owner_area")
        show = self.request.GET.get("show", "")
        if show == "closed":
            return found.filter(state=TicketState.CLOSED).order_by("-closed_at", "pk")
        if show == "mine":
            found = found.filter(pk__in=Ticket.objects.owned_by(user).values("pk"))
        elif show == "accept":
            found = found.filter(pk__in=Ticket.objects.acceptable_by(user).values("pk"))
        elif show == "late":
            found = found.filter(due_on__lt=clock.today())
        return found.filter(state__in=WAITING_STATES).order_by("due_on", "pk")

    def search_queryset(self, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        """Find by number, words of the title, or place."""
        words = self.search_query.strip()[:60]
        if not words:
            return queryset
        return queryset.filter(
            Q(number__icontains=words) | Q(title__icontains=words) | Q(area__name__icontains=words)
        )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the choices."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {
            "shows": SHOWS.items(),
            "show": self.request.GET.get("show", ""),
            "opens": gates.holds(self.request.user, gates.TICKET_OPENERS),
            "search_hint": _("单号、问题或地名"),
        }


class NewTicketView(DeskMixin, TemplateView):
    """Opening a ticket: first the place, then what was found and who puts it right."""

    template_name = "desk/rectification/new.html"
    page_title = gettext_lazy("开整改单")

    def roles(self) -> frozenset[str]:
        """Return those who open tickets."""
        return gates.TICKET_OPENERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Open the ticket, or show again what was typed and why not."""
        user: Any = request.user
        place, _found = self._place()
        if place is None:
            return self._show(status=422)
        data = typed(request.POST)
        days = data.get("days", "").strip()
        origin = origins.find(user, request.GET.get("from", ""))
        about = [origin.concerns] if origin and origin.concerns else []
        about += self._concerned(place)
        try:
            ticket = services.open_ticket(
                by=user,
                source=data.get("source", ""),
                area=place,
                line=data.get("line", ""),
                owner_role=data.get("owner", ""),
                title=data.get("title", ""),
                text=data.get("text", ""),
                wanted=data.get("wanted", ""),
                days=(int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0)
                if days
                else None,
                reference=origin.reference if origin else "",
                subject=origin.subject if origin else "",
                concerns=about[0] if about else None,
                besides=about[1:],
                files=prepared(request.FILES.getlist("files")),
            )
        except BadTicket as error:
            return self._show(wrong=error.wrong, refusal=str(error), status=422)
        except (RectificationError, NotForThePublic, NotTaken) as error:
            return self._show(refusal=str(error), status=422)
        messages.success(request, _("已经开单，整改责任人收到了消息。"))
        return redirect("desk:ticket", ticket.number)

    def _place(self) -> tuple[Area | None, dict[str, object]]:
        user: Any = self.request.user
        return asked_place(self.request, user)

    def _concerned(self, place: Area) -> list[User]:
        """Return the officials whom it is about in person: those ticked that hold an office over it."""
        ticked = set(self.request.POST.getlist("concerns"))
        return [one.user for one in self._others(place) if str(one.user_id) in ticked]

    def _others(self, place: Area) -> list[Office]:
        """Return the officials over `place`; who opens a ticket leaves one about themselves to another."""
        return [one for one in offices.officials(place) if one.user_id != self.request.user.pk]

    def _show(
        self, *, refusal: str = "", wrong: dict[str, str] | None = None, status: int = 200
    ) -> HttpResponse:
        user: Any = self.request.user
        place, found = self._place()
        origin = origins.find(user, self.request.GET.get("from", ""))
        said: Any = self.request.POST or (origin.typed if origin else {})
        ticked = set(self.request.POST.getlist("concerns"))
        if origin and not self.request.POST:
            ticked = {str(pk) for pk in origin.apart}
        # Whom it is about does not put it right either.
        apart = {int(pk) for pk in ticked if pk.isascii() and pk.isdigit()}
        lines = [(line.value, line.label) for line in Line if line not in (Line.ALL, Line.FINANCE)]
        lines.append((Line.FINANCE.value, Line.FINANCE.label))
        context = self.get_context_data(
            **found,
            origin=origin,
            refusal=refusal or found["place_refusal"],
            wrong=wrong or {},
            typed=said,
            sources=Source.choices,
            lines=lines,
            owners=offices.opening_choices(place, said.get("line") or Line.ASSISTANCE, apart)
            if place
            else [],
            people=self._others(place) if place else [],
            ticked=ticked,
        )
        return self.render_to_response(context, status=status)


class TicketView(DeskMixin, TemplateView):
    """One ticket: what was found, what is wanted, what was done about it, and what the person may do now."""

    request: HttpRequest
    template_name = "desk/rectification/ticket.html"
    page_title = gettext_lazy("整改单")

    def roles(self) -> frozenset[str]:
        """Return those who own, accept or watch tickets; the ticket itself decides who reads it."""
        return gates.TICKET_READERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the ticket."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, accept, send back or pass on; or show again what was typed and why not."""
        ticket = self._find()
        try:
            said = self._act(ticket)
        except NoSuchTicket as error:
            raise Http404 from error
        except StaleTicket as error:
            return self._show(refusal=str(error), status=409)
        except BadTicket as error:
            return self._show(refusal=str(error), wrong=error.wrong, status=422)
        except (RectificationError, NotTaken) as error:
            return self._show(refusal=str(error), status=422)
        messages.success(request, said)
        return redirect("desk:ticket" if self._still_seen(ticket) else "desk:tickets", *self._back(ticket))

    def _act(self, ticket: Ticket) -> str:
        data, user = typed(self.request.POST), self.request.user
        given = data.get("seen", "")
        seen = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
        acting: dict[str, Any] = {"by": user, "ticket_id": ticket.pk, "seen_version": seen}
        if data.get("do") == "pass":
            services.pass_on(**acting, owner_role=data.get("owner", ""), reason=data.get("reason", ""))
            return _("已经换了承办，期限不变。")
        acts = {
            "answer": (services.answer, _("已经报上去，等验收。")),
            "accept": (services.accept, _("已经验收销号。")),
            "back": (services.send_back, _("已经退回，重新计期限。")),
        }
        found = acts.get(data.get("do", ""))
        if found is None:
            raise RectificationError(_("请选要做什么。"))
        act, said = found
        act(**acting, words=data.get("words", ""), files=prepared(self.request.FILES.getlist("files")))
        return said

    def _find(self) -> Ticket:
        found = Ticket.objects.visible_to(self.request.user).filter(number=self.kwargs["number"])
        people = ("opened_by", "answered_by", "closed_by", "opened_office__area")
        ticket: Ticket | None = found.select_related("area", "owner_area", *people).first()
        if ticket is None:
            raise Http404
        return ticket

    def _still_seen(self, ticket: Ticket) -> bool:
        return Ticket.objects.visible_to(self.request.user).filter(pk=ticket.pk).exists()

    def _back(self, ticket: Ticket) -> list[str]:
        return [ticket.number] if self._still_seen(ticket) else []

    def _show(
        self, *, refusal: str = "", wrong: dict[str, str] | None = None, status: int = 200
    ) -> HttpResponse:
        user: Any = self.request.user
        scope_of(user)
        ticket = self._find()
        context = self.get_context_data(
            **shown_of(user, ticket),
            origin=origins.link_of(user, ticket.reference),
            refusal=refusal,
            wrong=wrong or {},
            typed=self.request.POST if refusal else {},
        )
        return self.render_to_response(context, status=status)
