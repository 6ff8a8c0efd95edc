"""网站停用: outages that the site noticed or the administrator declared; a second person lets them count."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from disclosure.masking.services import NotForThePublic
from disclosure.publicity import outages
from disclosure.publicity.errors import BadOutage
from disclosure.publicity.incidents import Outage, OutageState
from portal.people.models import Office
from portal.people.scope import scope_of
from workflows.desk import gates

from .base import DeskMixin

SHOWN = 50


class OutagesView(DeskMixin, TemplateView):
    """The newest outages; a form for the system administrator, two buttons for the county."""

    template_name = "desk/outages.html"
    page_title = gettext_lazy("网站停用")

    def roles(self) -> frozenset[str]:
        """Return who declares, decides or watches."""
        return gates.OUTAGE_READERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show them."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Declare an outage, or decide on one; a refusal comes back with what was typed."""
        data = request.POST
        try:
            if data.get("do") == "declare":
                outages.declare(
                    by=request.user,
                    office=self._office(outages.DECLARING_ROLES),
                    begun_at=_moment(data.get("begun_at", "")),
                    ended_at=_moment(data.get("ended_at", "")),
                    why=data.get("why", ""),
                )
                messages.success(request, _("已经登记，等县里的人确认以后公示顺延。"))
            else:
                given = data.get("outage", "")
                outages.decide(
                    by=request.user,
                    office=self._office(outages.CONFIRMING_ROLES),
                    outage_id=int(given) if given.isdecimal() and len(given) < 18 else 0,
                    agreed=data.get("do") == "agree",
                )
                messages.success(request, _("已经定了。"))
        except (BadOutage, NotForThePublic) as error:
            return self._show(refusal=str(error), status=422)
        return redirect("desk:outages")

    def _office(self, roles: list[Any]) -> Office:
        held = next((one for one in scope_of(self.request.user).offices if one.role in roles), None)
        if held is None:
            raise BadOutage(_("您的职务不办这件事，请交给该办的人。"))
        return held

    def _show(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        roles = scope_of(self.request.user).roles
        people = ("declared_by", "confirmed_by")
        context = self.get_context_data(
            found=[*Outage.objects.select_related(*people).order_by("-begun_at", "-pk")[:SHOWN]],
            declares=bool(roles & {*outages.DECLARING_ROLES}),
            decides=bool(roles & {*outages.CONFIRMING_ROLES}),
            declared=OutageState.DECLARED,
            typed=self.request.POST if refusal else {},
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)


def _moment(text: str) -> datetime:
    """Return what a browser's field of day and hour holds, on the clock of the portal's zone."""
    try:
        return timezone.make_aware(datetime.fromisoformat(text[:16]))
    except ValueError:
        raise BadOutage(_("请填从哪天几点到哪天几点。")) from None
