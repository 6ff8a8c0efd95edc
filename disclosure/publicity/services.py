"""What other rooms use of public lists: publishing, correcting, posting, objections, the clock's job."""

from .digest import Verification, verify
from .drafts import RowDraft
from .jobs import end_due_lists
from .objections import ANSWERING_ROLES, Lodged, answer, lodge, open_subjects
from .period import last_day, names_visible
from .postings import COUNTERSIGNING_ROLES, POSTING_ROLES, countersign, record_posting
from .publishing import correct, correcting_roles, publish
from .receipts import receipt

__all__ = [
    "ANSWERING_ROLES",
    "COUNTERSIGNING_ROLES",
    "POSTING_ROLES",
    "Lodged",
    "RowDraft",
    "Verification",
    "answer",
    "correct",
    "correcting_roles",
    "countersign",
    "end_due_lists",
    "last_day",
    "lodge",
    "names_visible",
    "open_subjects",
    "publish",
    "receipt",
    "record_posting",
    "verify",
]
