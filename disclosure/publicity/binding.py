"""What the verification asks of a list besides its rows: its last day, proofs of posting, objections."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.ledger import bindings
from portal.ledger.rows import CountedBinding, RowBinding, Told

from . import events
from .models import Objection, ObjectionState, Posting, PublicList


@bindings.register
class PeriodBinding(RowBinding):
    """Holds the last day of every list, and whether it carries names, against publication and extensions."""

    kinds = (events.PUBLISHED, events.CORRECTED, events.EXTENDED_LIST)
    called = _("公示期，名单")

    def said(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return the last day as the event says it."""
        body = record["body"]
        if record["kind"] == events.EXTENDED_LIST:
            return record["object_id"], {"closes_on": body["after"]}
        told = {name: body[name] for name in ("closes_on", "show_names") if name in body}
        return record["object_id"], told

    def stored(self) -> Iterator[tuple[str, Told]]:
        """Yield every list."""
        rows = PublicList.objects.order_by("pk").values_list("number", "closes_on", "show_names")
        for number, last, names in rows.iterator(500):
            yield number, {"closes_on": last.isoformat(), "show_names": names}


@bindings.register
class PostingBinding(CountedBinding):
    """Holds the proofs of posting of every list, in their order, against the events that recorded them."""

    kinds = (events.POSTED,)
    called = _("张贴记录，名单")

    def one(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return when it was seen, and who says so."""
        told = {"seen_on": record["body"]["seen_on"], "by": record["actor"]}
        return record["object_id"], told

    def rows(self) -> Iterator[tuple[str, Told]]:
        """Yield every posting."""
        rows = Posting.objects.order_by("pk").values_list("list__number", "seen_on", "recorded_by__username")
        for number, day, by in rows.iterator(500):
            yield number, {"seen_on": day.isoformat(), "by": by}


@bindings.register
class ObjectionBinding(RowBinding):
    """Holds every objection against its receipt and what became of it: none is lost or turned round."""

    kinds = (events.LODGED, events.APPEALED, events.ANSWERED, events.WITHDRAWN)
    called = _("异议")

    def said(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return about which list it is, when it came, and how it stands."""
        body, kind = record["body"], record["kind"]
        if kind == events.ANSWERED:
            told: dict[str, Any] = {"state": body["outcome"]}
        elif kind == events.WITHDRAWN:
            told = {"state": str(ObjectionState.WITHDRAWN)}
        else:
            told = {"state": str(ObjectionState.OPEN), "list": body["list"]}
            told["received_on"] = body["received_on"]
        return record["object_id"], told

    def stored(self) -> Iterator[tuple[str, Told]]:
        """Yield every objection."""
        rows = Objection.objects.order_by("pk").values_list("pk", "state", "list__number", "received_on")
        for pk, state, number, day in rows.iterator(500):
            yield str(pk), {"state": state, "list": number, "received_on": day.isoformat()}
