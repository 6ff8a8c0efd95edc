"""更正名单: a new version of a public list, looked at with all that follows before it is published."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from disclosure.deliberations.errors import DeliberationError
from disclosure.masking.services import NotForThePublic
from disclosure.publicity.errors import PublicityError
from disclosure.publicity.models import ListState, PublicList
from disclosure.publicity.services import correct, correcting_roles, last_day
from portal import clock
from portal.people.models import Office
from portal.people.scope import scope_of
from workflows.desk import correcting
from workflows.desk.correcting import Correction
from workflows.desk.publishing import address

from .base import DeskMixin


class CorrectView(DeskMixin, TemplateView):
    """The form of a correction: first what it would do, then, with a second button, the correction."""

    template_name = "desk/correct.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the rows as they stand."""
        found, _office = self._find()
        return self._show(correcting.start(found, request.GET.get("rows", "")))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what the correction would do, or do it; a refusal comes back with all that was typed."""
        found, office = self._find()
        form = correcting.read(found, request.POST)
        if form.errors:
            return self._show(form, refusal="；".join(form.errors), status=422)
        if not form.changed:
            return self._show(form, refusal=_("还没有改动哪一行，不用更正。"), status=422)
        if request.POST.get("do") != "correct":
            return self._show(form, previewed=True)
        try:
            new = correct(
                by=request.user, office=office, list_id=found.pk, rows=form.drafts(), reason=form.reason
            )
        except (PublicityError, DeliberationError, NotForThePublic) as error:
            return self._show(form, refusal=str(error), previewed=True, status=422)
        messages.success(request, _("已经更正，新的一版重新公示。"))
        return redirect("desk:list", new.number)

    def get_page_title(self) -> str:
        """Return the list's number."""
        return _("更正公示 %(number)s") % {"number": self.kwargs["number"]}

    def _find(self) -> tuple[PublicList, Office]:
        """Return the list and the office that may correct it; for everybody else it is not there."""
        scope = scope_of(self.request.user)
        found = scope.filter(PublicList.objects.published()).select_related("area", "deliberation")
        list = found.filter(number=self.kwargs["number"]).exclude(state=ListState.SUPERSEDED).first()
        office = (
            scope.holds(frozenset(correcting_roles(list.kind)), list.area_path, list.line) if list else None
        )
        if list is None or office is None:
            raise Http404
        return list, office

    def _show(
        self, form: Correction, *, refusal: str = "", previewed: bool = False, status: int = 200
    ) -> HttpResponse:
        today = clock.today()
        context = self.get_context_data(
            form=form,
            list=form.published,
            address=address(form.published),
            refusal=refusal,
            previewed=previewed,
            closes_on=last_day(today, form.published.days, form.published.day_kind),
        )
        return self.render_to_response(context, status=status)
