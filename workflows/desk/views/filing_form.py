"""What every filing screen shares: the household, the person's draft, the case to amend, the files."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from portal.people.models import User
from workflows.desk import case_page, evidence, filing, gates, keeping
from workflows.desk.attachments import NotAttached, attach
from workflows.engine.catalogue import flow
from workflows.engine.models import Case, CaseState
from workflows.registry.models import Household

from .base import DeskMixin

HOUSEHOLDS_A_PAGE = 30
LONGEST_ID = 18
KEEPING = ("keep", "discard")


def number_in(given: str) -> int | None:
    """Return the number that was sent, None where it is none."""
    fits = given.isascii() and given.isdecimal() and len(given) < LONGEST_ID
    return int(given) if fits else None


class FilingForm(DeskMixin, TemplateView):
    """A form by which something is filed, or amended, for a household."""

    request: HttpRequest

    def roles(self) -> frozenset[str]:
        """Return those who file."""
        return gates.filing_roles()

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def show(self, *, status: int = 200, refusal: str = "", **context: Any) -> HttpResponse:
        """Show the page; a refusal stands above the form."""
        return self.render_to_response(self.get_context_data(refusal=refusal, **context), status=status)

    def found(self, name: str = "") -> Page:
        """Return a page of the households of the person's places, or of those with a member of that name."""
        households = filing.households_for(self.user(), name)
        return Paginator(households, HOUSEHOLDS_A_PAGE).get_page(self.request.GET.get("p"))

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

    def keeps(self) -> bool:
        """Return whether the form was sent to keep or to forget what is typed, and files nothing."""
        return self.request.POST.get("do") in KEEPING

    def keep(self, place: str, version: int = 0) -> HttpResponse:
        """Keep what is typed for this person at `place`, or forget it; nothing is filed by it."""
        script = self.request.headers.get("X-Desk-Draft") == "1"
        here = self.request.get_full_path()
        if self.request.POST.get("do") == "discard":
            keeping.drop_draft(self.user(), place)
            messages.success(self.request, _("填过没有办的已经清掉。"))
            return redirect(here)
        try:
            draft = keeping.keep_draft(user=self.user(), place=place, data=self.request.POST, version=version)
        except keeping.NotKept as error:
            if script:
                return JsonResponse({"why": str(error)}, status=422)
            messages.error(self.request, str(error))
            return redirect(here)
        if script:
            return JsonResponse({"at": f"{timezone.localtime(draft.saved_at):%H:%M}", "stale": False})
        messages.success(self.request, _("已经暂存，还没有申报；只有您自己看得到。附件要到申报时再选。"))
        return redirect(here)

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
                _("附件没有收下：%(why)s 申报已经记下，附件可以在这里重新添加。") % {"why": sentence},
            )
        return redirect("desk:case", case.number)
