"""申报: a programme, a household, the form; and correcting an application that is still at its first step."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal.people.models import User
from workflows.desk import case_page, filing, from_request, gates, keeping
from workflows.desk.attachments import NotAttached, attach
from workflows.desk.case_page import seat_refusal
from workflows.desk.filing import Input
from workflows.desk.models import Draft
from workflows.engine.catalogue import flow
from workflows.engine.errors import ActRefused, StaleCase
from workflows.engine.models import Case, CaseState
from workflows.programmes.answers import BadAnswers
from workflows.programmes.models import Programme, ProgrammeVersion
from workflows.programmes.services import (
    ProgrammeRefused,
    amend_application,
    current_version,
    file_application,
)
from workflows.registry.models import Household

from .base import DeskMixin

HOUSEHOLDS_A_PAGE = 30
LONGEST_ID = 18


def _number(given: str) -> int | None:
    return int(given) if given.isdecimal() and len(given) < LONGEST_ID else None


class FormView(DeskMixin, TemplateView):
    """What filing and amending share: the form from the definition and what is told about it."""

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

    def counted(self, version: ProgrammeVersion, inputs: list[Input]) -> int | None:
        """Return what would be granted for what stands in the form, putting errors at the inputs."""
        try:
            return filing.would_grant(version.definition, filing.answers_in(inputs))
        except BadAnswers as error:
            filing.mark(inputs, error)
            return None


class FileView(FormView):
    """A new application, in three steps on one address."""

    template_name = "desk/file.html"
    page_title = gettext_lazy("申报")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the programmes, or the households of a chosen one, or the form for a chosen household."""
        programme, version = self._programme(request.GET.get("programme", ""))
        if programme is None or version is None:
            return self.show(programmes=filing.programmes_for(self.user()))
        household = self._household(request.GET.get("household", ""))
        if household is None:
            return self._households(programme)
        inputs = filing.inputs_of(version.definition["fields"], {})
        draft = keeping.draft_at(self.user(), self._place(programme, household))
        if draft is not None:
            filing.type_in(inputs, keeping.fields_of(draft.body))
        return self._form(programme, version, household, inputs, draft=draft)

    def _place(self, programme: Programme, household: Household) -> str:
        """Return the name under which a draft of this form is kept; it names nobody."""
        return f"file:{programme.slug}:{household.pk}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Find a household by name, count what would be granted, or file."""
        programme, version = self._programme(request.POST.get("programme", ""))
        if programme is None or version is None:
            raise Http404
        if request.POST.get("do") == "find":
            # By POST: a person's name never stands in an address.
            return self._households(programme, request.POST.get("name", ""))
        household = self._household(request.POST.get("household", ""))
        if household is None:
            raise Http404
        if request.POST.get("do") in ("keep", "discard"):
            return self.keep(self._place(programme, household))
        inputs = filing.inputs_of(version.definition["fields"], {})
        filing.type_in(inputs, request.POST)
        if request.POST.get("do") == "count":
            granted = self.counted(version, inputs)
            return self._form(programme, version, household, inputs, granted=granted)
        try:
            answers = filing.answers_in(inputs)
            case = from_request.opened(
                request,
                self.user(),
                lambda: file_application(
                    by=self.user(), programme=programme, household=household, answers=answers
                ),
            )
        except BadAnswers as error:
            filing.mark(inputs, error)
            refusal = _("还有 %(count)s 处要改，写在各项下面。") % {"count": len(error.errors)}
            return self._form(programme, version, household, inputs, refusal=refusal, status=422)
        except (ProgrammeRefused, ActRefused) as error:
            return self._form(programme, version, household, inputs, refusal=str(error), status=422)
        keeping.drop_draft(self.user(), self._place(programme, household))
        messages.success(request, filing.filed_words(case))
        self._attach(case)
        return redirect("desk:case", case.number)

    def _attach(self, case: Case) -> None:
        """Attach what came with the form; a file that is not taken is told and may be sent again."""
        case = Case.objects.select_related("batch").get(pk=case.pk)
        try:
            _taken, refused = attach(self.user(), case, self.request.FILES.getlist("files"))
        except NotAttached as error:
            refused = [str(error)]
        for sentence in refused:
            messages.warning(
                self.request,
                _("附件没有收下：%(why)s 申报已经记下，附件可以在这里重新添加。") % {"why": sentence},
            )

    def _programme(self, slug: str) -> tuple[Programme | None, ProgrammeVersion | None]:
        if not slug:
            return None, None
        found = next((one for one in filing.programmes_for(self.user()) if one.slug == slug), None)
        version = current_version(found) if found else None
        if version is None:
            raise Http404
        return found, version

    def _household(self, given: str) -> Household | None:
        if not given:
            return None
        pk = _number(given)
        found = filing.households_for(self.user()).filter(pk=pk).first() if pk else None
        if found is None:
            raise Http404
        return found

    def _households(self, programme: Programme, name: str = "") -> HttpResponse:
        found = filing.households_for(self.user(), name)
        page = Paginator(found, HOUSEHOLDS_A_PAGE).get_page(self.request.GET.get("p"))
        return self.show(programme=programme, households=page, name=name)

    def _form(
        self,
        programme: Programme,
        version: ProgrammeVersion,
        household: Household,
        inputs: list[Input],
        *,
        granted: int | None = None,
        draft: Draft | None = None,
        refusal: str = "",
        status: int = 200,
    ) -> HttpResponse:
        return self.show(
            draft=draft,
            status=status,
            refusal=refusal,
            programme=programme,
            household=household,
            inputs=inputs,
            granted=granted,
            unmet=filing.unmet(household, programme, version.definition),
            terms=filing.terms(version.definition),
            typed=self.request.method == "POST",
        )


