"""配置: the dated figures of a county with their sources, proposed by one person and confirmed by another."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.configuration.errors import ConfigurationError
from portal.configuration.keys import Key, all_keys
from portal.configuration.models import Setting
from portal.configuration.services import confirm, propose, turn_down
from portal.configuration.standing import Standing, standing
from portal.people.models import Role, User
from portal.people.scope import scope_of
from workflows.desk import gates
from workflows.desk.setting_forms import ProposalForm, in_words
from workflows.desk.setting_groups import LONGEST_WORD, by_subject, matching

from .base import DeskMixin


def places_of(user: User) -> list[Area]:
    """Return the counties whose figures `user` keeps or watches: within an office, or around it."""
    reach = Q(pk__in=[])
    for held in scope_of(user).offices:
        if held.role in gates.SETTING_KEEPERS or held.role == Role.SUPERVISOR:
            path = held.area.path
            above = [path[:end] for end in range(Area.steplen, len(path) + 1, Area.steplen)]
            reach |= path_range(path, "path") | Q(path__in=above)
    return list(Area.objects.in_force(clock.today()).filter(reach, level=Level.COUNTY))


class SettingMixin(DeskMixin):
    """Which county is looked at, and which keys: an administrator's are the installation's own."""

    request: HttpRequest
    place: Area | None = None
    places: list[Area]

    def roles(self) -> frozenset[str]:
        """Return those who keep or watch settings."""
        return gates.SETTING_READERS

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def look(self) -> list[Key]:
        """Find the place asked for and return the keys that may be set there; Http404 without one."""
        self.places = places_of(self.user())
        technical = not gates.holds(self.user(), gates.SETTING_KEEPERS | {Role.SUPERVISOR})
        if not technical:
            code = self.request.GET.get("area", "")
            fitting = [place for place in self.places if not code or place.code == code]
            if not fitting:
                raise Http404
            self.place = fitting[0]
        return [key for key in all_keys() if key.technical == technical]

    def link(self, key: Key) -> str:
        """Return the address of the key's page for the place looked at."""
        address = reverse("desk:setting", args=[key.name])
        return f"{address}?{urlencode({'area': self.place.code})}" if self.place else address

    def row(self, one: Standing) -> dict[str, Any]:
        """Return what is shown of a key."""
        return {"one": one, "words": in_words(one.key, one.value), "link": self.link(one.key)}


