"""雷达: the clues, one clue, the rules with their rates and switches, lists from outside."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.areas.models import Area, path_range
from portal.areas.names import full_names
from portal.configuration.services import value
from portal.people.models import Role
from workflows.rectification.errors import RectificationError
from workflows.rectification.offices import opening_choices
from workflows.supervision.reach import areas_within, offices_of
from workflows.supervision.views.base import SupervisionMixin

from .. import registry, services
from ..errors import BadFlagAct, NoSuchFlag, RadarError, StaleFlag
from ..groups import deadline_of, grouped
from ..keys import LEAST_NUMBERS
from ..models import OPEN_FLAG_STATES, Flag, FlagState, OutsideKind, OutsideList, Progress
from ..objects import pointed_at
from ..outside.comparing import compare
from ..outside.reading import too_large
from ..rates import Rate, rates
from ..switches import Switchboard, switch_off, switch_on, switches_over, switching_offices

PER_PAGE = 30


class RadarView(SupervisionMixin, TemplateView):
    """The clues within reach: those that wait by rule and place, the heaviest first; one by one if asked."""

    template_name = "desk/radar/radar.html"
    page_title = gettext_lazy("线索雷达")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the groups of clues that wait, or a page of the clues that were asked for."""
        asked = self.request.GET
        way = {key: asked.get(key, "") for key in ("rule", "area", "state", "each")}
        counted = rates(self.user())
        found = Flag.objects.visible_to(self.user()).select_related("area", "ticket")
        shown = self._one_by_one(found, way) if any(way.values()) else self._grouped(found)
        return super().get_context_data(**kwargs) | {
            **way,
            **shown,
            "rules": [(one, counted.get(one.code, Rate())) for one in registry.all_rules()],
            "states": FlagState.choices,
            "waiting": sum(rate.waiting for rate in counted.values()),
        }

    def _grouped(self, found: Any) -> dict[str, Any]:
        groups = grouped(self.user(), found)
        singles = full_names([one.oldest.area for one in groups if one.count == 1])
        rows = [(one, singles.get(one.oldest.area.code) if one.count == 1 else one.place) for one in groups]
        return {"groups": rows}

    def _one_by_one(self, found: Any, way: dict[str, str]) -> dict[str, Any]:
        if registry.is_known(way["rule"]):
            found = found.filter(rule=way["rule"])
        place = areas_within(self.user()).filter(code=way["area"]).first() if way["area"] else None
        if way["area"]:
            found = found.filter(path_range(place.path)) if place else found.none()
        if way["state"] in FlagState.values:
            found = found.filter(state=way["state"])
        elif way["state"] != "all":
            found = found.filter(state__in=OPEN_FLAG_STATES)
        before = self.request.GET.get("before", "")
        if before.isascii() and before.isdecimal() and len(before) < 19:
            found = found.filter(pk__lt=int(before))
        flags = list(found.order_by("-pk")[: PER_PAGE + 1])
        places = full_names({flag.area_id: flag.area for flag in flags}.values())
        older = urlencode({**way, "before": flags[PER_PAGE - 1].pk}) if len(flags) > PER_PAGE else ""
        rows = [(flag, registry.title(flag.rule), places[flag.area.code]) for flag in flags[:PER_PAGE]]
        return {"rows": rows, "older": older, "place": place}


