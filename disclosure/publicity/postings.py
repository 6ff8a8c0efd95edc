"""Proof that a list hung on the village's board (张贴)."""

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure.masking.services import refuse_numbers
from portal import clock
from portal.files import services as files
from portal.ledger.services import Draft, append
from portal.people.models import TOWNSHIP_ROLES, VILLAGE_ROLES, Office, User

from .errors import BadPosting
from .events import POSTED
from .models import Posting
from .reach import locked_series, require_reach

POSTING_ROLES = [*VILLAGE_ROLES, *TOWNSHIP_ROLES]
LONGEST_NOTE = 60


def record_posting(
    *, by: User, office: Office, list_id: int, seen_on: date, photo: Any = None, note: str = ""
) -> Posting:
    """Record that `by` saw the list on the board on `seen_on`, with a photo (an uploaded file) if any.

    The photo shows whole names and so is a private file, never on the web. Raises NoSuchList, NotYourOffice,
    BadPosting for a day before the list was published or in the future, and what the file's check raises.
    """
    with transaction.atomic():
        list, _latest = locked_series(list_id)
        require_reach(by, office, list, POSTING_ROLES)
        if seen_on > clock.today():
            raise BadPosting(_("张贴日期还没到，请看到贴出来以后再记。"))
        if seen_on < list.starts_on:
            raise BadPosting(
                _("名单%(day)s才发布，张贴不会更早，请核对日期。") % {"day": list.starts_on.isoformat()}
            )
        note = note.strip()
        if len(note) > LONGEST_NOTE:
            raise BadPosting(_("说明太长了，请写在%(longest)s字以内。") % {"longest": LONGEST_NOTE})
        refuse_numbers(_("说明"), [note])
        stored = None
        if photo is not None:
            stored = files.store(photo, name=_("张贴照片"), reference=f"list:{list.number}", by=by)
        posting = Posting.objects.create(
            list=list,
            seen_on=seen_on,
            note=note,
            photo=stored,
            recorded_by=by,
            recorded_at=clock.now(),
        )
        append(
            Draft(
                kind=POSTED,
                object_type="list",
                object_id=list.number,
                actor=by,
                office=office,
                area_code=list.area.code,
                line=list.line,
                claimed_at=timezone.make_aware(datetime.combine(seen_on, time())),
                body={
                    "seen_on": seen_on.isoformat(),
                    "note": note,
                    "photo": stored.sha256 if stored else None,
                },
            )
        )
    return posting
