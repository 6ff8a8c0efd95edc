"""申报变更: a household, what changes, the form; and amending one that is at its first step."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal.people.models import User
from workflows.changes import forms, services
from workflows.changes.errors import ChangeRefused
from workflows.changes.models import MAY_BE_URGENT, ChangeRequest, Wanted
from workflows.desk import asking, case_page, filing, from_request, gates
from workflows.desk.asking import Shown
from workflows.desk.attachments import NotAttached, attach
from workflows.engine.catalogue import flow
from workflows.engine.errors import ActRefused, StaleCase
from workflows.engine.models import Case, CaseState
from workflows.registry.models import Household

from .base import DeskMixin

HOUSEHOLDS_A_PAGE = 30
LONGEST_ID = 18


class ForHousehold(DeskMixin, TemplateView):
    """What the three filing screens share: finding a household by name, the form, the attachments."""

    request: HttpRequest
    template_name = "desk/change.html"
    lead = ""

    def roles(self) -> frozenset[str]:
        """Return those who file."""
        return gates.filing_roles()

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def show(self, *, status: int = 200, refusal: str = "", **context: Any) -> HttpResponse:
        """Show the page; a refusal stands above the form."""
        context |= {"lead": self.lead, "refusal": refusal}
        return self.render_to_response(self.get_context_data(**context), status=status)

    def households(self, name: str = "") -> HttpResponse:
        """Show the households of the person's places, or those with a member of that name."""
        found = filing.households_for(self.user(), name)
        page = Paginator(found, HOUSEHOLDS_A_PAGE).get_page(self.request.GET.get("p"))
        return self.show(households=page, name=name)

    def household(self, given: str) -> Household | None:
        """Return the household of that id where the person files for it; a hidden one is a missing one."""
        if not given:
            return None
        fits = given.isdecimal() and len(given) < LONGEST_ID
        found = filing.households_for(self.user()).filter(pk=int(given)).first() if fits else None
        if found is None:
            raise Http404
        return found

    def case(self, about: str) -> Case:
        """Return the case of the address, of which `about` tells, where the person may amend it now.

        For all others there is no such page.
        """
        case = case_page.find(self.user(), self.kwargs["number"])
        if case is None or case.state != CaseState.ACTIVE or case_page.seat_refusal(self.user(), case):
            raise Http404
        if case.step != flow(case.flow_key, case.flow_version).steps[0].key or not hasattr(case, about):
            raise Http404
        return case

    def filed(self, case: Case) -> HttpResponse:
        """Take the attachments, tell that the case is filed, and go to it."""
        messages.success(self.request, filing.filed_words(case))
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
        return redirect("desk:case", case.number)


class ChangeView(ForHousehold):
    """A new change: who, what, the form."""

    page_title = gettext_lazy("变更申报")
    lead = gettext_lazy(
        "纳入、返贫再纳入、变更类别，家里添人、去世、婚嫁、迁移、分户，换户主、换帮扶责任人。"
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the households, the changes of a chosen one, or the form of a chosen change."""
        household = self.household(request.GET.get("household", ""))
        if household is None:
            return self.households()
        wanted = request.GET.get("wanted", "")
        if not wanted:
            return self.show(household=household, choices=_choices())
        return self._form(household, wanted, asking.inputs(_asked(wanted), household))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Find a household by name (a name never stands in an address), or file."""
        if request.POST.get("do") == "find":
            return self.households(request.POST.get("name", ""))
        household = self.household(request.POST.get("household", ""))
        wanted = request.POST.get("wanted", "")
        if household is None:
            return self.show(status=422, refusal=_("先选是哪一户。"))
        shown = asking.inputs(_asked(wanted), household)
        asking.type_in(shown, request.POST)
        urgent = request.POST.get("urgent") == "yes"
        try:
            case = from_request.opened(
                request,
                self.user(),
                lambda: services.file_change(
                    by=self.user(),
                    household=household,
                    wanted=wanted,
                    given=asking.given(shown),
                    urgent=urgent,
                ),
            )
        except ChangeRefused as error:
            asking.mark(shown, error.fields)
            return self._form(household, wanted, shown, urgent=urgent, refusal=str(error), status=422)
        except ActRefused as error:
            return self._form(household, wanted, shown, urgent=urgent, refusal=str(error), status=422)
        return self.filed(case)

    def _form(
        self,
        household: Household,
        wanted: str,
        shown: list[Shown],
        *,
        urgent: bool = False,
        refusal: str = "",
        status: int = 200,
    ) -> HttpResponse:
        return self.show(
            status=status,
            refusal=refusal,
            household=household,
            wanted=wanted,
            wanted_label=Wanted(wanted).label,
            inputs=shown,
            may_be_urgent=wanted in MAY_BE_URGENT,
            urgent=urgent,
            button=_("申报"),
        )


def _choices() -> list[tuple[str, str]]:
    return [(one.value, str(one.label)) for one in Wanted if one != Wanted.EXIT]


def _asked(wanted: str) -> tuple[forms.Asked, ...]:
    if wanted not in dict(_choices()):
        raise Http404
    return forms.fields_of(wanted)


class AmendChangeView(ForHousehold):
    """The form of a change that has not left the village, or that came back to it."""

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("修改申报 %(number)s") % {"number": self.kwargs["number"]}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form with what was filed."""
        case = self.case("change")
        request_ = case.change
        shown = asking.inputs(forms.fields_of(request_.wanted), request_.household, request_.details)
        return self._form(case, request_, shown, case.batch.version)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change the answers, or show again what was typed."""
        case = self.case("change")
        request_ = case.change
        shown = asking.inputs(forms.fields_of(request_.wanted), request_.household)
        asking.type_in(shown, request.POST)
        seen = request.POST.get("seen_version", "")
        try:
            if not seen.isdecimal():
                raise StaleCase
            services.amend_change(
                by=self.user(),
                case=case,
                seen_version=int(seen),
                given=asking.given(shown),
                evidence={
                    key: request.POST.get(f"a-c-{key}", "") for key in request_.details.get("criteria", {})
                },
            )
        except ChangeRefused as error:
            asking.mark(shown, error.fields)
            return self._form(case, request_, shown, case.batch.version, refusal=str(error), status=422)
        except StaleCase as error:
            return self._form(case, request_, shown, case.batch.version, refusal=str(error), status=409)
        except ActRefused as error:
            return self._form(case, request_, shown, case.batch.version, refusal=str(error), status=422)
        messages.success(request, _("已经改好。"))
        return redirect("desk:case", case.number)

    def _form(
        self,
        case: Case,
        request_: ChangeRequest,
        shown: list[Shown],
        seen: int,
        *,
        refusal: str = "",
        status: int = 200,
    ) -> HttpResponse:
        criteria = [
            Shown(f"c-{key}", one["text"], "long", True, "", [one["evidence"]])
            for key, one in request_.details.get("criteria", {}).items()
        ]
        return self.show(
            status=status,
            refusal=refusal,
            case=case,
            household=request_.household,
            wanted=request_.wanted,
            wanted_label=request_.get_wanted_display(),
            inputs=[*shown, *criteria],
            seen_version=seen,
            button=_("改好"),
        )
