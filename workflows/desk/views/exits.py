"""申报退出: a household that is helped, its income of a year, and evidence for each criterion in force."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.changes import exit_income, forms, services, variants
from workflows.changes.errors import ChangeRefused
from workflows.changes.models import Wanted
from workflows.changes.rules import may_leave
from workflows.desk import asking, evidence, from_request
from workflows.desk.asking import Shown
from workflows.desk.models import Draft
from workflows.engine.errors import ActRefused
from workflows.registry.models import Household

from .changes import ForHousehold, place_of


class ExitView(ForHousehold):
    """A new exit, in two steps on one address."""

    page_title = gettext_lazy("退出申报")
    lead = gettext_lazy(
        "收入稳定超过标准、生活改善的户，经核查、评议、公示和审批后退出；再遇困难可以重新纳入。"
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the households, or the form of a chosen one."""
        household = self.household(request.GET.get("household", ""))
        if household is None:
            return self.households()
        shown = self._inputs(household)
        draft = self.typed_before(shown, place_of(Wanted.EXIT, household))
        return self._form(household, shown, draft=draft)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Find a household by name, or file."""
        if request.POST.get("do") == "find":
            return self.households(request.POST.get("name", ""))
        household = self.household(request.POST.get("household", ""))
        if household is None:
            return self.show(status=422, refusal=_("先选是哪一户。"))
        if self.keeps():
            return self.keep(place_of(Wanted.EXIT, household))
        shown = self._inputs(household)
        asking.type_in(shown, request.POST)
        said = asking.given(shown)
        evidence = {key.removeprefix("c-"): text for key, text in said.items() if key.startswith("c-")}
        try:
            case = from_request.opened(
                request,
                self.user(),
                lambda: services.file_exit(
                    by=self.user(), household=household, given=said, evidence=evidence
                ),
            )
        except ChangeRefused as error:
            asking.mark(shown, error.fields)
            return self._form(household, shown, refusal=str(error), status=422)
        except ActRefused as error:
            return self._form(household, shown, refusal=str(error), status=422)
        return self.filed(case, place_of(Wanted.EXIT, household))

    def helped(self) -> bool:
        """Only who is helped now can leave."""
        return True

    def _inputs(self, household: Household) -> list[Shown]:
        income = exit_income.newest(household)
        known = {"income_year": income.year, "income_fen": income.total_fen} if income else None
        shown = asking.inputs(forms.fields_of(Wanted.EXIT), household, known)
        _named, criteria = services.criteria_for(household)
        return shown + [
            Shown(f"c-{key}", text, "long", True, _("有什么依据：单据、照片、谁看过"))
            for key, text in criteria.items()
        ]

    def _form(
        self,
        household: Household,
        shown: list[Shown],
        *,
        draft: Draft | None = None,
        refusal: str = "",
        status: int = 200,
    ) -> HttpResponse:
        if not refusal and not may_leave(household):
            now = household.get_category_display()
            refusal = _("这户现在是%(now)s，不在要退出的名单里。") % {"now": now}
        return self.show(
            status=status,
            refusal=refusal,
            draft=draft,
            papers=evidence.of_flow(variants.flow_of(Wanted.EXIT)),
            incomes=exit_income.told(household),
            household=household,
            wanted=Wanted.EXIT.value,
            wanted_label=Wanted.EXIT.label,
            inputs=shown,
            button=_("申报退出"),
        )
