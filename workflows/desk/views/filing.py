"""申报: a programme, a household, the form; and correcting an application that is still at its first step."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.desk import evidence, filing, from_request, keeping
from workflows.desk.filing import Input
from workflows.desk.models import Draft
from workflows.engine.errors import ActRefused, StaleCase
from workflows.engine.models import Case
from workflows.programmes.answers import BadAnswers
from workflows.programmes.models import Programme, ProgrammeVersion
from workflows.programmes.services import (
    ProgrammeRefused,
    amend_application,
    current_version,
    file_application,
)
from workflows.registry.models import Household
from workflows.requests.models import Identified

from .filing_form import FilingForm, number_in


class ApplicationForm(FilingForm):
    """What filing and amending an application share: what would be granted for what is typed."""

    def counted(self, version: ProgrammeVersion, inputs: list[Input]) -> int | None:
        """Return what would be granted for what stands in the form, putting errors at the inputs."""
        try:
            return filing.would_grant(version.definition, filing.answers_in(inputs))
        except BadAnswers as error:
            filing.mark(inputs, error)
            return None


class FileView(ApplicationForm):
    """A new application, in three steps on one address."""

    template_name = "desk/file.html"
    page_title = gettext_lazy("申报")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the programmes, or the households of a chosen one, or the form for a chosen household."""
        programme, version = self._programme(request.GET.get("programme", ""))
        if programme is None or version is None:
            return self.show(programmes=filing.programmes_for(self.user()))
        household = self.household(request.GET.get("household", ""))
        if household is None:
            return self._households(programme)
        inputs = filing.inputs_of(version.definition["fields"], {})
        draft = keeping.draft_at(self.user(), self._place(programme, household))
        own = from_request.own_form_of(request, self.user(), programme)
        if draft is not None:
            filing.type_in(inputs, keeping.fields_of(draft.body))
        elif own is not None:
            # As it was typed, by the household or from its paper: what is put right stands beside it.
            filing.type_in(inputs, {f"a-{key}": said for key, said in own.answers.items()})
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
        household = self.household(request.POST.get("household", ""))
        if household is None:
            raise Http404
        if self.keeps():
            return self.keep(self._place(programme, household))
        inputs = filing.inputs_of(version.definition["fields"], {})
        filing.type_in(inputs, request.POST)
        if request.POST.get("do") == "count":
            granted = self.counted(version, inputs)
            return self._form(programme, version, household, inputs, granted=granted)
        own = from_request.own_form_of(request, self.user(), programme)
        try:
            answers = filing.answers_in(inputs)
            case = from_request.opened(
                request,
                self.user(),
                lambda: file_application(
                    by=self.user(),
                    programme=programme,
                    household=household,
                    answers=answers,
                    asked_on=own.received_on if own and own.files_itself else None,
                ),
            )
        except BadAnswers as error:
            filing.mark(inputs, error)
            refusal = _("还有 %(count)s 处要改，写在各项下面。") % {"count": len(error.errors)}
            return self._form(programme, version, household, inputs, refusal=refusal, status=422)
        except (ProgrammeRefused, ActRefused) as error:
            return self._form(programme, version, household, inputs, refusal=str(error), status=422)
        return self.filed(case, self._place(programme, household))

    def _programme(self, slug: str) -> tuple[Programme | None, ProgrammeVersion | None]:
        if not slug:
            return None, None
        found = next((one for one in filing.programmes_for(self.user()) if one.slug == slug), None)
        version = current_version(found) if found else None
        if version is None:
            raise Http404
        return found, version

    def _households(self, programme: Programme, name: str = "") -> HttpResponse:
        return self.show(programme=programme, households=self.found(name), name=name)

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
            own=from_request.own_form_of(self.request, self.user(), programme),
            ways_to_know=Identified.choices,
            identified=self.request.POST.get("identified", ""),
            papers=evidence.of_filing(version),
            typed=self.request.method == "POST",
        )


class AmendView(ApplicationForm):
    """The form of an application that has not left the village, or that came back to it."""

    template_name = "desk/amend.html"

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("修改申报 %(number)s") % {"number": self.kwargs["number"]}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form with what was filed."""
        case = self.amendable("application")
        application = case.application
        inputs = filing.inputs_of(application.programme_version.definition["fields"], application.answers)
        draft = keeping.draft_at(self.user(), f"amend:{case.number}")
        if draft is not None:
            filing.type_in(inputs, keeping.fields_of(draft.body))
        return self._form(case, inputs, case.batch.version, draft=draft)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change the answers, or show again what was typed."""
        case = self.amendable("application")
        if self.keeps():
            return self.keep(f"amend:{case.number}", case.batch.version)
        version = case.application.programme_version
        inputs = filing.inputs_of(version.definition["fields"], {})
        filing.type_in(inputs, request.POST)
        seen = number_in(request.POST.get("seen_version", ""))
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
