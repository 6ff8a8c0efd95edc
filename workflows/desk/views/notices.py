"""告知书: the notices of refusal and reduction in the person's area, those to be served first."""

from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from workflows.engine.models import Case
from workflows.notices.models import HouseholdNotice
from workflows.programmes import matters

from .base import DeskMixin
from .searching import SealedSearch


class NoticeColumn(Column):
    """The household and what the notice tells."""

    cell_template_name = "desk/cells/notice.html"


class ServedColumn(Column):
    """Whether and how the notice reached the household."""

    cell_template_name = "desk/cells/served.html"


class Notices(SealedSearch, DeskMixin, BaseListingView):
    """Notices on cases that the person's offices cover."""

    page_title = _("告知书")
    template_name = "desk/list.html"
    model = HouseholdNotice
    paginate_by = 20
    is_searchable = True
    index_url_name = "desk:notices"
    table_classname = "desk-table desk-list"
    columns = [
        NoticeColumn("case", label=_("告知书"), classname="desk-what"),
        ServedColumn("served_on", label=_("送达"), classname="desk-due"),
    ]

    def get_base_queryset(self) -> QuerySet[HouseholdNotice]:
        """Return the standing notices on visible cases."""
        visible = Case.objects.visible_to(self.request.user)
        found = HouseholdNotice.objects.filter(case__in=visible, voided_at=None)
        found = found.select_related(
            "case__area", *(f"case__{path}" for path in matters.related() if path.endswith("household"))
        )
        return found.order_by(F("served_on").desc(nulls_first=True), "pk")

    def search_queryset(self, queryset: QuerySet[HouseholdNotice]) -> QuerySet[HouseholdNotice]:
        """Find by the number of the case."""
        words = self.search_query.strip()[:60]
        return queryset.filter(case__number__icontains=words) if words else queryset

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the words of an empty list."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {"nothing": _("没有告知书。"), "search_hint": _("办件号")}
