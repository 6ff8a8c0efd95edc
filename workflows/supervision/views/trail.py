"""The trail, one act of it, and taking it away."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal.ledger import kinds
from portal.ledger.models import Checkpoint
from workflows.desk import gates
from workflows.desk.views.paper import FoundView
from workflows.programmes.models import Programme

from .. import exports, searching
from ..acts import Act, act_of, lines
from ..asked import Asked, AskedWrongly, pack, read, typed, unpack
from ..trail import Page, page, why_nothing
from .base import SupervisionMixin

TOKEN = "s"


class TrailView(SupervisionMixin, TemplateView):
    """留痕: what is asked for, a page at a time. Asking is a POST, so that it can be kept."""

    template_name = "desk/supervision/trail.html"
    page_title = gettext_lazy("留痕")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page that the address names."""
        return self.render_to_response(self.get_context_data(**kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take what is asked for; come back filled in where it cannot be looked for."""
        said = typed(request.POST)
        try:
            asked = read(self.user(), said)
        except AskedWrongly as error:
            context = self.get_context_data(said=said, wrong={error.field: str(error)})
            return self.render_to_response(context, status=422)
        if asked.is_everything:
            return redirect("desk:trail")
        searching.note(self.user(), asked)
        return redirect(f"{reverse('desk:trail')}?{urlencode({TOKEN: pack(self.user(), asked)})}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the page and the form as it was filled in."""
        user = self.user()
        token = self.request.GET.get(TOKEN, "")
        asked = unpack(user, token) if token else Asked()
        wrong = kwargs.get("wrong", {})
        # Below a form that cannot be looked for, lines that nobody asked for would pass for the answer.
        numbers = {name: _number(self.request, name) for name in ("before", "after")}
        shown = Page([], None, None) if wrong else page(user, asked, **numbers)
        nothing = "" if shown.events or wrong or asked.is_everything else why_nothing(user, asked)
        way = {TOKEN: token} if token else {}
        return super().get_context_data(**kwargs) | {
            "lines": lines(shown.events),
            "older": urlencode({**way, "before": shown.older}) if shown.older else "",
            "newer": urlencode({**way, "after": shown.newer}) if shown.newer else "",
            "said": kwargs.get("said") or typed(vars(asked)),
            "wrong": wrong,
            "nothing": nothing,
            "asked": not asked.is_everything,
            "token": token,
            "kinds": [(key, str(label)) for key, label in kinds.choices()],
            "programmes": Programme.objects.order_by("title"),
        }


class ActView(SupervisionMixin, TemplateView):
    """One act in full, with its proof."""

    template_name = "desk/supervision/act.html"
    page_title = gettext_lazy("一笔留痕")
    act: Act | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer for an act that is missing or hidden the same 404, whatever the method."""
        gates.require(request.user, self.roles())
        self.act = act_of(self.user(), kwargs["sequence"])
        if self.act is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the act, and whether a signature covers it."""
        act = self.act
        assert act is not None
        covering = Checkpoint.objects.filter(size__gte=act.event.sequence).exists()
        return super().get_context_data(**kwargs) | {"act": act, "proved": covering}


class ExportTrailView(FoundView):
    """The trail as a table with its proofs."""

    def roles(self) -> frozenset[str]:
        """Return those who supervise."""
        return gates.SUPERVISORS

    def find(self) -> Any:
        """Nothing is looked for: the table holds what the person may see."""
        return True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Give the zip; or go back with what to do."""
        token = request.POST.get(TOKEN, "")
        asked = unpack(self.user(), token) if token else Asked()
        if token and asked.is_everything:
            # Of everything nothing is ever packed: it ran out, or is somebody else's.
            messages.error(request, _("筛选条件过期了，请重新查一次再导出。"))
            return redirect("desk:trail")
        try:
            name, data = exports.export(by=self.user(), asked=asked, form=request.POST.get("form", ""))
        except exports.TrailNotExported as error:
            messages.error(request, str(error))
            return self.back()
        response = HttpResponse(data, content_type="application/zip")
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def back(self) -> HttpResponse:
        """Return to the trail as it was asked for."""
        token = self.request.POST.get(TOKEN, "")
        address = reverse("desk:trail")
        return redirect(f"{address}?{urlencode({TOKEN: token})}" if token else address)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
