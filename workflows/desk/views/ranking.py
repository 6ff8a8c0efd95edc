"""排队: who of a programme's window stands where, why, and whom the money reaches; names by own area."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.people.scope import scope_of
from workflows.desk import gates
from workflows.desk.words import step_name
from workflows.engine.models import CaseState
from workflows.programmes import ranking
from workflows.programmes.models import Budget, Programme
from workflows.programmes.services import current_version

from .base import DeskMixin

A_PAGE = 50
ORDER = {
    "category": gettext_lazy("类别"),
    "income": gettext_lazy("人均收入低的在前"),
    "no_labour": gettext_lazy("没有劳动力的在前"),
}


class RankingView(DeskMixin, TemplateView):
    """The places of one programme's applicants. Households of other places stand without their names."""

    request: HttpRequest
    template_name = "desk/programmes/ranking.html"

    def roles(self) -> frozenset[str]:
        """Return those who read cases."""
        return gates.READERS

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("排队和候补")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the places, as far as the person may see them."""
        programme = Programme.objects.filter(slug=self.kwargs["slug"]).select_related("area").first()
        version = current_version(programme) if programme else None
        if programme is None or version is None or not self._near(programme):
            raise Http404
        definition = version.definition
        if not ranking.is_ranked(definition):
            raise Http404
        budget = Budget.objects.filter(programme=programme, year=clock.today().year).first()
        scope = scope_of(self.request.user)
        places = ranking.standing(programme.pk, definition, budget)
        page = Paginator(places, A_PAGE).get_page(self.request.GET.get("p"))
        rows = []
        for place in page:
            case = place.application.case
            mine = any(
                held.area.covers(case.area_path) and held.line in ("all", case.line) for held in scope.offices
            )
            rows.append(
                {
                    "rank": place.rank,
                    "name": place.application.household.head_name if mine else "",
                    "number": case.number if mine else "",
                    "village": case.area.name,
                    "fen": place.fen,
                    "reasons": "，".join(place.reasons) if mine else "",
                    "fits": place.fits,
                    "step": step_name(case) if case.state == CaseState.ACTIVE else _("办结"),
                }
            )
        window = ranking.window_of(definition)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "programme": programme,
            "rows": rows,
            "page": page,
            "reached": sum(place.fits for place in places),
            "waiting": sum(not place.fits for place in places),
            "opens": window[0] if window else None,
            "closes": window[1] if window else None,
            "open_now": bool(window and clock.today() <= window[1]),
            "total": budget.total_fen if budget else None,
            "order": [rule.get("text") or ORDER.get(rule["by"], "") for rule in definition["ranking"]],
        }

    def _near(self, programme: Programme) -> bool:
        """Tell whether an office of the person lies in the programme's county, or over it, on its line."""
        return any(
            (held.area.covers(programme.area_path) or held.area.path.startswith(programme.area_path))
            and held.line in ("all", programme.line)
            for held in scope_of(self.request.user).offices
        )
