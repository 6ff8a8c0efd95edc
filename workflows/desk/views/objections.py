"""异议: those in the person's area, and answering one."""

from typing import Any

from django.contrib import messages
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from disclosure.deliberations.errors import DeliberationError
from disclosure.masking.services import NotForThePublic
from disclosure.publicity.errors import PublicityError
from disclosure.publicity.models import Correction, Objection, ObjectionState, PublicList
from disclosure.publicity.owed import CORRECTING_ROLE, decline
from disclosure.publicity.services import ANSWERING_ROLES, answer
from portal import clock
from portal.people.scope import scope_of
from workflows.desk import gates
from workflows.desk.publishing import address
from workflows.programmes.upheld import meaning_of

from .base import DeskMixin

OUTCOMES = [ObjectionState.UPHELD, ObjectionState.DISMISSED]


def readable(user: Any) -> QuerySet[Objection]:
    """Return the objections that `user` answers or watches; none for everybody else."""
    found = Objection.objects.select_related("list__area", "row")
    return scope_of(user).filter(found, "list__area_path", "list__line", roles=gates.OBJECTION_READERS)


class ObjectionColumn(Column):
    """What it is about and how it came in."""

    cell_template_name = "desk/cells/objection.html"


class AnswerColumn(Column):
    """Until when it is to be answered, or how it was."""

    cell_template_name = "desk/cells/answer.html"

    def get_cell_context_data(self, instance: Objection, parent_context: Any) -> dict[str, Any]:
        """Add whether the answer is late."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        context["late"] = instance.state == ObjectionState.OPEN and clock.today() > instance.due_on
        return context


class Objections(DeskMixin, BaseListingView):
    """Objections, the open ones first, by the day on which the answer is due."""

    page_title = gettext_lazy("异议")
    template_name = "desk/list.html"
    model = Objection
    paginate_by = 20
    is_searchable = True
    index_url_name = "desk:objections"
    table_classname = "desk-table desk-list"
    columns = [
        ObjectionColumn("list", label=gettext_lazy("异议"), classname="desk-what"),
        AnswerColumn("due_on", label=gettext_lazy("答复"), classname="desk-due"),
    ]

    def roles(self) -> frozenset[str]:
        """Return those who answer objections or watch the answering."""
        return gates.OBJECTION_READERS

    def get_base_queryset(self) -> QuerySet[Objection]:
        """Return the readable objections, the open ones first."""
        first = Case(
            When(state=ObjectionState.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        return readable(self.request.user).order_by(first, "due_on", "pk")

    def search_queryset(self, queryset: QuerySet[Objection]) -> QuerySet[Objection]:
        """Find by the list's number or title, or by village."""
        words = self.search_query.strip()[:60]
        if not words:
            return queryset
        return queryset.filter(
            Q(list__number__icontains=words)
            | Q(list__title__icontains=words)
            | Q(list__area__name__icontains=words)
        )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the words of an empty list."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {"nothing": _("没有异议。"), "search_hint": _("名单编号、标题或村名")}


class ObjectionView(DeskMixin, TemplateView):
    """One objection with its answer, or the form to answer it."""

    template_name = "desk/objection.html"

    def roles(self) -> frozenset[str]:
        """Return those who answer objections or watch the answering."""
        return gates.OBJECTION_READERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the objection."""
        return self._show(self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer it; or show again what was typed and why not."""
        objection = self._find()
        office = self._office(objection)
        if office is None:
            return self._show(objection, refusal=_("您的职务不答复异议，请交给该办的人。"), status=422)
        data = request.POST
        if data.get("do") == "decline":
            return self._decline(objection)
        try:
            answer(
                by=request.user,
                office=office,
                objection_id=objection.pk,
                outcome=data.get("outcome", ""),
                findings=data.get("findings", ""),
                answer=data.get("answer", ""),
                investigators=[data.get("investigator1", ""), data.get("investigator2", "")],
            )
        except (PublicityError, DeliberationError, NotForThePublic) as error:
            return self._show(objection, refusal=str(error), status=422)
        objection.refresh_from_db(fields=["correction"])
        messages.success(request, _("已经答复，提异议的人用回执号可以看到。"))
        if objection.correction == Correction.OWED:
            messages.warning(request, _("还没有完：这份名单要更正，已经挂在乡镇经办的待办里。"))
        return redirect("desk:objection", objection.pk)

    def _decline(self, objection: Objection) -> HttpResponse:
        """Record why the list is not corrected; or show again what was typed and why not."""
        office = self._correcting(objection)
        if office is None:
            return self._show(objection, refusal=_("更正名单由乡镇经办办，请交给他们。"), status=422)
        why = self.request.POST.get("why", "")
        try:
            decline(by=self.request.user, office=office, objection_id=objection.pk, why=why)
        except (PublicityError, DeliberationError, NotForThePublic) as error:
            return self._show(objection, refusal=str(error), status=422)
        messages.success(self.request, _("理由已经记下，提异议的人用回执号可以看到。"))
        return redirect("desk:objection", objection.pk)

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("异议")

    def _correcting(self, objection: Objection) -> Any:
        return scope_of(self.request.user).holds(
            CORRECTING_ROLE, objection.list.area_path, objection.list.line
        )

    def _find(self) -> Objection:
        found = readable(self.request.user).filter(pk=self.kwargs["pk"])
        objection = found.select_related("list__area", "row", "answered_by", "registered_by").first()
        if objection is None:
            raise Http404
        return objection

    def _office(self, objection: Objection) -> Any:
        return scope_of(self.request.user).holds(
            ANSWERING_ROLES, objection.list.area_path, objection.list.line
        )

    def _newest(self, objection: Objection) -> dict[str, Any] | None:
        """Return number and row of the newest version of the list, on which it would be corrected."""
        series = PublicList.objects.published().filter(series=objection.list.series)
        newest = series.order_by("-version").first()
        if newest is None:
            return None
        about = newest.rows.filter(subject=objection.row.subject) if objection.row else newest.rows.none()
        return {"number": newest.number, "row": about.values_list("position", flat=True).first()}

    def _show(self, objection: Objection, *, refusal: str = "", status: int = 200) -> HttpResponse:
        open_ = objection.state == ObjectionState.OPEN
        context = self.get_context_data(
            objection=objection,
            address=address(objection.list),
            may_answer=open_ and self._office(objection) is not None,
            late=open_ and clock.today() > objection.due_on,
            outcomes=[(one.value, one.label) for one in OUTCOMES],
            refusal=refusal,
            typed=self.request.POST,
            means=meaning_of(objection) if open_ or objection.correction == Correction.OWED else [],
            owed=objection.correction == Correction.OWED,
            corrects=self._correcting(objection) is not None,
            newest=self._newest(objection),
        )
        return self.render_to_response(context, status=status)