class SettingsView(SettingMixin, TemplateView):
    """All figures: first those whose source nobody has confirmed."""

    template_name = "desk/settings/list.html"
    page_title = gettext_lazy("配置")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the figures in three heaps."""
        found = standing(self.look(), self.place)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        word = self.request.GET.get("q", "")[:LONGEST_WORD]
        rows = matching([self.row(one) for one in found], word)
        heaps: dict[str, list[dict[str, Any]]] = {"waiting": [], "unverified": [], "others": []}
        for row in rows:
            one = row["one"]
            heaps["waiting" if one.waiting else "unverified" if one.unverified else "others"].append(row)
        unfold = bool(word.strip())
        return context | {
            "place": self.place,
            "places": self.places,
            "word": word,
            "waiting": heaps["waiting"],
            "unverified": by_subject(heaps["unverified"], unfold=unfold),
            "unverified_count": len(heaps["unverified"]),
            "others": by_subject(heaps["others"], unfold=unfold),
        }


class SettingView(SettingMixin, TemplateView):
    """One figure: its value and source, what waits, what was before, and the form for a new value."""

    template_name = "desk/settings/setting.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the figure."""
        return self._show(self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Propose a value, confirm one or turn it down; or show again what was typed and why not."""
        one = self._find()
        what = request.POST.get("do", "")
        if what == "propose":
            return self._propose(one)
        if what == "confirm":
            return self._confirm(one)
        if what == "turn_down":
            return self._turn_down(one)
        return self._show(one, refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("配置")

    def _find(self) -> Standing:
        key = next((key for key in self.look() if key.name == self.kwargs["key"]), None)
        if key is None:
            raise Http404
        return standing([key], self.place)[0]

    def _form(self, one: Standing, data: Any = None) -> ProposalForm:
        initial = {"valid_from": clock.today()}
        return ProposalForm(data, key=one.key, user=self.user(), current=one.value, initial=initial)

    def _propose(self, one: Standing) -> HttpResponse:
        form = self._form(one, self.request.POST)
        if not form.is_valid():
            return self._show(one, form=form, refusal=_("还有要改的，写在各项下面。"), status=422)
        area = form.cleaned_data.get("area") or self.place
        if self.place is not None and area is not None and not self.place.covers(area.path):
            form.add_error("area", _("这个地方不在%(county)s") % {"county": self.place})
            return self._show(one, form=form, refusal=_("还有要改的，写在各项下面。"), status=422)
        try:
            propose(
                by=self.user(),
                key=one.key.name,
                area=area,
                value=form.proposed(),
                valid_from=form.cleaned_data["valid_from"],
                source=form.cleaned_data["source"],
            )
        except ConfigurationError as error:
            return self._show(one, form=form, refusal=str(error), status=422)
        messages.success(self.request, _("已经提出，等另一位负责人确认后生效。"))
        return redirect(self.link(one.key))

    def _given(self, one: Standing) -> Setting | None:
        given = self.request.POST.get("setting", "")
        return next((row for row in one.history if str(row.pk) == given), None)

    def _turn_down(self, one: Standing) -> HttpResponse:
        setting = self._given(one)
        if setting is None:
            return self._show(one, refusal=_("没有找到这一项，请刷新页面后再办。"), status=422)
        try:
            turn_down(by=self.user(), setting=setting, reason=self.request.POST.get("reason", ""))
        except ConfigurationError as error:
            return self._show(one, refusal=str(error), status=422)
        messages.success(self.request, _("没有采用，理由已经记下；原来的值不变。"))
        return redirect(self.link(one.key))

    def _confirm(self, one: Standing) -> HttpResponse:
        setting = self._given(one)
        if setting is None:
            return self._show(one, refusal=_("没有找到这一项，请刷新页面后再办。"), status=422)
        try:
            confirm(by=self.user(), setting=setting)
        except ConfigurationError as error:
            return self._show(one, refusal=str(error), status=422)
        messages.success(self.request, _("已经确认，到启用日期就按它办。"))
        return redirect(self.link(one.key))

    def _may(self, role: str, technical_role: str) -> bool:
        scope = scope_of(self.user())
        if self.place is None:
            return technical_role in scope.roles
        return scope.holds(role, self.place.path, None) is not None

    def _said(self, one: Standing, rows: list[Setting]) -> list[dict[str, Any]]:
        """Return settings with their words; nobody confirms what they proposed themselves."""
        mine = self.user().pk
        return [
            {"row": row, "words": in_words(one.key, row.value), "mine": row.proposed_by_id == mine}
            for row in rows
        ]

    def _show(
        self, one: Standing, *, form: ProposalForm | None = None, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        back = reverse("desk:settings")
        context = self.get_context_data(
            one=one,
            words=in_words(one.key, one.value),
            place=self.place,
            places=self.places,
            back=f"{back}?{urlencode({'area': self.place.code})}" if self.place else back,
            waiting=self._said(one, one.waiting),
            coming=self._said(one, one.coming),
            elsewhere=self._said(one, one.elsewhere),
            # What waits stands above, to be confirmed or turned down there.
            history=self._said(one, [row for row in one.history if row not in one.waiting]),
            proposes=self._may(Role.COUNTY_REVIEWER, Role.SYSTEM_ADMIN),
            confirms=self._may(Role.COUNTY_HEAD, Role.SECURITY_ADMIN),
            form=form or self._form(one),
            refusal=refusal,
            today=clock.today(),
        )
        return self.render_to_response(context, status=status)
