"""先帮后补: help that began before its procedure, by when the procedure is due, and recording such help."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.people.models import User
from portal.people.scope import scope_of
from workflows.changes import services
from workflows.changes.errors import ChangeRefused
from workflows.changes.models import Aid, ChangeRequest
from workflows.desk import gates
from workflows.desk.deadlines import shown
from workflows.engine.catalogue import flow
from workflows.engine.models import Case, CaseState

from .base import DeskMixin

MOST_URGENT = 200


class UrgentView(DeskMixin, TemplateView):
    """先帮后补: urgent entries and aids handed over first whose procedure is not through, by their limit."""

    request: HttpRequest
    template_name = "desk/urgent.html"
    page_title = gettext_lazy("先帮后补")

    def roles(self) -> frozenset[str]:
        """Return those who read cases."""
        return gates.READERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what is urgent within the person's offices."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record help that began first."""
        visible = Case.objects.visible_to(request.user).select_related("area")
        case = visible.filter(number=request.POST.get("case", "")[:48], change__urgent=True).first()
        if case is None:
            return self._show(refusal=_("先选是哪一件紧急的办件。"), status=422)
        try:
            on = date.fromisoformat(request.POST.get("started_on", ""))
        except ValueError:
            return self._show(refusal=_("开始日期请填成 2026-11-21 这样"), status=422, typed=case.number)
        try:
            services.start_measure(
                by=request.user, case=case, what=request.POST.get("what", ""), started_on=on
            )
        except ChangeRefused as error:
            return self._show(refusal=str(error), status=422, typed=case.number)
        messages.success(request, _("已经记下先采取的措施。"))
        return redirect("desk:urgent")

    def _show(self, *, refusal: str = "", status: int = 200, typed: str = "") -> HttpResponse:
        user: User = self.request.user
        visible = Case.objects.visible_to(user).filter(state=CaseState.ACTIVE)
        entries = ChangeRequest.objects.filter(case__in=visible, urgent=True).select_related(
            "case__area", "household"
        )
        entries = entries.prefetch_related("case__started_measures").order_by("limit_on", "pk")
        aids = Aid.objects.filter(case__in=visible, advanced_on__isnull=False).select_related(
            "case__area", "household"
        )
        rows = [_urgent(one, one.get_wanted_display()) for one in entries[:MOST_URGENT]]
        rows += [
            _urgent(one, _("临时救助（先行救助）")) for one in aids.order_by("limit_on", "pk")[:MOST_URGENT]
        ]
        rows.sort(key=lambda row: row["limit_on"] or date.max)
        context = self.get_context_data(
            rows=rows,
            refusal=refusal,
            typed=typed,
            post=self.request.POST,
            today=clock.today(),
            may_record=bool(scope_of(user).roles & set(services.MEASURING_ROLES)),
        )
        return self.render_to_response(context, status=status)


def _urgent(one: ChangeRequest | Aid, what: str) -> dict[str, Any]:
    case = one.case
    start = clock.day_of(case.opened_at)
    return {
        "case": case,
        "name": one.household.head_name,
        "place": f"{case.area} {one.household.group_name}",
        "what": what,
        "step": flow(case.flow_key, case.flow_version).step(case.step).name,
        "limit_on": one.limit_on,
        "deadline": shown(one.limit_on, case.area, start) if one.limit_on else None,
        "measures": list(case.started_measures.all()) if isinstance(one, ChangeRequest) else [],
        "advanced_fen": getattr(one, "advanced_fen", None),
        "urgent": isinstance(one, ChangeRequest),
    }
