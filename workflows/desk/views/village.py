"""村务: village matters that need no approval from above, from their list to the published result."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from disclosure.deliberations.agenda import prefill
from disclosure.deliberations.errors import DeliberationError
from disclosure.deliberations.models import (
    STEPS_OF,
    Assets,
    Deliberation,
    DeliberationKind,
    DeliberationState,
    MeetingStep,
)
from disclosure.deliberations.papers import papers_of
from disclosure.deliberations.services import convener_of
from disclosure.masking.services import NotForThePublic
from disclosure.publicity.errors import PublicityError
from disclosure.publicity.models import PublicList
from disclosure.village.errors import BadRows, VillageMatterError
from disclosure.village.models import MatterKind, MatterState, VillageMatter
from disclosure.village.results import publish_result, resolution_of, why_not_yet
from disclosure.village.rows import columns_of, fen_of
from disclosure.village.services import (
    OPENING_ROLES,
    agenda_of,
    open_matter,
    record_meeting,
    save_rows,
    standing,
    withdraw,
)
from portal.areas.models import Area, Level
from portal.people.models import Office
from portal.people.scope import scope_of
from workflows.desk import gates, minutes_paper, village_rows
from workflows.desk.meetings import COUNTS, PAPER_KINDS, Meetings, asked_of, payload_of, round_of, start_of
from workflows.desk.paper import Printed
from workflows.desk.signing import BadForm
from workflows.registry.errors import TableRefused

from .base import DeskMixin
from .paper import SheetView
from .searching import SealedSearch

REFUSED = (VillageMatterError, DeliberationError, PublicityError, NotForThePublic, TableRefused, BadForm)
OPENERS = frozenset(OPENING_ROLES)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MatterColumn(Column):
    """The matter with its village, kind and number."""

    cell_template_name = "desk/cells/matter.html"


class Matters(SealedSearch, DeskMixin, BaseListingView):
    """The village matters that the person's offices cover, the newest first."""

    page_title = gettext_lazy("村务")
    template_name = "desk/village/list.html"
    model = VillageMatter
    paginate_by = 20
    is_searchable = True
    index_url_name = "desk:matters"
    table_classname = "desk-table desk-list"
    columns = [
        MatterColumn("title", label=gettext_lazy("事项"), classname="desk-what"),
        Column("get_state_display", label=gettext_lazy("到哪一步"), classname="desk-due"),
    ]

    def get_base_queryset(self) -> QuerySet[VillageMatter]:
        """Return the matters in the person's areas."""
        found = VillageMatter.objects.visible_to(self.request.user).select_related("area")
        return found.order_by("-opened_at", "-pk")

    def search_queryset(self, queryset: QuerySet[VillageMatter]) -> QuerySet[VillageMatter]:
        """Find by number, title or village."""
        words = self.search_query.strip()[:60]
        if not words:
            return queryset
        return queryset.filter(
            Q(number__icontains=words) | Q(title__icontains=words) | Q(area__name__icontains=words)
        )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the words of an empty list, and whether the person may open a matter."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {
            "nothing": _("还没有村务事项。"),
            "search_hint": _("编号、事项或村名"),
            "opens": gates.holds(self.request.user, OPENERS),
        }


