"""What the room tells, inside the transaction of the act and before its ledger event.

A receiver takes its own row locks and **returns its ledger drafts** (or None); `tell` gathers them and the
act appends them after its own event in one go. So the ledger's head is locked last in every transaction,
and a cause stands before its effects.
"""

from typing import Any

from django.dispatch import Signal

from portal.ledger.services import Draft

# list: PublicList, new; `list.supersedes` is the version it corrects, if any.
list_published = Signal()
# list: PublicList of a kind with a clock, now ended; open_subjects: set[str], held by an objection.
list_ran_out = Signal()
# objection: Objection, new; its list is locked.
objection_lodged = Signal()
# objection: Objection, answered or withdrawn; list: the latest version of its list, locked; open_subjects:
# set[str], the subjects of that list that another objection still holds; office: Office by which it was
# answered, or None. A receiver that sends back all that it is about sets its `correction` to RETURNED.
objection_answered = Signal()
# objection: Objection, upheld, whose list is to be corrected.
correction_owed = Signal()
# objection: Objection, open; person: User of whom it complains, who must see nothing of it any more; moved:
# bool, whether it went to a level above.
complaint_marked = Signal()

# redaction: Redaction, new: a second official is to decide within minutes.
redaction_asked = Signal()


def tell(signal: Signal, sender: Any, **facts: Any) -> list[Draft]:
    """Send `signal` and return the ledger drafts of its receivers, in order; an error of one is raised."""
    answers = signal.send(sender=sender, **facts)
    return [draft for _receiver, drafts in answers for draft in drafts or ()]