class FlagView(SupervisionMixin, TemplateView):
    """One clue: why, what it points at, and what is done with it."""

    template_name = "desk/radar/flag.html"
    page_title = gettext_lazy("线索")

    @cached_property
    def flag(self) -> Flag:
        """Return the clue; Http404 where it is missing or hidden."""
        found = Flag.objects.visible_to(self.user()).filter(pk=self.kwargs["pk"])
        flag = found.select_related("area", "looked_by", "closed_by", "ticket").first()
        if flag is None:
            raise Http404
        return flag

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the clue."""
        return self.render_to_response(self.get_context_data(**kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do what was chosen; the form comes back as it was where it cannot be done."""
        flag, user = self.flag, self.user()
        version = request.POST.get("seen_version", "")
        seen = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else -1
        do = request.POST.get("do", "")
        try:
            if do == "look":
                services.look(by=user, flag_id=flag.pk, seen_version=seen)
                messages.success(request, _("已经记下您在看这条线索。"))
            elif do == "dismiss":
                reason = request.POST.get("reason", "").replace("\x00", "")
                services.dismiss(by=user, flag_id=flag.pk, seen_version=seen, reason=reason)
                messages.success(request, _("已定为误报，理由已经记下。"))
            elif do == "ticket":
                said = {key: request.POST.get(key, "").replace("\x00", "") for key in ("text", "wanted")}
                owner = request.POST.get("owner_role", "")
                _flag, ticket = services.make_ticket(
                    by=user, flag_id=flag.pk, seen_version=seen, owner_role=owner, **said
                )
                messages.success(request, _("已开整改单 %(number)s。") % {"number": ticket.number})
            else:
                return self._again(_("请选要办什么。"), 422)
        except NoSuchFlag:
            raise Http404 from None
        except StaleFlag as error:
            return self._again(str(error), 409)
        except (BadFlagAct, RectificationError) as error:
            return self._again(str(error), 422, getattr(error, "wrong", {}))
        return redirect("desk:flag", flag.pk)

    def _again(self, refusal: str, status: int, wrong: dict[str, str] | None = None) -> HttpResponse:
        del self.flag
        context = self.get_context_data(refusal=refusal, wrong=wrong or {}, said=self.request.POST)
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the clue with its rule and rate."""
        flag = self.flag
        rule = registry.get(flag.rule) if registry.is_known(flag.rule) else None
        apart = [flag.concerns_id] if flag.concerns_id else []
        kwargs.setdefault("wrong", {})
        kwargs.setdefault("said", {"text": flag.reason, "owner_role": Role.TOWNSHIP_HEAD})
        return super().get_context_data(**kwargs) | {
            "flag": flag,
            "rule": rule,
            "title": registry.title(flag.rule),
            "place": full_names([flag.area])[flag.area.code],
            "objects": pointed_at(self.user(), flag.objects_at),
            "rate": rates(self.user()).get(flag.rule, Rate()),
            "measured": rule.held(flag.measured) if rule else list(flag.measured.items()),
            "deadline": deadline_of(flag),
            "owners": opening_choices(flag.area, flag.line, apart) if flag.is_open else [],
        }


class RulesView(SupervisionMixin, TemplateView):
    """The rules: why, thresholds, rates, switches; everybody sees who switched what off."""

    template_name = "desk/radar/rules.html"
    page_title = gettext_lazy("雷达规则")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Switch a rule off or on again."""
        said = {key: request.POST.get(key, "").replace("\x00", "").strip() for key in SWITCH_FIELDS}
        try:
            area = self._area(said["area"])
            if said["do"] == "on":
                switch_on(by=self.user(), rule=said["rule"], area=area, reason=said["reason"])
            elif said["do"] == "off":
                until = _day(said["until"]) or clock.today()
                switch_off(by=self.user(), rule=said["rule"], area=area, until=until, reason=said["reason"])
            else:
                raise BadFlagAct({"rule": _("请选要开还是要停。")})
        except RadarError as error:
            context = self.get_context_data(said=said, refusal=str(error))
            return self.render_to_response(context, status=422)
        messages.success(request, _("已经记下，别的监督员都看得到。"))
        return redirect(f"{reverse('desk:radar_rules')}#{said['rule']}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return every rule with how it stands at the person's first place."""
        offices = offices_of(self.user())
        area = offices[0].area if offices else None
        counted = rates(self.user())
        board = Switchboard()
        ran = {one.rule: one for one in Progress.objects.all()}
        rows = [
            {
                "rule": rule,
                "rate": counted.get(rule.code, Rate()),
                "standing": rule.standing(area),
                "idle": rule.idle_at(area),
                "off": board.is_off(rule.code, area.path) if area else False,
                "ran": ran.get(rule.code),
            }
            for rule in registry.all_rules()
        ]
        kwargs.setdefault("said", {})
        switches = switches_over(self.user())
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "switches": [(one, registry.title(one.rule)) for one in switches],
            "places": [office.area for office in switching_offices(self.user())],
            "today": clock.today(),
        }

    def _area(self, code: str) -> Area:
        found = areas_within(self.user()).filter(code=code).first()
        if found is None:
            raise BadFlagAct({"area": _("您监督的地方里没有这个，请从列出的里面选。")})
        return found


SWITCH_FIELDS = ("do", "rule", "area", "until", "reason")


class OutsideView(SupervisionMixin, TemplateView):
    """Lists from outside: compared at once, kept nowhere."""

    template_name = "desk/radar/outside.html"
    page_title = gettext_lazy("外来名单比对")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Compare the list that was sent."""
        said = {
            key: request.POST.get(key, "").replace("\x00", "").strip()
            for key in ("kind", "area", "as_of", "basis")
        }
        try:
            file = request.FILES.get("file")
            area = areas_within(self.user()).filter(code=said["area"]).first()
            if area is None:
                raise BadFlagAct({"area": _("请选比对哪个地方的户档。")})
            if getattr(request, "too_large", False):
                raise BadFlagAct({"file": too_large()})
            if file is None:
                raise BadFlagAct({"file": _("请选名单文件。")})
            made, found = compare(
                by=self.user(),
                area=area,
                kind=said["kind"],
                as_of=_day(said["as_of"]),
                basis=said["basis"],
                data=file.read(),
            )
        except BadFlagAct as error:
            context = self.get_context_data(said=said, wrong=error.wrong)
            return self.render_to_response(context, status=422)
        told = {"lines": made.lines, "matched": made.matched, "found": found}
        messages.success(
            request, _("比了 %(lines)s 行，对上 %(matched)s 人，新线索 %(found)s 条。名单已经清除。") % told
        )
        return redirect("desk:outside")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the form and what was compared before."""
        kwargs.setdefault("said", {"as_of": clock.today().isoformat()})
        kwargs.setdefault("wrong", {})
        within = areas_within(self.user()).values("pk")
        places = [office.area for office in switching_offices(self.user())]
        made = OutsideList.objects.filter(area__in=within).select_related("area", "by").order_by("-pk")[:50]
        return super().get_context_data(**kwargs) | {
            "kinds": OutsideKind.choices,
            "least": value(LEAST_NUMBERS, places[0] if places else None),
            "places": places,
            "lists": made,
            "today": clock.today(),
        }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
