"""Holding tickets and reports against the ledger: their rows say what the last event of each said."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger import bindings
from portal.ledger.faults import Fault
from portal.ledger.rows import salts_of
from portal.ledger.services import stamp
from portal.sealing import commitments

from . import events
from .models import FortnightReport, Ticket
from .reports import digest_of

ACTS = (events.OPENED, events.ANSWERED, events.SENT_BACK, events.ACCEPTED, events.PASSED)
WORDS = (events.REPORT_EDITED, events.REPORT_SIGNED, events.REPORT_PUBLISHED)


@bindings.register
class TicketBinding:
    """Compares each ticket with its acts; none may be missing or added.

    State, owner and deadline are those of the last act, the first deadline and whom it concerns those of its
    opening, the time of the answer that of the last answer.
    """

    kinds = ACTS

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, dict[str, str]]] = {}
        self._opened: dict[str, tuple[int, bool, str]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take an act on a ticket."""
        body, number = record["body"], record["object_id"]
        before = self._told.get(number, (0, {}))[1]
        now = {**before, "state": body["state"]}
        owner = body.get("owner") or body.get("to")
        if owner:
            now["owner"] = owner
        now |= {name: body[name] for name in ("answer_by", "answered_at") if name in body}
        if record["kind"] == events.OPENED:
            committed = record["commitments"].get("concerns", "")
            self._opened[number] = (sequence, body["concerns_somebody"], committed)
        if due := body.get("due_on") or body.get("accept_by"):
            now["due_on"] = due
        self._told[number] = (sequence, now)

    def faults(self) -> Iterator[Fault]:
        """Yield tickets whose row says otherwise, or that are gone."""
        left = dict(self._told)
        salts = salts_of("concerns", event__kind=events.OPENED)
        for ticket in Ticket.objects.select_related("owner_area", "concerns").order_by("pk").iterator(1000):
            sequence, said = left.pop(ticket.number, (0, {}))
            if not sequence:
                yield Fault(1, _("整改单 %(number)s 在账本里没有开过") % {"number": ticket.number})
                continue
            row = {
                "state": str(ticket.state),
                "owner": f"{ticket.owner_role}:{ticket.owner_area.code}",
                "due_on": ticket.due_on.isoformat(),
                "answer_by": ticket.answer_by.isoformat(),
                "answered_at": stamp(ticket.answered_at) if ticket.answered_at else "",
            }
            # Older events do not tell of everything.
            if {name: row[name] for name in said} != said:
                yield Fault(sequence, _("整改单 %(number)s 被改过") % {"number": ticket.number})
            elif not self._concerns(ticket, salts):
                yield Fault(
                    self._opened[ticket.number][0],
                    _("整改单 %(number)s 说的是谁，被改过") % {"number": ticket.number},
                )
        for number, (sequence, _said) in left.items():
            yield Fault(sequence, _("整改单 %(number)s 不见了") % {"number": number})

    def _concerns(self, ticket: Ticket, salts: dict[int, str]) -> bool:
        """Return whether `ticket` concerns whom it concerned when it was opened."""
        sequence, somebody, committed = self._opened.get(ticket.number, (0, False, ""))
        if not committed:
            # An older event says only whether it concerns somebody.
            return ticket.concerns is None or somebody
        salt = salts.get(sequence, "")
        if ticket.concerns is None:
            return False
        return commitments.holds(committed, ticket.concerns.username, salt)


@bindings.register
class ReportBinding:
    """Compares the figures of each report with its draft, and its words with its last edit or signature."""

    kinds = (events.REPORT_DRAFTED, *WORDS)

    def __init__(self) -> None:
        self._figures: dict[str, tuple[int, Any]] = {}
        self._words: dict[str, tuple[int, str]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of a report."""
        if record["kind"] == events.REPORT_DRAFTED:
            self._figures[record["object_id"]] = (sequence, record["body"]["figures"])
        else:
            self._words[record["object_id"]] = (sequence, record["body"]["sha256"])

    def faults(self) -> Iterator[Fault]:
        """Yield reports whose figures or words are not those that the ledger knows."""
        reports = {report.number: report for report in FortnightReport.objects.order_by("pk")}
        for number, (sequence, figures) in self._figures.items():
            if number not in reports or reports[number].figures != figures:
                yield Fault(sequence, _("督查报告 %(number)s 的数字被改过或不见了") % {"number": number})
        for number, (sequence, sha256) in self._words.items():
            if number in reports and digest_of(reports[number]) != sha256:
                yield Fault(sequence, _("督查报告 %(number)s 的文字被改过") % {"number": number})
