"""户档: one household with its history; its personal fields are revealed one at a time, each by a POST."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from portal import clock
from portal.files.errors import FileError
from portal.people.models import Line, User
from portal.people.scope import scope_of
from workflows.desk import household_page
from workflows.desk.household_page import Revealed
from workflows.desk.register_forms import CardForm, DetailsForm, IncomeForm, RevealForm
from workflows.registry import details
from workflows.registry.errors import RegisterRefused, RevealRefused
from workflows.registry.incomes import RECORDING_ROLES, Figures, record_income
from workflows.registry.models import Household, IncomeSource
from workflows.registry.reveals import Field, Reason, reveal
from workflows.registry.services import REGISTERING_ROLES

from .base import DeskMixin


class HouseholdView(DeskMixin, TemplateView):
    """One household, read by everybody whose offices cover its village."""

    template_name = "desk/register/household.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the household with its numbers masked."""
        return self._show(self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Reveal one field, or record details, a card or an income; else say why not, nothing lost."""
        household = self._find()
        deeds: dict[str, Callable[[Household], HttpResponse]] = {
            "reveal": self._reveal,
            "details": self._details,
            "card": self._card,
            "income": self._income,
        }
        deed = deeds.get(request.POST.get("do", ""))
        if deed is None:
            return self._show(household, refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        return deed(household)

    def get_page_title(self) -> str:
        """Return the number: no name stands in a window's title."""
        return _("户档 %(number)s") % {"number": self.kwargs["pk"]}

    def _user(self) -> User:
        user: User = self.request.user
        return user

    def _find(self) -> Household:
        found = household_page.find(self._user(), self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    def _reveal(self, household: Household) -> HttpResponse:
        """Show the one field that was asked for: in this answer alone, which no browser keeps."""
        typed = self.request.POST
        form = RevealForm(typed)
        if not form.is_valid():
            return self._show(household, refusal=_("请先选为什么要看，再点“查看”。"), status=422)
        given = typed.get("member", "")
        member = next((one for one in household.members.all() if str(one.pk) == given), None)
        try:
            field = Field(typed.get("field", ""))
            reason = Reason(form.cleaned_data["reason"])
            whole = reveal(by=self._user(), household=household, field=field, reason=reason, member=member)
        except ValueError:
            return self._show(household, refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        except RevealRefused as error:
            return self._show(household, refusal=str(error), status=422)
        return self._show(household, revealed=Revealed(field.value, member.pk if member else None, whole))

    def _details(self, household: Household) -> HttpResponse:
        form = DetailsForm(self.request.POST, prefix="details")
        if not form.is_valid():
            return self._again(household, details=form)
        typed = form.cleaned_data
        given = details.Details(
            group_name=typed["group_name"],
            phone=typed["phone"] or household.phone,
            cause=typed["cause"] or household.cause,
        )
        try:
            changed = details.correct(by=self._user(), household=household, details=given)
        except RegisterRefused as error:
            return self._again(household, error, details=form)
        return self._done(household, _("已经更正。") if changed else _("和原来一样，没有改动。"))

    def _card(self, household: Household) -> HttpResponse:
        form = CardForm(self.request.POST, self.request.FILES, prefix="card")
        if not form.is_valid():
            return self._again(household, card=form)
        typed = form.cleaned_data
        try:
            details.register_card(
                by=self._user(),
                household=household,
                number=typed["bank_card"],
                evidence=typed["evidence"],
            )
        except RegisterRefused as error:
            return self._again(household, error, card=form)
        except FileError as error:
            form.add_error("evidence", str(error))
            return self._again(household, card=form)
        return self._done(household, _("一卡通已经登记，凭证和变更都留了记录。"))

    def _income(self, household: Household) -> HttpResponse:
        form = IncomeForm(self.request.POST, prefix="income")
        if not form.is_valid():
            return self._again(household, income=form)
        typed = dict(form.cleaned_data)
        source = IncomeSource(typed.pop("source"))
        try:
            record_income(by=self._user(), household=household, figures=Figures(**typed), source=source)
        except RegisterRefused as error:
            return self._again(household, error, income=form)
        return self._done(household, _("%(year)s 年的收入已经记下。") % {"year": typed["year"]})

    def _done(self, household: Household, said: str) -> HttpResponse:
        messages.success(self.request, said)
        return redirect("desk:household", household.pk)

    def _again(
        self, household: Household, error: RegisterRefused | None = None, **bound: forms.Form
    ) -> HttpResponse:
        """Show the form that was sent as it was, with what is wrong at its fields."""
        refusal = _("还有要改的，写在各项下面。")
        if error is not None:
            form = next(iter(bound.values()))
            known = {name: said for name, said in error.fields.items() if name in form.fields}
            for name, said in known.items():
                form.add_error(name, said)
            refusal = refusal if known else str(error)
        return self._show(household, refusal=refusal, status=422, **bound)

    def _show(
        self,
        household: Household,
        *,
        refusal: str = "",
        revealed: Revealed | None = None,
        status: int = 200,
        **bound: forms.Form,
    ) -> HttpResponse:
        scope = scope_of(self._user())
        path = household.area_path
        registers = scope.holds(REGISTERING_ROLES, path, Line.ASSISTANCE) is not None
        changes = scope.holds(details.CHANGING_ROLES, path, Line.ASSISTANCE) is not None
        surveys = scope.holds(RECORDING_ROLES, path, Line.ASSISTANCE) is not None
        offered: dict[str, forms.Form | None] = {
            "details_form": (
                DetailsForm(prefix="details", initial={"group_name": household.group_name})
                if registers
                else None
            ),
            "card_form": (
                CardForm(prefix="card") if registers and (changes or not household.bank_card) else None
            ),
            "income_form": (
                IncomeForm(prefix="income", initial={"year": clock.today().year - 1}) if surveys else None
            ),
        }
        context = self.get_context_data(
            **household_page.page(self._user(), household, revealed),
            **(offered | {f"{name}_form": form for name, form in bound.items()}),
            open_form=next(iter(bound), ""),
            refusal=refusal,
            reveal_form=RevealForm(auto_id=False),
            revealed=revealed,
        )
        response: HttpResponse = self.render_to_response(context, status=status)
        add_never_cache_headers(response)
        return response
