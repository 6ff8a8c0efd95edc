"""亲属回避: an official declares which households are their own or their relatives'."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.configuration.services import value
from portal.people.models import Office, User
from portal.people.scope import scope_of
from workflows.desk import gates, register_forms
from workflows.desk.register_forms import KinshipForm
from workflows.registry.keys import RECUSAL_DEGREES
from workflows.registry.kinships import RECORDING_ROLES, KinshipRefused, declare
from workflows.registry.models import Degree, Household, Kinship

from .base import DeskMixin

OFFERED = 30


class KinshipView(DeskMixin, TemplateView):
    """One's own declarations, and a new one: a household found by a full name, and what one is to it."""

    template_name = "desk/register/kinship.html"
    page_title = gettext_lazy("亲属回避")

    def roles(self) -> frozenset[str]:
        """Return those who decide on households."""
        return gates.OFFICIALS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what was declared."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Find a household, show the form for a chosen one, or record; else say why not, nothing lost."""
        what = request.POST.get("do", "")
        if what == "find":
            return self._find(request.POST.get("name", "").replace("\x00", "")[:40])
        if what not in ("choose", "declare"):
            return self._show(refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        household = self._household(request.POST.get("household", ""))
        if what == "choose":
            return self._show(household=household, form=KinshipForm(records=self._records(household)))
        return self._declare(household)

    def _user(self) -> User:
        user: User = self.request.user
        return user

    def _household(self, given: str) -> Household:
        pk = int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0
        found = Household.objects.visible_to(self._user()).select_related("area").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _records(self, household: Household) -> bool:
        return scope_of(self._user()).holds(RECORDING_ROLES, household.area_path, None) is not None

    def _find(self, name: str) -> HttpResponse:
        if not name.strip():
            return self._show(refusal=_("请写户主或家人的全名。"), status=422)
        found = register_forms.named(Household.objects.visible_to(self._user()), name)
        return self._show(found=list(found.select_related("area").order_by("pk")[:OFFERED]), name=name)

    def _declare(self, household: Household) -> HttpResponse:
        form = KinshipForm(self.request.POST, records=self._records(household))
        if not form.is_valid():
            refusal = _("还有要改的，写在各项下面。")
            return self._show(household=household, form=form, refusal=refusal, status=422)
        about = self._about(form, household)
        if about is None:
            form.add_error("username", _("管这个村的人里没有这个账号，请核对"))
            refusal = _("还有要改的，写在各项下面。")
            return self._show(household=household, form=form, refusal=refusal, status=422)
        office = next((held for held in scope_of(self._user()).offices if _covers(held, household)), None)
        try:
            declare(
                by=self._user(),
                office=office,
                user=about,
                household=household,
                degree=Degree(form.cleaned_data["degree"]),
            )
        except KinshipRefused as error:
            return self._show(household=household, form=form, refusal=str(error), status=422)
        messages.success(self.request, _("已经记下，这户的事由别人办。"))
        return redirect("desk:kinship")

    def _about(self, form: KinshipForm, household: Household) -> User | None:
        """Return whose relation it is: the person's own, or of somebody with an office over the place."""
        username = form.cleaned_data.get("username", "").strip()
        if not username or username == self._user().username:
            return self._user()
        offices = Office.objects.filter(user__username=username).in_force(clock.today())
        held = next((one for one in offices.select_related("area", "user") if _covers(one, household)), None)
        return held.user if held else None

    def _show(self, *, refusal: str = "", status: int = 200, **context: Any) -> HttpResponse:
        mine = Kinship.objects.filter(user=self._user()).select_related("household__area").order_by("pk")
        recusing = value(RECUSAL_DEGREES)
        declared = [{"one": one, "recuses": one.degree in recusing} for one in mine]
        data = self.get_context_data(declared=declared, refusal=refusal, **context)
        response: HttpResponse = self.render_to_response(data, status=status)
        add_never_cache_headers(response)
        return response


def _covers(office: Office, household: Household) -> bool:
    return bool(office.area.covers(household.area_path))
