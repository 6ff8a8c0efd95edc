"""Lists of batches: 待办, 在办, 已办, 办结. Each takes the same few queries at any length."""

from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from portal import clock
from workflows.desk import gates
from workflows.desk.deadlines import deadline_of
from workflows.desk.home import waiting
from workflows.desk.words import step_name
from workflows.engine.models import Act, Batch, BatchState, Case
from workflows.programmes import matters
from workflows.programmes.answers import yuan

from .base import DeskMixin

LONGEST_QUERY = 60


class TitleColumn(Column):
    """The batch with its place in the flow under it."""

    cell_template_name = "desk/cells/title.html"


class DeadlineColumn(Column):
    """Light and words of the deadline."""

    cell_template_name = "desk/cells/deadline.html"


def rows_of(batch: Batch) -> str:
    """Return how many households travel in the batch."""
    return translate("%(count)s 户") % {"count": batch.row_count}


def sum_of(batch: Batch) -> str:
    """Return the batch's sum in yuan; nothing where its matter pays nothing."""
    if not matters.pays(batch):
        return ""
    return translate("%(yuan)s 元") % {"yuan": yuan(batch.amount_fen)}


def acted_on(batch: Any) -> str:
    """Return the day of the person's latest act on the batch (annotated as `mine`)."""
    return clock.day_of(batch.mine).isoformat()


def closed_on(batch: Batch) -> str:
    """Return the day on which the batch was closed."""
    return clock.day_of(batch.closed_at).isoformat() if batch.closed_at else ""


TITLE = TitleColumn("title", label=_("批次"), accessor=step_name, classname="desk-what")
ROWS = Column("row_count", label=_("户数"), accessor=rows_of, classname="desk-number")
SUM = Column("amount_fen", label=_("金额"), accessor=sum_of, classname="desk-number")
DUE = DeadlineColumn("due_on", label=_("期限"), accessor=deadline_of, classname="desk-due")


class BatchList(DeskMixin, BaseListingView):
    """Batches that the person's offices cover, searched by number or title."""

    template_name = "desk/list.html"
    model = Batch
    paginate_by = 20
    is_searchable = True
    table_classname = "desk-table desk-list"
    columns: list[Column] = [TITLE, DUE, ROWS, SUM]
    nothing = _("这里没有批次。")
    found_nothing = _("没有找到。可以按批号、办件号或名称里的几个字找。")
    search_hint = _("批号、办件号或名称")

    def get_base_queryset(self) -> QuerySet[Batch]:
        """Return what the person may see; narrowed by each list."""
        return Batch.objects.visible_to(self.request.user).select_related("area")

    def search_queryset(self, queryset: QuerySet[Batch]) -> QuerySet[Batch]:
        """Find by the batch's number or title, or by the number of a case in it."""
        words = self.search_query.strip()[:LONGEST_QUERY]
        if not words:
            return queryset
        inside = Case.objects.visible_to(self.request.user).filter(number=words).values("batch")
        return queryset.filter(Q(number__icontains=words) | Q(title__icontains=words) | Q(pk__in=inside))

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the words of an empty list."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["nothing"] = self.found_nothing if self.search_query else self.nothing
        context["search_hint"] = self.search_hint
        return context


class Todo(BatchList):
    """待办: what waits for the person, the nearest deadline first."""

    page_title = _("待办")
    index_url_name = "desk:todo"
    nothing = _("没有等您办的批次。")

    def roles(self) -> frozenset[str]:
        """Return those who do business."""
        return gates.OFFICIALS

    def get_base_queryset(self) -> QuerySet[Batch]:
        """Return what waits for the person."""
        return waiting(self.request.user)


class Open(BatchList):
    """在办: every batch on its way in the person's area."""

    page_title = _("在办")
    index_url_name = "desk:open"

    def get_base_queryset(self) -> QuerySet[Batch]:
        """Return the open batches, the nearest deadline first."""
        found = super().get_base_queryset().filter(state=BatchState.OPEN)
        return found.order_by(F("due_on").asc(nulls_last=True), "pk")


class Handled(BatchList):
    """已办: batches on which the person acted, the latest first."""

    page_title = _("已办")
    index_url_name = "desk:handled"
    nothing = _("您还没有办过。")
    columns = [
        TITLE,
        Column("mine", label=_("您办的日子"), accessor=acted_on, classname="desk-due"),
        ROWS,
        SUM,
    ]

    def roles(self) -> frozenset[str]:
        """Return those who do business."""
        return gates.OFFICIALS

    def get_base_queryset(self) -> QuerySet[Batch]:
        """Return the batches of the person's own acts that an office of theirs still covers."""
        mine = Act.objects.filter(batch=OuterRef("pk"), actor=self.request.user)
        last = mine.order_by().values("batch").annotate(last=Max("at")).values("last")
        found = super().get_base_queryset().filter(acts__actor=self.request.user).distinct()
        return found.annotate(mine=Subquery(last)).order_by("-mine", "-pk")


class Closed(BatchList):
    """办结: batches of which no row is on its way any more."""

    page_title = _("办结")
    index_url_name = "desk:closed"
    columns = [
        TITLE,
        Column("closed_at", label=_("办结日期"), accessor=closed_on, classname="desk-due"),
        ROWS,
        SUM,
    ]

    def get_base_queryset(self) -> QuerySet[Batch]:
        """Return the closed batches, the latest first."""
        found = super().get_base_queryset().filter(state=BatchState.CLOSED)
        return found.order_by(F("closed_at").desc(nulls_last=True), "-pk")
