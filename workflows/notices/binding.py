"""What the verification of the ledger asks of notices: that each was handed over as the record says."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.ledger import bindings
from portal.ledger.rows import RowBinding, Told

from .events import NOTICE_SERVED
from .models import HouseholdNotice


@bindings.register
class ServiceBinding(RowBinding):
    """Holds the service of every notice against its event: none is served on paper alone."""

    kinds = (NOTICE_SERVED,)
    called = _("告知书送达")

    def said(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return when and how it was handed over, and by whom."""
        body = record["body"]
        told = {"served_on": body["served_on"], "how": body["how"], "by": record["actor"]}
        return str(body["notice"]), told

    def stored(self) -> Iterator[tuple[str, Told]]:
        """Yield every notice that was served."""
        rows = HouseholdNotice.objects.exclude(served_on=None).order_by("pk")
        named = rows.values_list("pk", "served_on", "served_how", "served_by__username")
        for pk, day, how, by in named.iterator(500):
            yield str(pk), {"served_on": day.isoformat(), "how": how, "by": by}
