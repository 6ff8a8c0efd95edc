"""公示: the public lists in the person's area, their postings, and registering an objection that came in."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from disclosure.deliberations.errors import DeliberationError
from disclosure.masking.services import NotForThePublic
from disclosure.publicity import public
from disclosure.publicity.errors import PublicityError
from disclosure.publicity.handling import COMPLAINABLE, officials_over
from disclosure.publicity.models import (
    Ground,
    ListState,
    Objection,
    ObjectionState,
    Posting,
    PublicList,
)
from disclosure.publicity.proofs import proofs_of
from disclosure.publicity.redacting import ASKING_ROLES
from disclosure.publicity.services import (
    COUNTERSIGNING_ROLES,
    Lodged,
    correcting_roles,
    countersign,
    lodge,
    record_posting,
)
from portal import clock
from portal.files.errors import FileError
from portal.people.models import Office
from portal.people.scope import scope_of
from workflows.desk import gates
from workflows.desk.objection_acts import ON_BEHALF, photos_in
from workflows.desk.publishing import address
from workflows.desk.signing import day_of

from .base import DeskMixin
from .searching import SealedSearch


class ListColumn(Column):
    """The list with its place, number and state."""

    cell_template_name = "desk/cells/list.html"


class ClosingColumn(Column):
    """Until when it runs, whether it was posted, how many objections are open."""

    cell_template_name = "desk/cells/closing.html"


class Lists(SealedSearch, DeskMixin, BaseListingView):
    """The lists that the person's offices cover, the newest first."""

    page_title = gettext_lazy("公示")
    template_name = "desk/list.html"
    model = PublicList
    paginate_by = 20
    is_searchable = True
    index_url_name = "desk:lists"
    table_classname = "desk-table desk-list"
    columns = [
        ListColumn("title", label=gettext_lazy("名单"), classname="desk-what"),
        ClosingColumn("closes_on", label=gettext_lazy("公示"), classname="desk-due"),
    ]

    def get_base_queryset(self) -> QuerySet[PublicList]:
        """Return the lists in the person's areas with their open objections counted."""
        user = self.request.user
        found = scope_of(user).filter(PublicList.objects.published())
        open_ones = Objection.objects.apart_from(user).filter(state=ObjectionState.OPEN, list=OuterRef("pk"))
        counted = open_ones.order_by().values("list").annotate(n=Count("pk")).values("n")
        found = found.select_related("area").annotate(
            open_objections=Coalesce(Subquery(counted), 0),
            posted=Exists(Posting.objects.filter(list=OuterRef("pk"))),
        )
        return found.order_by("-published_at", "-pk")

    def search_queryset(self, queryset: QuerySet[PublicList]) -> QuerySet[PublicList]:
        """Find by number, title or village."""
        words = self.search_query.strip()[:60]
        if not words:
            return queryset
        return queryset.filter(
            Q(number__icontains=words) | Q(title__icontains=words) | Q(area__name__icontains=words)
        )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the words of an empty list."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {"nothing": _("没有公示。"), "search_hint": _("编号、标题或村名")}


