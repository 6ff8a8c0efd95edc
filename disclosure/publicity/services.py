"""What other rooms use of public lists: publishing, correcting, posting, objections, the clock's job."""

from disclosure.masking.kinds import Content

from .allocations import Allocation
from .answering import answer, investigators_for
from .appeals import appeal, last_day_to_appeal, withdraw
from .complaints import mark_complained_of
from .digest import Verification, verify
from .drafts import RowDraft
from .handling import ANSWERING_ROLES
from .holding import open_subjects
from .jobs import end_due_lists
from .late_ones import extend, tell_objector
from .objections import Lodged, lodge
from .period import last_day, names_visible
from .postings import COUNTERSIGNING_ROLES, POSTING_ROLES, countersign, record_posting
from .publishing import correct, correcting_roles, publish
from .receipts import receipt

__all__ = [
    "ANSWERING_ROLES",
    "COUNTERSIGNING_ROLES",
    "POSTING_ROLES",
    "Allocation",
    "Content",
    "Lodged",
    "RowDraft",
    "Verification",
    "answer",
    "appeal",
    "correct",
    "correcting_roles",
    "countersign",
    "end_due_lists",
    "extend",
    "investigators_for",
    "last_day",
    "last_day_to_appeal",
    "lodge",
    "mark_complained_of",
    "names_visible",
    "open_subjects",
    "publish",
    "receipt",
    "record_posting",
    "tell_objector",
    "verify",
    "withdraw",
]
