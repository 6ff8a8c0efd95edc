"""What the verification of the ledger asks of payments: to whom, how much, on which day, by whose hand."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.ledger import bindings
from portal.ledger.rows import RowBinding, Told

from .events import PAID
from .models import Payment


@bindings.register
class PaymentBinding(RowBinding):
    """Holds every payment against the event that recorded it, by the number of its case."""

    kinds = (PAID,)
    called = _("拨付，办件")

    def said(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return what was paid when, and who said so."""
        body = record["body"]
        return record["object_id"], {
            "amount_fen": body["amount_fen"],
            "paid_on": body["paid_on"],
            "by": record["actor"],
        }

    def stored(self) -> Iterator[tuple[str, Told]]:
        """Yield every payment."""
        rows = Payment.objects.order_by("pk")
        named = rows.values_list("case__number", "amount_fen", "paid_on", "recorded_by__username")
        for number, fen, day, by in named.iterator(500):
            yield number, {"amount_fen": fen, "paid_on": day.isoformat(), "by": by}
