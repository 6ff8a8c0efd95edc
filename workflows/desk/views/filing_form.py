"""What every filing screen shares: the household, the person's draft, the case to amend, the files."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from workflows.changes.forms import ENTERED
from workflows.desk import case_page, evidence, filing, from_request, gates, keeping
from workflows.desk.attachments import NotAttached, attach
from workflows.engine.catalogue import flow
from workflows.engine.models import Case, CaseState
from workflows.registry.models import Household

from .base import DeskMixin
from .kept import Kept

HOUSEHOLDS_A_PAGE = 30
LONGEST_ID = 18


def number_in(given: str) -> int | None:
    """Return the number that was sent, None where it is none."""
    fits = given.isascii() and given.isdecimal() and len(given) < LONGEST_ID
    return int(given) if fits else None


class FilingForm(Kept, DeskMixin, TemplateView):
    """A form by which something is filed, or amended, for a household."""

    request: HttpRequest

    def roles(self) -> frozenset[str]:
        """Return those who file; the township for a request that it has from a village where nobody does."""
        stands_in = from_request.stands_in(self.request, self.user())
        return gates.filing_roles() | ({filing.DEPUTY} if stands_in else set())

    def show(self, *, status: int = 200, refusal: str = "", **context: Any) -> HttpResponse:
        """Show the page; a refusal stands above the form."""
        return self.render_to_response(self.get_context_data(refusal=refusal, **context), status=status)

    def found(self, name: str = "") -> Page:
        """Return a page of the households of the person's places, or of those with a member of that name."""
        households = filing.households_for(self.user(), name)
        if self.helped():
            households = households.filter(category__in=ENTERED)
        return Paginator(households, HOUSEHOLDS_A_PAGE).get_page(self.request.GET.get("p"))

    def helped(self) -> bool:
        """Return whether the form is only for households that are helped now as monitored or low-income."""
        return False

    def household(self, given: str) -> Household | None:
        """Return the household of that id where the person files for it; a hidden one is a missing one."""
        if not given:
            return None
        pk = number_in(given)
        found = filing.households_for(self.user()).filter(pk=pk).first() if pk else None
        if found is None:
            raise Http404
        return found

    def amendable(self, about: str) -> Case:
        """Return the case of the address, of which `about` tells, where the person may amend it now.

        For all others there is no such page.
        """
        case = case_page.find(self.user(), self.kwargs["number"])
        if case is None or case.state != CaseState.ACTIVE or case_page.seat_refusal(self.user(), case):
            raise Http404
        if case.step != flow(case.flow_key, case.flow_version).steps[0].key or not hasattr(case, about):
            raise Http404
        return case

    def filed(self, case: Case, place: str) -> HttpResponse:
        """Forget the draft at `place`, take the attachments, tell that the case is filed, and go to it."""
        keeping.drop_draft(self.user(), place)
        messages.success(self.request, filing.filed_words(case))
        case = Case.objects.select_related("batch").get(pk=case.pk)
        refused: list[str] = []
        for what, uploads in evidence.sent(self.request.FILES, case):
            try:
                _taken, some = attach(self.user(), case, uploads, what)
            except NotAttached as error:
                some = [str(error)]
            refused += some
        for sentence in refused:
            messages.warning(
                self.request,
                _("附件没有收下：%(why)s。申报已经记下，附件可以在这里重新添加。")
                % {"why": sentence.rstrip("。")},
            )
        return redirect("desk:case", case.number)