class NewMatterView(DeskMixin, TemplateView):
    """Opens a village matter: what it is about, and whether it concerns collective assets."""

    template_name = "desk/village/new.html"
    page_title = gettext_lazy("提出一件村务")

    def roles(self) -> frozenset[str]:
        """Return those who open matters."""
        return OPENERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Open the matter and go to its page, or show what was typed and why not."""
        data = request.POST
        offices = self._offices()
        office = next((one for one in offices if str(one.pk) == data.get("office")), None)
        if office is None and len(offices) == 1 and not data.get("office"):
            office = offices[0]
        if office is None:
            return self._show(_("请选是哪个村的事。"), status=422)
        try:
            matter = open_matter(
                by=request.user,
                office=office,
                area=office.area,
                kind=data.get("kind", ""),
                title=data.get("title", ""),
                assets=data.get("assets", ""),
            )
        except REFUSED as error:
            return self._show(str(error), status=422)
        messages.success(request, _("已经提出，接着把名单填上。"))
        return redirect("desk:matter", matter.number)

    def _offices(self) -> list[Office]:
        """Return the offices at a village by which this person opens matters."""
        found = [one for one in scope_of(self.request.user).acting if one.role in OPENERS]
        villages = Area.objects.filter(pk__in=[one.area_id for one in found], level=Level.VILLAGE)
        at = set(villages.values_list("pk", flat=True))
        return [one for one in found if one.area_id in at]

    def _show(self, refusal: str = "", *, status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            refusal=refusal,
            typed=self.request.POST,
            kinds=MatterKind.choices,
            assets=Assets.choices,
            offices=self._offices(),
        )
        return self.render_to_response(context, status=status)


class MatterView(DeskMixin, TemplateView):
    """One village matter: its list, its meetings, its publications, and what comes next."""

    template_name = "desk/village/matter.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the matter."""
        return self._show(self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do one act; a refusal comes back with all that was typed."""
        matter = self._find()
        office = self._office(matter)
        acts = {
            "rows": self._rows,
            "meeting": self._meeting,
            "result": self._result,
            "withdraw": self._withdraw,
        }
        act = acts.get(request.POST.get("do", ""))
        if office is None or act is None:
            refusal = _("没有看懂要办什么，请刷新页面后再办。") if office else _("这件事由村文书或村支书办。")
            return self._show(matter, refusal=refusal, status=422)
        self.typed_rows: list[dict[str, str]] | None = None
        try:
            messages.success(request, act(matter, office))
        except REFUSED as error:
            wrong = error.cells if isinstance(error, BadRows) else {}
            fields = error.fields if isinstance(error, BadForm) else {}
            return self._show(self._find(), refusal=str(error), cells=wrong, wrong=fields, status=422)
        return redirect("desk:matter", matter.number)

    def get_page_title(self) -> str:
        """Return the matter's number."""
        return str(self.kwargs["number"])

    def _find(self) -> VillageMatter:
        found = VillageMatter.objects.visible_to(self.request.user).select_related("area")
        matter = found.filter(number=self.kwargs["number"]).first()
        if matter is None:
            raise Http404
        return matter

    def _office(self, matter: VillageMatter) -> Office | None:
        return scope_of(self.request.user).holds(OPENERS, matter.area_path, matter.line)

    def _seen(self) -> int:
        given = self.request.POST.get("seen_version", "")
        return int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else -1

    def _rows(self, matter: VillageMatter, office: Office) -> str:
        upload = self.request.FILES.get("table")
        self.typed_rows = village_rows.cells_of(self.request.POST, upload, matter.kind)
        version = save_rows(
            by=self.request.user,
            office=office,
            matter_id=matter.pk,
            seen_version=self._seen(),
            rows=self.typed_rows,
        )
        return _("名单存好了，一共%(n)s行。") % {"n": version.row_count}

    def _meeting(self, matter: VillageMatter, office: Office) -> str:
        meeting = record_meeting(
            by=self.request.user,
            office=office,
            matter_id=matter.pk,
            seen_version=self._seen(),
            data=payload_of(self.request.POST),
        )
        return meeting.explanation

    def _result(self, matter: VillageMatter, office: Office) -> str:
        amounts, wrong = {}, {}
        for key, typed in self.request.POST.items():
            name, _dash, place = key.partition("-")
            if name == "paid" and place.isdecimal() and len(place) < 6 and str(typed).strip():
                try:
                    amounts[int(place)] = fen_of(str(typed))
                except ValueError:
                    wrong[int(place), "amount"] = _("要填数字，单位元，最多两位小数")
        if wrong:
            raise BadRows(_("有金额看不懂，标出来了。"), wrong)
        published = publish_result(
            by=self.request.user,
            office=office,
            matter_id=matter.pk,
            said=self.request.POST.get("said", ""),
            amounts_fen=amounts,
        )
        return _("结果已经公开：%(number)s") % {"number": published.number}

    def _withdraw(self, matter: VillageMatter, office: Office) -> str:
        why = self.request.POST.get("why", "")
        withdraw(by=self.request.user, office=office, matter_id=matter.pk, why=why)
        return _("这件事已经撤下。")

    def _show(
        self,
        matter: VillageMatter,
        *,
        refusal: str = "",
        cells: dict[tuple[int, str], str] | None = None,
        wrong: dict[str, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        acts = self._office(matter) is not None
        typed = self.request.POST if refusal else {}
        rows = getattr(self, "typed_rows", None) or village_rows.kept_rows(matter)
        meetings = self._meetings(matter, recording=acts and matter.is_writable)
        lists = PublicList.objects.published().filter(reference=matter.reference)
        resolution = resolution_of(matter) if matter.state == MatterState.RESOLVED else None
        writes = acts and matter.is_writable
        context = self.get_context_data(
            matter=matter,
            refusal=refusal,
            columns=columns_of(matter.kind),
            rows=rows,
            table=village_rows.table_of(rows, matter.kind, cells) if writes else [],
            told=[
                (place, str(column.title), said)
                for (place, key), said in sorted((cells or {}).items())
                for column in columns_of(matter.kind)
                if column.key == key
            ],
            too_long=len(rows) > village_rows.TYPED_MOST,
            acts=acts,
            writes=writes,
            version=standing(matter),
            meetings=meetings,
            start={**meetings.start, **(dict(typed.items()) if typed.get("do") == "meeting" else {})},
            counts=list(COUNTS.items()),
            records=acts,
            paper_kinds=PAPER_KINDS,
            typed=typed,
            wrong=wrong or {},
            lists=[*lists.order_by("-published_at", "-pk")],
            resolution=resolution,
            not_yet=why_not_yet(resolution) if resolution else "",
            paying=self._paying(resolution, typed) if resolution and acts else [],
            posts=scope_of(self.request.user).holds(gates.POSTERS, matter.area_path, matter.line),
        )
        return self.render_to_response(context, status=status)

    def _paying(self, resolution: PublicList, typed: Any) -> list[dict[str, Any]]:
        """Return the rows of the result's form, with what was typed."""
        return [
            {
                "position": row.position,
                "name": row.name,
                "item": row.shown.get("item", ""),
                "paid": typed.get(f"paid-{row.position}") or village_rows.amount(row.amount_fen),
            }
            for row in resolution.rows.order_by("position")
        ]

    def _meetings(self, matter: VillageMatter, *, recording: bool) -> Meetings:
        found = Deliberation.objects.filter(reference=matter.reference).order_by("round")
        rounds = [*found.prefetch_related("meetings")]
        papers = papers_of(one.number for one in rounds)
        shown = [round_of(one, papers) for one in rounds]
        version = standing(matter)
        if not recording or version is None:
            return Meetings(shown)
        current = rounds[-1] if rounds and rounds[-1].state == DeliberationState.OPEN else None
        same = current is not None and current.list_digest == version.digest
        held = len(current.meetings.all()) if current and same else 0
        left = STEPS_OF[DeliberationKind.FOUR][held:]
        start = start_of(matter.area, left[0])
        if matter.assets and left[0] == MeetingStep.RESOLUTION:
            start["convened_by"] = convener_of(left[0], matter.assets)
        start["minutes"] = prefill(agenda_of(matter, version), left[0])
        names = [str(one.label) for one in left]
        asked = asked_of(matter.area, left[0], matter.assets, DeliberationKind.FOUR)
        return Meetings(shown, left[0].value, names[0], names, start, asked)


class MatterTable(DeskMixin, View):
    """The empty table of a matter's kind."""

    def roles(self) -> frozenset[str]:
        """Return those who write lists."""
        return OPENERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Give the table; it holds nobody's data."""
        kind = request.GET.get("kind", "")
        if kind not in MatterKind.values:
            kind = MatterKind.DIVIDENDS
        response = HttpResponse(village_rows.template(kind), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
        response["Cache-Control"] = "private, no-store"
        return response


class PrintMinutes(SheetView):
    """The minutes' sheet of one meeting on a village matter."""

    def find(self) -> Any:
        """Return the matter."""
        found = VillageMatter.objects.visible_to(self.user()).select_related("area")
        return found.filter(number=self.kwargs["number"]).first()

    def make(self) -> Printed | None:
        """Return the sheet of the step that was asked for."""
        step = self.request.POST.get("step", "")
        return minutes_paper.of_matter(by=self.user(), matter=self.found, step=step)

    def back(self) -> HttpResponse:
        """Return to the matter."""
        return redirect("desk:matter", self.found.number)
