"""抽查: sealing and drawing, what was drawn, the bundle, and the page on which a visit is written down."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from disclosure.masking.services import NotForThePublic
from portal import clock
from portal.areas.models import Area
from portal.configuration.services import value
from portal.ledger import evidence
from portal.ledger.draws import BadFrame
from portal.people.models import Line, User
from portal.people.scope import scope_of
from workflows.desk import gates, spot_check_page
from workflows.desk.places import asked_place
from workflows.desk.programme_page import readable
from workflows.desk.signing import day_of
from workflows.desk.typed import typed
from workflows.desk.uploading import NotTaken, prepared
from workflows.rectification.errors import RectificationError
from workflows.spotchecks import keys, services, visits
from workflows.spotchecks.errors import BadCheck, NoSuchCheck, SpotCheckError
from workflows.spotchecks.frames import AID, Wanted
from workflows.spotchecks.models import CHECKING_ROLES, CheckState, SpotCheck

from .base import DeskMixin


class CheckColumn(Column):
    """What is checked, where, of which days."""

    cell_template_name = "desk/cells/spot_check.html"


class CheckStateColumn(Column):
    """How far it is."""

    cell_template_name = "desk/cells/spot_check_state.html"


class CheckMixin(DeskMixin):
    """Supervisors and assessors; for everybody else there are no spot checks."""

    def roles(self) -> frozenset[str]:
        """Return those who draw and visit."""
        return gates.CHECKERS

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user


class SpotChecks(CheckMixin, BaseListingView):
    """The checks in sight, those that were given up too: nobody seals until the sample suits."""

    page_title = gettext_lazy("抽查")
    template_name = "desk/spotchecks/list.html"
    model = SpotCheck
    paginate_by = 20
    index_url_name = "desk:spot_checks"
    table_classname = "desk-table desk-list"
    columns = [
        CheckColumn("title", label=gettext_lazy("抽查"), classname="desk-what"),
        CheckStateColumn("state", label=gettext_lazy("到哪一步"), classname="desk-due"),
    ]

    def get_base_queryset(self) -> QuerySet[SpotCheck]:
        """Return the checks in sight, the newest first."""
        found = SpotCheck.objects.visible_to(self.request.user)
        return found.select_related("area", "programme").order_by("-pk")


class NewSpotCheckView(CheckMixin, TemplateView):
    """Choosing programme, place and days, and sealing the frame with a seed."""

    template_name = "desk/spotchecks/new.html"
    page_title = gettext_lazy("新的抽查")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Seal, or show again what was typed and why not."""
        user, data = self.user(), typed(request.POST)
        place, _found = asked_place(request, user)
        asked = data.get("programme", "")
        programme = readable(user).filter(slug=asked).first()
        if place is None or (programme is None and asked != AID):
            return self._show(refusal=_("请先选地方和项目。"), status=422)
        try:
            wanted = Wanted(
                programme,
                place,
                day_of(data.get("first_day", ""), _("开始日期")),
                day_of(data.get("last_day", ""), _("结束日期")),
                data.get("with_unpaid") == "1",
            )
            check = services.prepare(
                by=user,
                wanted=wanted,
                title=data.get("title", ""),
                per_village=_whole(data.get("per_village", "")),
                percent=_whole(data.get("percent", "")),
            )
        except BadCheck as error:
            return self._show(refusal=str(error), wrong=error.wrong, status=422)
        except (SpotCheckError, BadFrame, NotForThePublic, ValueError) as error:
            return self._show(refusal=str(error), status=422)
        messages.success(request, _("名册和种子已经封存进账本。等账本签名以后就能抽样。"))
        return redirect("desk:spot_check", check.number)

    def _may_aid(self, place: Area) -> bool:
        """Return whether temporary aid may be checked there; the service asks again."""
        return scope_of(self.user()).holds(CHECKING_ROLES, place.path, Line.CIVIL_AFFAIRS) is not None

    def _show(
        self, *, refusal: str = "", wrong: dict[str, str] | None = None, status: int = 200
    ) -> HttpResponse:
        place, found = asked_place(self.request, self.user())
        today = clock.today()
        first = {
            "first_day": date(today.year, 1, 1).isoformat(),
            "last_day": today.isoformat(),
            "per_village": value(keys.PER_VILLAGE, place),
            "percent": value(keys.PERCENT, place),
        }
        context = self.get_context_data(
            **found,
            programmes=readable(self.user()).order_by("title") if place else [],
            aid=AID if place and self._may_aid(place) else "",
            refusal=refusal or found["place_refusal"],
            wrong=wrong or {},
            typed=self.request.POST or first,
        )
        return self.render_to_response(context, status=status)