class AmendView(FormView):
    """The form of an application that has not left the village, or that came back to it."""

    template_name = "desk/amend.html"

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("修改申报 %(number)s") % {"number": self.kwargs["number"]}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form with what was filed."""
        case = self._case()
        application = case.application
        inputs = filing.inputs_of(application.programme_version.definition["fields"], application.answers)
        draft = keeping.draft_at(self.user(), f"amend:{case.number}")
        if draft is not None:
            filing.type_in(inputs, keeping.fields_of(draft.body))
        return self._form(case, inputs, case.batch.version, draft=draft)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change the answers, or show again what was typed."""
        case = self._case()
        if request.POST.get("do") in ("keep", "discard"):
            return self.keep(f"amend:{case.number}", case.batch.version)
        version = case.application.programme_version
        inputs = filing.inputs_of(version.definition["fields"], {})
        filing.type_in(inputs, request.POST)
        seen = _number(request.POST.get("seen_version", ""))
        if request.POST.get("do") == "count":
            return self._form(case, inputs, seen or 0, granted=self.counted(version, inputs))
        try:
            if seen is None:
                raise StaleCase
            amend_application(by=self.user(), case=case, seen_version=seen, answers=filing.answers_in(inputs))
        except BadAnswers as error:
            filing.mark(inputs, error)
            refusal = _("还有 %(count)s 处要改，写在各项下面。") % {"count": len(error.errors)}
            return self._form(case, inputs, seen or 0, refusal=refusal, status=422)
        except StaleCase as error:
            return self._form(case, inputs, case.batch.version, refusal=str(error), status=409)
        except (ProgrammeRefused, ActRefused) as error:
            return self._form(case, inputs, case.batch.version, refusal=str(error), status=422)
        keeping.drop_draft(self.user(), f"amend:{case.number}")
        messages.success(request, _("已经改好。"))
        return redirect("desk:case", case.number)

    def _case(self) -> Case:
        """Return the case where the person may amend it; for all others there is no such page."""
        case = case_page.find(self.user(), self.kwargs["number"])
        if case is None or case.state != CaseState.ACTIVE or seat_refusal(self.user(), case):
            raise Http404
        first = flow(case.flow_key, case.flow_version).steps[0].key
        if case.step != first or not hasattr(case, "application"):
            raise Http404
        return case

    def _form(
        self,
        case: Case,
        inputs: list[Input],
        seen: int,
        *,
        granted: int | None = None,
        draft: Draft | None = None,
        refusal: str = "",
        status: int = 200,
    ) -> HttpResponse:
        return self.show(
            draft=draft,
            status=status,
            refusal=refusal,
            case=case,
            household=case.application.household,
            programme=case.application.programme_version.programme,
            inputs=inputs,
            seen_version=seen,
            granted=granted,
            terms=filing.terms(case.application.programme_version.definition),
        )
