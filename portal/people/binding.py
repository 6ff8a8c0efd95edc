"""What the verification of the ledger asks of offices: who holds what, where, from when to when."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.ledger import bindings
from portal.ledger.rows import RowBinding, Told

from .models import Office


@bindings.register
class OfficeBinding(RowBinding):
    """Holds every office against its grant and its end, so that none is put in past the portal unseen."""

    kinds = ("office.granted", "office.ended")
    called = _("任职")

    def said(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return who holds which office where, as the event says it."""
        body = record["body"]
        told = {name: body[name] for name in ("role", "user", "starts_on", "ends_on") if name in body}
        return record["object_id"], told | {"area": record["area_code"], "line": record["line"]}

    def stored(self) -> Iterator[tuple[str, Told]]:
        """Yield every office."""
        rows = Office.objects.order_by("pk").values_list(
            *("pk", "role", "user__username", "starts_on", "ends_on", "area__code", "line")
        )
        for pk, role, user, first, last, area, line in rows.iterator(500):
            yield (
                str(pk),
                {
                    "role": role,
                    "user": user,
                    "starts_on": first.isoformat(),
                    "ends_on": last.isoformat() if last else "",
                    "area": area,
                    "line": line,
                },
            )