class ListView(DeskMixin, TemplateView):
    """One list: rows as the public sees them, postings, objections, and the two things registered here."""

    template_name = "desk/public_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list."""
        return self._show(self._find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record a posting or register an objection; or show again what was typed and why not."""
        found = self._find()
        what = request.POST.get("do", "")
        try:
            if what == "posting":
                self._posting(found)
                messages.success(request, _("张贴已经登记。"))
                return redirect("desk:list", found.number)
            if what == "countersign":
                self._countersign(found)
                messages.success(request, _("已经会签。"))
                return redirect("desk:list", found.number)
            if what == "objection":
                response = self._show(found, lodged=self._lodge(found))
                # Receipt and PIN are seen once, by whoever hands them to the villager.
                response["Cache-Control"] = "no-store"
                return response
            raise PublicityError(_("没有看懂要办什么，请刷新页面后再办。"))
        except (PublicityError, DeliberationError, NotForThePublic, FileError, ValueError) as error:
            return self._show(found, refusal=str(error), status=422)

    def get_page_title(self) -> str:
        """Return the list's number."""
        return _("公示 %(number)s") % {"number": self.kwargs["number"]}

    def _find(self) -> PublicList:
        found = scope_of(self.request.user).filter(PublicList.objects.published())
        found = found.select_related(*public.SHOWN_WITH).filter(number=self.kwargs["number"]).first()
        if found is None:
            raise Http404
        return found

    def _office(self, found: PublicList, roles: frozenset[str]) -> Office:
        office = scope_of(self.request.user).holds(roles, found.area_path, found.line)
        if office is None:
            raise PublicityError(_("这件事由村里、乡镇或县里的人登记，您没有这个职务。"))
        return office

    def _posting(self, found: PublicList) -> None:
        data = self.request.POST
        record_posting(
            by=self.request.user,
            office=self._office(found, gates.POSTERS),
            list_id=found.pk,
            seen_on=day_of(data.get("seen_on", ""), _("张贴日期")),
            photo=self.request.FILES.get("photo"),
            note=data.get("note", ""),
            claimed_at=_claimed(data.get("claimed_at", "")),
            sent_key=data.get("sent_key", ""),
        )

    def _countersign(self, found: PublicList) -> None:
        given = self.request.POST.get("posting", "")
        posting = (
            found.postings.filter(pk=int(given)).first() if given.isdecimal() and len(given) < 18 else None
        )
        if posting is None:
            raise PublicityError(_("没有找到这次张贴，请刷新页面后再办。"))
        office = self._office(found, frozenset(COUNTERSIGNING_ROLES))
        countersign(by=self.request.user, office=office, posting_id=posting.pk)

    def _lodge(self, found: PublicList) -> Lodged:
        data = self.request.POST
        if data.get("channel") not in ON_BEHALF:
            raise PublicityError(_("请选是电话里说的，还是写在纸上或当面说的。"))
        row = data.get("row", "")
        return lodge(
            list_id=found.pk,
            row_id=int(row) if row.isdecimal() and len(row) < 18 else None,
            text=data.get("text", ""),
            ground=data.get("ground", ""),
            contact=data.get("contact", ""),
            channel=data["channel"],
            by=self.request.user,
            office=self._office(found, gates.REGISTERING_ROLES),
            received_on=day_of(data.get("received_on", ""), _("收到日期")),
            complained_role=data.get("complained_role", ""),
            complained_said=data.get("complained_said", ""),
            complained_people=self._complained(found),
            photos=photos_in(self.request),
        )

    def _complained(self, found: PublicList) -> list[Any]:
        """Return whom the registrar marked as complained of: officials over the list, nobody else."""
        given = {int(one) for one in self.request.POST.getlist("complained") if one.isdecimal()}
        over = {one.user_id: one.user for one in officials_over(found)} if given else {}
        return [user for pk, user in over.items() if pk in given]

    def _show(
        self, found: PublicList, *, refusal: str = "", lodged: Lodged | None = None, status: int = 200
    ) -> HttpResponse:
        scope = scope_of(self.request.user)
        given = self.request.GET.get("p", "1")
        shown = public.page_of(found, int(given) if given.isdecimal() and len(given) < 6 else 1)
        if shown is None:
            raise Http404
        # An office that reads objections elsewhere opens none here.
        reads = scope.holds(gates.OBJECTION_READERS, found.area_path, found.line) is not None
        said = Objection.objects.apart_from(self.request.user).filter(list=found).select_related("row")
        objections = said.order_by("-pk") if reads else []
        people = ("recorded_by", "countersigned_by", "office", "countersign_office")
        postings = [*found.postings.select_related(*people).order_by("seen_on", "pk")]
        registers = scope.holds(gates.REGISTERING_ROLES, found.area_path, found.line) is not None
        countersigns = scope.holds(frozenset(COUNTERSIGNING_ROLES), found.area_path, found.line) is not None
        corrects = scope.holds(frozenset(correcting_roles(found.kind)), found.area_path, found.line)
        context = self.get_context_data(
            list=found,
            shown=shown,
            address=address(found),
            postings=postings,
            proofs=proofs_of(found, postings, clock.today()),
            countersigns=countersigns,
            corrects=corrects is not None and found.state != ListState.SUPERSEDED,
            redacts=scope.holds(frozenset(ASKING_ROLES), found.area_path, found.line) is not None,
            unposted=found.closes_on < clock.today(),
            objections=objections,
            reads=reads,
            posts=scope.holds(gates.POSTERS, found.area_path, found.line) is not None,
            registers=registers,
            officials={one.user_id: one for one in officials_over(found)}.values() if registers else [],
            roles=[(role.value, role.label) for role in COMPLAINABLE],
            marked=self.request.POST.getlist("complained") if refusal else [],
            refusal=refusal,
            lodged=lodged,
            typed=self.request.POST if refusal else {},
            channels=[(channel.value, channel.label) for channel in ON_BEHALF],
            grounds=Ground.choices,
            today=clock.today().isoformat(),
        )
        return self.render_to_response(context, status=status)


def _claimed(text: str) -> datetime | None:
    """Return the moment that a phone says, with its zone; None where it says none that can be read."""
    try:
        said = datetime.fromisoformat(text.replace("Z", "+00:00")) if 16 < len(text) < 40 else None
    except ValueError:
        return None
    return said if said is not None and said.tzinfo is not None else None
