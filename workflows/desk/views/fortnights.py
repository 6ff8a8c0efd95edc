"""督查报告: the fortnight's report drafted, edited, signed, published in part."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from disclosure.masking.services import NotForThePublic
from portal import clock
from portal.areas.models import Area, Level
from portal.people.models import Line, User
from portal.people.scope import scope_of
from workflows.desk import gates
from workflows.rectification import reports
from workflows.rectification.errors import NoSuchReport, RectificationError, StaleTicket
from workflows.rectification.fortnight import SECTIONS
from workflows.rectification.models import SIGNING_ROLES, WRITING_ROLES, FortnightReport, ReportState

from .base import DeskMixin

SHOWN = 60


class ReportMixin(DeskMixin):
    """Those who write, sign or assess."""

    def roles(self) -> frozenset[str]:
        """Return the roles that read reports."""
        return gates.REPORT_READERS

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user


class Fortnights(ReportMixin, TemplateView):
    """The reports in sight; drafting the next one."""

    request: HttpRequest
    template_name = "desk/rectification/reports.html"
    page_title = gettext_lazy("督查报告")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the reports."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draft the next report of the person's county, or say why not."""
        area = self._county()
        if request.POST.get("do") != "draft":
            return self._show(refusal=_("请选要做什么。"), status=422)
        if area is None:
            return self._show(refusal=_("请由县里的监督员或经办起草。"), status=422)
        try:
            report = reports.draft_report(by=self.user(), area=area)
        except RectificationError as error:
            return self._show(refusal=str(error), status=422)
        messages.success(request, _("草稿是照发生过的事写的，请核对、补充。"))
        return redirect("desk:fortnight", report.number)

    def _county(self) -> Area | None:
        offices = [
            one for one in scope_of(self.user()).offices if one.role in WRITING_ROLES and one.line == Line.ALL
        ]
        return next((one.area for one in offices if one.area.level == Level.COUNTY), None)

    def _show(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        found = FortnightReport.objects.visible_to(self.user()).select_related("area", "signed_by")
        county = self._county()
        context = self.get_context_data(
            reports=found.order_by("-first_day", "-pk")[:SHOWN],
            due=reports.next_days(county) if county else None,
            today=clock.today(),
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)


class FortnightView(ReportMixin, TemplateView):
    """One report: its figures, its words, and the act that is due."""

    request: HttpRequest
    template_name = "desk/rectification/report.html"
    page_title = gettext_lazy("督查报告")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the report."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, sign or publish; or show again what was typed and why not."""
        report = self._find()
        data = request.POST
        given = data.get("seen", "")
        seen = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
        acting: dict[str, Any] = {"by": self.user(), "report_id": report.pk}
        try:
            match data.get("do"):
                case "save":
                    words = {key: data.get(f"part-{key}", "") for key in SECTIONS}
                    reports.edit_report(**acting, seen_version=seen, sections=words)
                    messages.success(request, _("改好了。"))
                case "sign":
                    reports.sign_report(**acting, seen_version=seen)
                    messages.success(request, _("已经签发，不能再改。"))
                case "publish":
                    reports.publish_part(**acting, parts=data.getlist("parts"))
                    messages.success(request, _("选的几段已经公开。"))
                case _other:
                    raise RectificationError(_("请选要做什么。"))
        except NoSuchReport as error:
            raise Http404 from error
        except StaleTicket as error:
            return self._show(refusal=str(error), status=409)
        except (RectificationError, NotForThePublic) as error:
            return self._show(refusal=str(error), status=422)
        return redirect("desk:fortnight", report.number)

    def _find(self) -> FortnightReport:
        found = FortnightReport.objects.visible_to(self.user())
        report: FortnightReport | None = (
            found.select_related("area", "drafted_by", "signed_by", "page")
            .filter(number=self.kwargs["number"])
            .first()
        )
        if report is None:
            raise Http404
        return report

    def _show(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        report = self._find()
        scope = scope_of(self.user())
        typed: Any = self.request.POST if refusal else {}
        ticked = set(typed.getlist("parts")) if refusal else {"overview", "closed"}
        private = reports.private_sections(report) if report.state != ReportState.PUBLISHED else []
        words = report.sections
        writes = scope.holds(WRITING_ROLES, report.area_path, Line.ALL) is not None
        signs = scope.holds(SIGNING_ROLES, report.area_path, Line.ALL) is not None
        context = self.get_context_data(
            report=report,
            sections=[
                {
                    "key": key,
                    "label": label,
                    "words": typed.get(f"part-{key}", words.get(key, "")),
                    "public": key in report.parts,
                    "private": key in private,
                    "ticked": key in ticked and key not in private,
                }
                for key, label in SECTIONS.items()
            ],
            writes=writes and report.state == ReportState.DRAFT,
            signs=signs and report.state == ReportState.DRAFT,
            publishes=signs and report.state == ReportState.SIGNED,
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)
