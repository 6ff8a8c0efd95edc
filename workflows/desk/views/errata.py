"""网页纠错 and 公开目录: what readers say is wrong on public pages; which columns are empty or stale."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from disclosure.catalogue import entries
from disclosure.catalogue import services as catalogue
from disclosure.errata import services
from disclosure.errata.errors import AlreadyAnswered, BadReport, NoSuchReport
from disclosure.errata.models import ErrorReport, Outcome
from disclosure.masking.services import NotForThePublic
from portal import clock
from workflows.desk import gates
from workflows.desk.deadlines import shown

from .base import DeskMixin

SHOWS = {"": gettext_lazy("等答复的"), "late": gettext_lazy("超期"), "answered": gettext_lazy("答复过的")}


class ErratumColumn(Column):
    """What is said to be wrong, and on which page."""

    cell_template_name = "desk/cells/erratum.html"


class ErratumDueColumn(Column):
    """The light of an open one, or what it came to."""

    cell_template_name = "desk/cells/erratum_due.html"

    def get_cell_context_data(self, instance: ErrorReport, parent_context: Any) -> dict[str, Any]:
        """Add the deadline."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"deadline": deadline(instance)}


def deadline(report: ErrorReport) -> Any:
    """Return how the deadline of an open `report` is shown today; None where it is answered."""
    # Of the whole site: the calendar of the whole installation, without looking for the county row by row.
    area: Any = report.area
    return None if report.outcome else shown(report.due_on, area, report.received_on)


class Errata(DeskMixin, BaseListingView):
    """Reports that the person's offices answer or watch: the first due on top."""

    page_title = gettext_lazy("网页纠错")
    template_name = "desk/errata/list.html"
    model = ErrorReport
    paginate_by = 20
    index_url_name = "desk:errata"
    table_classname = "desk-table desk-list"
    columns = [
        ErratumColumn("path", label=gettext_lazy("哪里不对"), classname="desk-what"),
        ErratumDueColumn("due_on", label=gettext_lazy("期限"), classname="desk-due"),
    ]

    def roles(self) -> frozenset[str]:
        """Return editors, county heads and supervisors."""
        return gates.ERRATA_READERS

    def get_base_queryset(self) -> QuerySet[ErrorReport]:
        """Return the readable reports, narrowed as chosen."""
        found = ErrorReport.objects.visible_to(self.request.user).select_related("area")
        show = self.request.GET.get("show", "")
        if show == "answered":
            return found.exclude(outcome="").order_by("-answered_at", "pk")
        if show == "late":
            found = found.filter(due_on__lt=clock.today())
        return found.open().order_by("due_on", "pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the choices."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {"shows": SHOWS.items(), "show": self.request.GET.get("show", "")}


class ErratumView(DeskMixin, TemplateView):
    """One report: what was said, and the answer."""

    request: HttpRequest
    template_name = "desk/errata/report.html"
    page_title = gettext_lazy("网页纠错")

    def roles(self) -> frozenset[str]:
        """Return editors, county heads and supervisors; the report itself decides who reads it."""
        return gates.ERRATA_READERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the report."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer it, or show again what was typed and why not."""
        user: Any = request.user
        typed = {name: request.POST.get(name, "").replace("\x00", "") for name in ("outcome", "answer")}
        try:
            services.answer(by=user, report_id=self._find().pk, **typed)
        except NoSuchReport as error:
            raise Http404 from error
        except AlreadyAnswered as error:
            return self._show(refusal=str(error), status=409)
        except (BadReport, NotForThePublic) as error:
            return self._show(refusal=str(error), status=422)
        messages.success(request, _("已经答复，提的人凭回执号看得到。"))
        return redirect("desk:errata")

    def _find(self) -> ErrorReport:
        found = ErrorReport.objects.visible_to(self.request.user).select_related("area", "answered_by")
        report = found.filter(pk=self.kwargs["pk"]).first()
        if report is None:
            raise Http404
        return report

    def _show(self, *, refusal: str = "", status: int = 200) -> HttpResponse:
        report = self._find()
        answers = services.answering_office(self.request.user, report) is not None
        context = self.get_context_data(
            report=report,
            deadline=deadline(report),
            may_answer=answers and not report.outcome,
            # How to reach them is the business of whoever answers.
            contact=report.contact if answers else "",
            outcomes=Outcome.choices,
            typed=self.request.POST,
            longest=services.LONGEST_ANSWER,
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)


class CatalogueView(DeskMixin, TemplateView):
    """公开目录 for those who fill it: what is missing, what is stale and since when."""

    template_name = "desk/errata/catalogue.html"
    page_title = gettext_lazy("公开目录")

    def roles(self) -> frozenset[str]:
        """Return editors, county heads and supervisors."""
        return gates.ERRATA_READERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the catalogue as it stands today."""
        groups = catalogue.lines()
        wanting = [line for _group, lines in groups for line in lines if line.state != catalogue.FILLED]
        return super().get_context_data(
            groups=groups, wanting=len(wanting), source=entries.SOURCE, verified=entries.VERIFIED, **kwargs
        )
