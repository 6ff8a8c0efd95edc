"""What the verification of the ledger asks of meetings: who came, how they voted, and that it passed."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.ledger import bindings
from portal.ledger.rows import RowBinding, Told

from .events import MEETING_RECORDED
from .models import Meeting

# Each count under the name that its event has for it.
COUNTS = {
    "due": "due_count",
    "present": "present_count",
    "for": "votes_for",
    "against": "votes_against",
    "abstained": "votes_abstained",
    "stepped_out": "stepped_out",
    "online": "online_count",
    "proxy": "proxy_count",
    "passed": "passed",
}


@bindings.register
class MeetingBinding(RowBinding):
    """Holds the counts of every meeting against the event that recorded it."""

    kinds = (MEETING_RECORDED,)
    called = _("会议")

    def said(self, record: dict[str, Any]) -> tuple[str, Told]:
        """Return the day and the counts; an earlier form of the event tells fewer of them."""
        body = record["body"]
        told = {name: body[name] for name in (*COUNTS, "held_on") if name in body}
        return f"{record['object_id']} {body['step']}", told

    def stored(self) -> Iterator[tuple[str, Told]]:
        """Yield every meeting."""
        for meeting in Meeting.objects.select_related("deliberation").order_by("pk").iterator(200):
            told = {name: getattr(meeting, column) for name, column in COUNTS.items()}
            key = f"{meeting.deliberation.number} {meeting.step}"
            yield key, told | {"held_on": meeting.held_on.isoformat()}
