"""消息: what the portal told the person who asks, and by which channels they want to be told."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from portal.outbox.choices import Chosen, choices_of, choose, set_address
from portal.outbox.errors import OutboxError
from portal.outbox.models import ROBOT_KINDS, Kind, MailMode, Message
from portal.outbox.services import mark_read, messages_of
from workflows.desk import gates
from workflows.desk.menu import unread_count

from .base import DeskMixin


class MessageColumn(Column):
    """The message, as a button that marks it read and leads to what it is about."""

    cell_template_name = "desk/cells/message.html"


class Messages(DeskMixin, BaseListingView):
    """The person's own messages, the unread ones first."""

    page_title = gettext_lazy("消息")
    template_name = "desk/messages.html"
    model = Message
    paginate_by = 20
    is_searchable = True
    index_url_name = "desk:messages"
    table_classname = "desk-table desk-list"
    columns = [MessageColumn("title", label=gettext_lazy("消息"), classname="desk-what")]

    def roles(self) -> frozenset[str]:
        """Return everybody who holds an office."""
        return gates.EVERYBODY

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Mark one message read and go where it leads, or mark all."""
        given = request.POST.get("message", "")
        # As many digits as a key can have: a longer number is no message of anybody's.
        pk = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
        mine = messages_of(request.user).filter(pk=pk).first() if pk is not None else None
        if mine is not None:
            mark_read(by=request.user, messages=[mine.pk])
            if mine.link:
                return redirect(mine.link)
        elif request.POST.get("do") == "all":
            mark_read(by=request.user)
            messages.success(request, _("都标成读过了。"))
        return redirect("desk:messages")

    def get_base_queryset(self) -> QuerySet[Message]:
        """Return the messages of the person who asks, nobody else's."""
        return messages_of(self.request.user)

    def search_queryset(self, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Find by words of the title."""
        words = self.search_query.strip()[:60]
        return queryset.filter(title__icontains=words) if words else queryset

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the words of an empty list and how many are unread."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        unread = unread_count(self.request)
        return context | {"nothing": _("没有消息。"), "search_hint": _("标题里的字"), "unread": unread}


class ChoicesView(DeskMixin, TemplateView):
    """By which channels the person is told of what; the desk itself always shows everything."""

    template_name = "desk/message_choices.html"

    def roles(self) -> frozenset[str]:
        """Return everybody who holds an office."""
        return gates.EVERYBODY

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("消息怎么通知我")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what is chosen now."""
        return self._show(choices_of(request.user))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep what was chosen; or show it again and say why not."""
        typed = {
            kind: Chosen(request.POST.get(f"mail-{kind}", ""), f"robot-{kind}" in request.POST)
            for kind in Kind.values
        }
        try:
            if "address" in request.POST:
                set_address(by=request.user, address=request.POST["address"])
            choose(by=request.user, choices=typed)
        except OutboxError as error:
            return self._show(typed, refusal=str(error), status=422)
        messages.success(request, _("记下了，从下一条消息起照办。"))
        return redirect("desk:message_choices")

    def _show(self, chosen: dict[str, Chosen], *, refusal: str = "", status: int = 200) -> HttpResponse:
        rows = [
            {"kind": kind, "chosen": chosen[kind], "robot": kind in ROBOT_KINDS}
            for kind in Kind
            if kind in chosen
        ]
        context = self.get_context_data(
            rows=rows,
            modes=MailMode.choices,
            refusal=refusal,
            address=self.request.POST.get("address", self.request.user.email),
        )
        return self.render_to_response(context, status=status)
