"""What the room tells: sent inside the transaction of the act, before its ledger event."""

from django.dispatch import Signal

# meeting: Meeting. `meeting.deliberation` is locked and says whether it is open, passed or failed now.
# A receiver takes its own row locks and returns its ledger drafts (or None); they are appended after
# the meeting's own event, so that the head row is locked last and a cause stands before its effects.
meeting_recorded = Signal()
