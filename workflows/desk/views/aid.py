"""申请临时救助; and the townships' reserves from which it is paid."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.areas.models import Level
from portal.people.scope import scope_of
from workflows.changes import services
from workflows.changes.aiding import committed_of
from workflows.changes.errors import ChangeRefused
from workflows.changes.forms import Asked
from workflows.changes.models import Need, Reserve
from workflows.desk import asking, from_request, gates, keeping
from workflows.desk.asking import Shown
from workflows.desk.form_parts import AreaField, YuanField
from workflows.desk.models import Draft
from workflows.engine.errors import ActRefused, StaleCase
from workflows.engine.models import Case
from workflows.registry.models import Household

from .base import DeskMixin
from .changes import ForHousehold, place_of

AID = "aid"
ASKED = (
    Asked("need", gettext_lazy("急难类型"), "choice"),
    Asked("reason", gettext_lazy("发生了什么、为什么急"), "long"),
    Asked("amount_fen", gettext_lazy("申请金额"), "money"),
)


def _inputs(household: Household, kept: dict[str, Any] | None = None) -> list[Shown]:
    shown = asking.inputs(ASKED, household, kept)
    shown[0].options = [(value, str(label)) for value, label in Need.choices]
    return shown


class AidView(ForHousehold):
    """A new temporary aid, in two steps on one address."""

    page_title = gettext_lazy("临时救助申请")
    lead = gettext_lazy("突发急难的户。等不得的可以先行救助，手续在期限内补办。")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the households, or the form of a chosen one."""
        household = self.household(request.GET.get("household", ""))
        if household is None:
            return self.households()
        shown = _inputs(household)
        draft = self.typed_before(shown, place_of(AID, household))
        kept = keeping.form_of(draft.body) if draft else {}
        return self._form(household, shown, urgent=kept.get("urgent") == "yes", draft=draft)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Find a household by name, or file."""
        if request.POST.get("do") == "find":
            return self.households(request.POST.get("name", ""))
        household = self.household(request.POST.get("household", ""))
        if household is None:
            return self.show(status=422, refusal=_("先选是哪一户。"))
        if self.keeps():
            return self.keep(place_of(AID, household))
        shown = _inputs(household)
        asking.type_in(shown, request.POST)
        urgent = request.POST.get("urgent") == "yes"
        said = asking.given(shown)
        try:
            case = from_request.opened(
                request,
                self.user(),
                lambda: services.file_aid(
                    by=self.user(),
                    household=household,
                    need=said["need"],
                    reason=said["reason"],
                    amount_fen=said["amount_fen"] or 0,
                    aid_first=urgent,
                ),
            )
        except ChangeRefused as error:
            asking.mark(shown, error.fields)
            return self._form(household, shown, urgent=urgent, refusal=str(error), status=422)
        except ActRefused as error:
            return self._form(household, shown, urgent=urgent, refusal=str(error), status=422)
        return self.filed(case, place_of(AID, household))

    def _form(
        self,
        household: Household,
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
            household=household,
            wanted=AID,
            wanted_label=_("临时救助"),
            inputs=shown,
            may_be_first=True,
            urgent=urgent,
            button=_("申请"),
        )


class AmendAidView(ForHousehold):
    """The form of an aid that has not left the village, or that came back to it."""

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("修改申请 %(number)s") % {"number": self.kwargs["number"]}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form with what was filed."""
        case = self.amendable("aid")
        kept = {"need": case.aid.sealed_need, "reason": case.aid.reason, "amount_fen": case.aid.requested_fen}
        shown = _inputs(case.aid.household, kept)
        return self._form(case, shown, draft=self.typed_before(shown, f"amend:{case.number}"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change what is asked for, or show again what was typed."""
        case = self.amendable("aid")
        if self.keeps():
            return self.keep(f"amend:{case.number}", case.batch.version)
        shown = _inputs(case.aid.household)
        asking.type_in(shown, request.POST)
        said = asking.given(shown)
        seen = request.POST.get("seen_version", "")
        try:
            if not seen.isdecimal():
                raise StaleCase
            services.amend_aid(
                by=self.user(),
                case=case,
                seen_version=int(seen),
                need=said["need"],
                reason=said["reason"],
                amount_fen=said["amount_fen"] or 0,
            )
        except ChangeRefused as error:
            asking.mark(shown, error.fields)
            return self._form(case, shown, refusal=str(error), status=422)
        except ActRefused as error:
            status = 409 if isinstance(error, StaleCase) else 422
            return self._form(case, shown, refusal=str(error), status=status)
        keeping.drop_draft(self.user(), f"amend:{case.number}")
        messages.success(request, _("已经改好。"))
        return redirect("desk:case", case.number)

    def _form(
        self,
        case: Case,
        shown: list[Shown],
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
            household=case.aid.household,
            wanted=AID,
            wanted_label=_("临时救助"),
            inputs=shown,
            seen_version=case.batch.version,
            button=_("改好"),
        )


class ReserveForm(forms.Form):
    """Which township, how much, from which money."""

    total_fen = YuanField(label=gettext_lazy("今年备用金（元）"))
    source = forms.CharField(label=gettext_lazy("资金来源"), max_length=120)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["township"] = AreaField(user, label=gettext_lazy("乡镇"))
        self.order_fields(["township", "total_fen", "source"])


class ReservesView(DeskMixin, TemplateView):
    """The reserves of this year within the person's offices, and what is left of each."""

    request: HttpRequest
    template_name = "desk/reserves.html"
    page_title = gettext_lazy("临时救助备用金")

    def roles(self) -> frozenset[str]:
        """Return those who read cases."""
        return gates.READERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the reserves."""
        return self._show(ReserveForm(user=request.user))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set a reserve, or show again what was typed."""
        form = ReserveForm(request.POST, user=request.user)
        if not form.is_valid():
            return self._show(form, status=422)
        said = form.cleaned_data
        try:
            services.set_reserve(
                by=request.user,
                township=said["township"],
                year=clock.today().year,
                total_fen=said["total_fen"],
                source=said["source"],
            )
        except ChangeRefused as error:
            form.add_error(None, str(error))
            return self._show(form, status=422)
        messages.success(request, _("备用金已经确定。"))
        return redirect("desk:reserves")

    def _show(self, form: ReserveForm, status: int = 200) -> HttpResponse:
        found = Reserve.objects.filter(year=clock.today().year).select_related("area")
        found = scope_of(self.request.user).filter(found, line_field=None).order_by("area_path")
        reserves = [one for one in found if one.area.level == Level.TOWNSHIP]
        spent = committed_of([one.pk for one in reserves])
        rows = [
            {
                "area": one.area,
                "total": one.total_fen,
                "left": one.total_fen - spent.get(one.pk, 0),
                "source": one.source,
            }
            for one in reserves
        ]
        context = self.get_context_data(
            rows=rows,
            form=form,
            year=clock.today().year,
            may_set=bool(scope_of(self.request.user).roles & set(services.RESERVE_ROLES)),
        )
        return self.render_to_response(context, status=status)
