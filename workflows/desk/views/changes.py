"""申报变更: a household, what changes, the form; and amending one that is at its first step."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.changes import forms, services, variants
from workflows.changes.errors import ChangeRefused
from workflows.changes.models import MAY_BE_URGENT, ChangeRequest, Wanted
from workflows.desk import asking, evidence, from_request, keeping
from workflows.desk.asking import Shown
from workflows.desk.models import Draft
from workflows.engine.errors import ActRefused, StaleCase
from workflows.engine.models import Case
from workflows.registry.models import Household

from .filing_form import FilingForm


class ForHousehold(FilingForm):
    """What the screens of changes, exits and aids share: one template, and the draft laid over the inputs."""

    template_name = "desk/change.html"
    lead: str | Promise = ""

    def show(self, **context: Any) -> HttpResponse:
        """Show the page, with what it is for."""
        return super().show(lead=self.lead, **context)

    def households(self, name: str = "") -> HttpResponse:
        """Show the households of the person's places, or those with a member of that name."""
        return self.show(households=self.found(name), name=name)

    def typed_before(self, shown: list[Shown], place: str) -> Draft | None:
        """Put what the person kept at `place` into the inputs; return their draft."""
        draft = keeping.draft_at(self.user(), place)
        if draft is not None:
            asking.type_in(shown, keeping.form_of(draft.body))
        return draft


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
            return self.show(household=household, choices=_choices_of(household))
        shown = asking.inputs(_asked(wanted), household)
        draft = self.typed_before(shown, place_of(wanted, household))
        kept = keeping.form_of(draft.body) if draft else {}
        return self._form(household, wanted, shown, urgent=kept.get("urgent") == "yes", draft=draft)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Find a household by name (a name never stands in an address), or file."""
        if request.POST.get("do") == "find":
            return self.households(request.POST.get("name", ""))
        household = self.household(request.POST.get("household", ""))
        wanted = request.POST.get("wanted", "")
        if household is None:
            return self.show(status=422, refusal=_("先选是哪一户。"))
        shown = asking.inputs(_asked(wanted), household)
        if self.keeps():
            return self.keep(place_of(wanted, household))
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
        return self.filed(case, place_of(wanted, household))

    def _form(
        self,
        household: Household,
        wanted: str,
        shown: list[Shown],
        *,
        urgent: bool = False,
        draft: Draft | None = None,
        refusal: str = "",
        status: int = 200,
    ) -> HttpResponse:
        return self.show(
            status=status,
            refusal=refusal,
            draft=draft,
            papers=evidence.of_flow(variants.latest_of(wanted)),
            household=household,
            wanted=wanted,
            wanted_label=Wanted(wanted).label,
            inputs=shown,
            may_be_urgent=wanted in MAY_BE_URGENT,
            urgent=urgent,
            button=_("申报"),
        )


def place_of(wanted: str, household: Household) -> str:
    """Return the name under which a draft of this form is kept; it names nobody."""
    return f"{wanted}:{household.pk}"


def _choices() -> list[tuple[str, str]]:
    return [(one.value, str(one.label)) for one in Wanted if one != Wanted.EXIT]


def _choices_of(household: Household) -> list[tuple[str, str]]:
    """Return the changes that `household` can ask for: who is helped does not enter again."""
    idle = {Wanted.ENTER, Wanted.REENTER} if household.category in forms.ENTERED else {Wanted.CATEGORY}
    return [(value, label) for value, label in _choices() if value not in idle]


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
        case = self.amendable("change")
        request_ = case.change
        shown = _amended(request_, request_.details)
        draft = self.typed_before(shown, f"amend:{case.number}")
        return self._form(case, request_, shown, case.batch.version, draft=draft)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change the answers, or show again what was typed."""
        case = self.amendable("change")
        request_ = case.change
        if self.keeps():
            return self.keep(f"amend:{case.number}", case.batch.version)
        shown = _amended(request_, {})
        asking.type_in(shown, request.POST)
        said = asking.given(shown)
        seen = request.POST.get("seen_version", "")
        try:
            if not seen.isdecimal():
                raise StaleCase
            services.amend_change(
                by=self.user(),
                case=case,
                seen_version=int(seen),
                given=said,
                evidence={key: said[f"c-{key}"] for key in request_.details.get("criteria", {})},
            )
        except ChangeRefused as error:
            asking.mark(shown, error.fields)
            return self._form(case, request_, shown, case.batch.version, refusal=str(error), status=422)
        except StaleCase as error:
            return self._form(case, request_, shown, case.batch.version, refusal=str(error), status=409)
        except ActRefused as error:
            return self._form(case, request_, shown, case.batch.version, refusal=str(error), status=422)
        keeping.drop_draft(self.user(), f"amend:{case.number}")
        messages.success(request, _("已经改好。"))
        return redirect("desk:case", case.number)

    def _form(
        self,
        case: Case,
        request_: ChangeRequest,
        shown: list[Shown],
        seen: int,
        *,
        draft: Draft | None = None,
        refusal: str = "",
        status: int = 200,
    ) -> HttpResponse:
        return self.show(
            status=status,
            refusal=refusal,
            draft=draft,
            case=case,
            household=request_.household,
            wanted=request_.wanted,
            wanted_label=request_.get_wanted_display(),
            inputs=shown,
            seen_version=seen,
            button=_("改好"),
        )


def _amended(request_: ChangeRequest, details: Mapping[str, Any]) -> list[Shown]:
    """Return the inputs of what was filed, with the evidence of an exit's criteria, filled with `details`."""
    shown = asking.inputs(forms.fields_of(request_.wanted), request_.household, details)
    return shown + [
        Shown(f"c-{key}", one["text"], "long", True, "", [one["evidence"]] if details else [])
        for key, one in forms.criteria_of(request_.details, request_.household).items()
    ]
