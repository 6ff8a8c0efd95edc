"""Proof that a list hung on the village's board (张贴)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.masking.services import refuse_numbers
from portal import clock
from portal.files import services as files
from portal.files.photo_facts import PhotoFacts, facts_of
from portal.ledger.services import Draft, append, on_day
from portal.people.models import TOWNSHIP_ROLES, VILLAGE_ROLES, Office, Role, User

from .errors import BadPosting
from .events import COUNTERSIGNED, POSTED
from .handling import officials_over
from .models import Posting, PublicList
from .reach import locked_series, missing, require_reach

POSTING_ROLES = [*VILLAGE_ROLES, *TOWNSHIP_ROLES]
# The village's own watchers; the township where they have nobody else. Whoever posted never countersigns.
COUNTERSIGNING_ROLES = [Role.VILLAGE_SUPERVISION, *TOWNSHIP_ROLES]
LONGEST_NOTE = 60


def record_posting(
    *,
    by: User,
    office: Office,
    list_id: int,
    seen_on: date,
    photo: Any = None,
    note: str = "",
    claimed_at: datetime | None = None,
    sent_key: str = "",
) -> Posting:
    """Record that `by` saw the list on the board on `seen_on`, with a photo (an uploaded file) if any.

    The photo shows whole names and so is a private file, never on the web; what the camera wrote into it is
    kept beside it, privately. From a phone that had no signal come `claimed_at`, when the phone says that it
    was written down (kept as said: its clock may be wrong, `recorded_at` is ours), and `sent_key`: what is
    sent twice under one key is recorded once. Raises NoSuchList, NotYourOffice, BadPosting for a day before
    the list was published or in the future, and what the file's check raises.
    """
    sent_key = sent_key.strip()[:40]
    prepared = files.prepare(photo) if photo is not None else None
    facts = facts_of(files.original_bytes(prepared)) if prepared else PhotoFacts()
    with transaction.atomic():
        list, _latest = locked_series(list_id)
        require_reach(by, office, list, POSTING_ROLES)
        if sent_key and (known := Posting.objects.filter(recorded_by=by, sent_key=sent_key).first()):
            return known
        if prepared and not prepared.is_picture:
            raise BadPosting(_("张贴证明要一张照片，请拍下公开栏再登记。"))
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
        stored, stored_draft = None, []
        if prepared:
            stored, one = files.keep(
                prepared,
                name=_("张贴照片"),
                reference=f"list:{list.number}",
                by=by,
                office=office,
                area_code=list.area.code,
                line=list.line,
            )
            stored_draft = [one]
        posting = Posting.objects.create(
            list=list,
            seen_on=seen_on,
            note=note,
            photo=stored,
            claimed_at=claimed_at,
            sent_key=sent_key,
            taken_at=facts.taken_at,
            taken_where=facts.place,
            device=facts.device,
            recorded_by=by,
            office=office,
            recorded_at=clock.now(),
        )
        sealed = {"place": facts.place, "device": facts.device}
        append(
            *stored_draft,
            Draft(
                kind=POSTED,
                object_type="list",
                object_id=list.number,
                actor=by,
                office=office,
                area_code=list.area.code,
                line=list.line,
                claimed_at=claimed_at or on_day(seen_on),
                body={
                    "seen_on": seen_on.isoformat(),
                    "note": note,
                    "photo": stored.sha256 if stored else None,
                    "taken_at": facts.taken_at,
                },
                sealed={name: said for name, said in sealed.items() if said},
            ),
        )
    return posting


def countersign(*, by: User, office: Office, posting_id: int) -> Posting:
    """Record that `by`, another person than the poster, saw the same posting; return it.

    The supervision committee does; the township only where the committee has nobody but the poster. Raises
    NoSuchList, NotYourOffice, and BadPosting where it is their own or was countersigned before.
    """
    with transaction.atomic():
        list_id = Posting.objects.filter(pk=posting_id).values_list("list_id", flat=True).first()
        if list_id is None:
            raise missing()
        list, _latest = locked_series(list_id)
        require_reach(by, office, list, COUNTERSIGNING_ROLES)
        posting = Posting.objects.select_for_update().get(pk=posting_id)
        if posting.recorded_by_id == by.pk:
            raise BadPosting(_("这是您自己登记的张贴，要由另一个看到的人会签。"))
        if posting.countersigned_by_id:
            raise BadPosting(_("这次张贴已经会签过了。"))
        if office.role != Role.VILLAGE_SUPERVISION and _has_watcher(list, posting):
            raise BadPosting(_("请由村务监督委员会的人会签；他们没有别人时，乡镇才代为会签。"))
        posting.countersigned_by, posting.countersign_office = by, office
        posting.countersigned_at = clock.now()
        posting.save(update_fields=["countersigned_by", "countersign_office", "countersigned_at"])
        append(
            Draft(
                kind=COUNTERSIGNED,
                object_type="list",
                object_id=list.number,
                actor=by,
                office=office,
                area_code=list.area.code,
                line=list.line,
                body={"seen_on": posting.seen_on.isoformat(), "posting": posting.pk},
            )
        )
    return posting


def _has_watcher(list: PublicList, posting: Posting) -> bool:
    """Return whether the supervision committee has somebody beside the poster."""
    return any(
        office.role == Role.VILLAGE_SUPERVISION and office.user_id != posting.recorded_by_id
        for office in officials_over(list)
    )
