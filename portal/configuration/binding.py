"""What the verification asks of settings: the value, from when, proposed and confirmed by whom."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.ledger import bindings
from portal.ledger.rows import RowBinding, Told

from .models import Setting
from .services import as_text

# By whose hand a setting comes to count, or does not.
HANDS = {
    "setting.proposed": "proposed_by",
    "setting.confirmed": "confirmed_by",
    "setting.turned_down": "turned_down_by",
}


@bindings.register
class SettingBinding(RowBinding):
    """Holds every setting against its proposal, its confirmation and its refusal."""

    kinds = tuple(HANDS)
    called = _("配置")

    def said(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return the setting as the event says it; before anybody confirmed or refused, nobody did."""
        body = record["body"]
        told: dict[str, Any] = {name: body[name] for name in ("key", "value", "valid_from", "source")}
        if record["kind"] == "setting.proposed":
            told |= {"confirmed_by": None, "turned_down_by": None}
        return record["object_id"], told | {HANDS[record["kind"]]: record["actor"]}

    def stored(self) -> Iterator[tuple[str, Told]]:
        """Yield every setting."""
        rows = Setting.objects.order_by("pk").values_list(
            *("pk", "key", "value", "valid_from", "source"),
            *("proposed_by__username", "confirmed_by__username", "turned_down_by__username"),
        )
        for pk, key, value, first, source, proposed, confirmed, refused in rows.iterator(500):
            yield (
                str(pk),
                {
                    "key": key,
                    "value": as_text(value),
                    "valid_from": first.isoformat(),
                    "source": source,
                    "proposed_by": proposed,
                    "confirmed_by": confirmed,
                    "turned_down_by": refused,
                },
            )