class SpotCheckView(CheckMixin, TemplateView):
    """One check: sealed, then drawn, then visited house by house, then closed."""

    template_name = "desk/spotchecks/check.html"
    page_title = gettext_lazy("抽查")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the check."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draw, give up or close; or say why not."""
        check = found_check(self.user(), self.kwargs["number"])
        words = typed(request.POST).get("words", "")
        acting: dict[str, Any] = {"by": self.user(), "check_id": check.pk}
        try:
            match request.POST.get("do"):
                case "draw":
                    services.draw(**acting)
                    messages.success(request, _("抽好了。抽中的只有您看得到，入户以前不要外传。"))
                case "abandon":
                    services.abandon(**acting, reason=words)
                case "close":
                    services.close(**acting, words=words)
                    messages.success(request, _("已经办结。"))
                case _other:
                    raise SpotCheckError(_("请选要做什么。"))
        except NoSuchCheck as error:
            raise Http404 from error
        except SpotCheckError as error:
            return self._show(refusal=str(error), status=422)
        return redirect("desk:spot_check", check.number)

    def _show(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        check = found_check(self.user(), self.kwargs["number"])
        context = self.get_context_data(
            **spot_check_page.shown_of(check),
            refusal=refusal,
            typed=self.request.POST if refusal else {},
        )
        return self.render_to_response(context, status=status)


class SpotVisitView(CheckMixin, TemplateView):
    """入户 on a phone: whom they met, what they saw, what the household says it received, the handprint."""

    request: HttpRequest
    template_name = "desk/spotchecks/visit.html"
    page_title = gettext_lazy("入户")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the household, and the form."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record the visit, or show again what was typed and why not."""
        check = found_check(self.user(), self.kwargs["number"])
        position = self.kwargs["position"]
        try:
            said = spot_check_page.said_in(typed(request.POST))
            visit = visits.record_visit(
                by=self.user(),
                check_id=check.pk,
                position=position,
                said=said,
                photos=prepared(request.FILES.getlist("photos")),
            )
        except BadCheck as error:
            return self._show(refusal=str(error), wrong=error.wrong, status=422)
        except NoSuchCheck as error:
            raise Http404 from error
        except (SpotCheckError, RectificationError, NotTaken, ValueError) as error:
            return self._show(refusal=str(error), status=422)
        if visit.ticket:
            messages.warning(
                request, _("和账上对不上，已经开了整改单 %(number)s。") % {"number": visit.ticket.number}
            )
        else:
            messages.success(request, _("记下了。"))
        return redirect("desk:spot_check", check.number)

    def _show(
        self, *, refusal: str = "", wrong: dict[str, str] | None = None, status: int = 200
    ) -> HttpResponse:
        check = found_check(self.user(), self.kwargs["number"])
        if check.state not in (CheckState.DRAWN, CheckState.CLOSED):
            raise Http404
        drawn = check.drawn.select_related("case__area").filter(position=self.kwargs["position"]).first()
        if drawn is None:
            raise Http404
        context = self.get_context_data(
            **spot_check_page.household_of(self.user(), check, drawn),
            refusal=refusal,
            wrong=wrong or {},
            typed=self.request.POST if refusal else spot_check_page.fresh(self.user()),
        )
        return self.render_to_response(context, status=status)


class SpotCheckBundleView(CheckMixin, View):
    """The bundle by which anyone draws the sample again; the export is recorded, so it is a POST."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse, but not before asking whether there is such a check for the person."""
        found_check(self.user(), self.kwargs["number"])
        return HttpResponseNotAllowed(["POST"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the zip, or go back and say why there is none yet."""
        check = found_check(self.user(), self.kwargs["number"])
        office = scope_of(self.user()).holds(CHECKING_ROLES, check.area_path, check.line)
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "bundle.zip"
            try:
                evidence.export(check.number, target, by=self.user(), office=office)
            except evidence.NoEvidence as error:
                messages.error(request, str(error))
                return redirect("desk:spot_check", check.number)
            data = target.read_bytes()
        response = HttpResponse(data, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{check.number}.zip"'
        return response


def found_check(user: User, number: str) -> SpotCheck:
    """Return the check in sight of `user`; Http404 where it is hidden or missing."""
    found = SpotCheck.objects.visible_to(user).select_related("area", "programme", "made_by", "drawn_by")
    check: SpotCheck | None = found.filter(number=number).first()
    if check is None:
        raise Http404
    return check


def _whole(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
