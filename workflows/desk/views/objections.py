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
from disclosure.publicity.answering import FINDINGS
from disclosure.publicity.errors import PublicityError
from disclosure.publicity.handling import at_or_above, first_hands, officials_over
from disclosure.publicity.late_ones import EXTENDING_ROLES
from disclosure.publicity.models import Correction, Objection, ObjectionState, PublicList
from disclosure.publicity.owed import CORRECTING_ROLE
from disclosure.publicity.records import PHOTO, photos_of
from disclosure.publicity.services import ANSWERING_ROLES, investigators_for, last_day_to_appeal
from portal import clock
from portal.files.errors import FileError
from portal.people.scope import scope_of
from workflows.desk import gates, owed_lines
from workflows.desk.objection_acts import ON_BEHALF, act, office_for
from workflows.desk.publishing import address
from workflows.programmes.upheld import meaning_of

from .base import DeskMixin
from .searching import SealedSearch

OUTCOMES = [ObjectionState.UPHELD, ObjectionState.DISMISSED]


def readable(user: Any) -> QuerySet[Objection]:
    """Return the objections that `user` answers or watches; none for everybody else."""
    found = Objection.objects.apart_from(user).select_related("list__area", "row")
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


class Objections(SealedSearch, DeskMixin, BaseListingView):
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
        try:
            said = act(request, objection)
        except (PublicityError, DeliberationError, NotForThePublic, FileError, ValueError) as error:
            return self._show(objection, refusal=str(error), status=422)
        messages.success(request, said)
        objection.refresh_from_db(fields=["correction"])
        if request.POST.get("do", "answer") == "answer" and objection.correction == Correction.OWED:
            messages.warning(request, _("还没有完：这份名单要更正，已经挂在乡镇经办的待办里。"))
        return redirect("desk:objection", objection.pk)

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("异议")

    def _find(self) -> Objection:
        found = readable(self.request.user).filter(pk=self.kwargs["pk"])
        people = ("answered_by", "registered_by", "told_by", "extended_by", "appeal_of__answer_office__area")
        objection = found.select_related("list__area", "row", *people).first()
        if objection is None:
            raise Http404
        return objection

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
        owed = objection.correction == Correction.OWED
        context = self.get_context_data(
            objection=objection,
            address=address(objection.list),
            late=open_ and clock.today() > objection.due_on,
            tell_late=bool(open_ and objection.tell_by and clock.today() > objection.tell_by),
            outcomes=[(one.value, one.label) for one in OUTCOMES],
            refusal=refusal,
            typed=self.request.POST if refusal else {},
            means=meaning_of(objection) if open_ or owed else [],
            owed=owed,
            owed_deadline=owed_lines.deadline_of(objection) if owed else None,
            owed_told=[*objection.owed_reminders.order_by("pk")] if objection.correction else [],
            corrects=office_for(self.request, objection, [CORRECTING_ROLE]) is not None,
            newest=self._newest(objection),
            photos=photos_of(objection, PHOTO),
            findings_photos=[] if open_ else photos_of(objection, FINDINGS),
            channels=[(channel.value, channel.label) for channel in ON_BEHALF],
            today=clock.today().isoformat(),
            opens_tickets=gates.holds(self.request.user, gates.TICKET_OPENERS),
            **self._hands(objection, open_),
            **self._chain(objection),
        )
        return self.render_to_response(context, status=status)

    def _hands(self, objection: Objection, open_: bool) -> dict[str, Any]:
        """Return who may do what on an open objection, and of whom it complains."""
        office = office_for(self.request, objection, ANSWERING_ROLES)
        high = office is not None and at_or_above(office, objection.level)
        marked = [*objection.complaints.select_related("person").order_by("pk")]
        if not open_ or office is None:
            return {"may_answer": False, "complaints": marked}
        known = {one.person_id for one in marked} | {self.request.user.pk}
        over = officials_over(objection.list)
        extends = office_for(self.request, objection, EXTENDING_ROLES) is not None
        return {
            "may_answer": high and self.request.user.pk not in first_hands(objection),
            "complaints": marked,
            "markable": {one.user_id: one for one in over if one.user_id not in known}.values(),
            "investigators": investigators_for(objection),
            "may_extend": bool(extends and objection.tell_by and not objection.extended_at),
        }

    def _chain(self, objection: Objection) -> dict[str, Any]:
        """Return the appeal against this, what this is an appeal against, and until when there may be one."""
        user = self.request.user
        second = readable(user).filter(appeal_of=objection).first()
        first = objection.appeal_of
        if first is not None and not readable(user).filter(pk=first.pk).exists():
            first = None
        until = last_day_to_appeal(objection)
        return {
            "second": second,
            "first": first,
            "appeal_until": until,
            "may_appeal": until is not None and clock.today() <= until,
        }
