"""What an upheld objection still asks for: its list corrected, until it is or a reason is given why not.

An objection that is upheld while its row waits for the list's clock sends the row back by itself. One that is
upheld later (the row was approved, the list is a result) changes no case: the list must be corrected, and
until then the township's reviewer has it among what is to be done, with a deadline (design.md rule 4). Who is
reminded, and told upward when it lies, is `workflows.deadlines.owed`.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from disclosure.deliberations.offices import covers, require_own
from disclosure.masking.services import refuse_numbers
from portal import clock
from portal.ledger import written
from portal.ledger.services import Draft, append
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of

from .answering import no_such_objection, require_no_kin
from .errors import AlreadyAnswered, BadAnswer
from .events import DATED, NOT_CORRECTED
from .models import Complaint, Correction, Objection, PublicList
from .period import correct_by
from .reach import locked_series
from .records import draft

# Who sees to it: whoever may correct every kind of list and reads objections.
CORRECTING_ROLE = Role.TOWNSHIP_REVIEWER
LONGEST_WHY = 300


def owed_to(user: User) -> QuerySet[Objection]:
    """Return the upheld objections whose lists `user` must see corrected, the oldest answer first."""
    found = (
        Objection.objects.apart_from(user)
        .filter(correction=Correction.OWED)
        .select_related("list__area", "row")
    )
    reach = scope_of(user).filter(found, "list__area_path", "list__line", roles=[CORRECTING_ROLE])
    return reach.order_by("answered_at", "pk")


def watched_by(user: User, roles: Collection[str]) -> QuerySet[Objection]:
    """Return the upheld objections whose lists wait for correction where `user` holds one of `roles`.

    The nearest deadline first.
    """
    found = Objection.objects.apart_from(user).filter(correction=Correction.OWED)
    found = found.select_related("list__area", "row")
    reach = scope_of(user).filter(found, "list__area_path", "list__line", roles=roles)
    return reach.order_by("correct_by", "pk")


def date_undated() -> int:
    """Give those that were owed before there was a deadline one from today on; return how many.

    None of them turns red by a deadline that nobody knew of.
    """
    found = Objection.objects.filter(correction=Correction.OWED, correct_by=None).select_related("list__area")
    dated = 0
    for one in found.order_by("pk"):
        day = correct_by(one.list)
        with transaction.atomic():
            kept = Objection.objects.filter(pk=one.pk, correction=Correction.OWED, correct_by=None)
            if kept.update(correct_by=day):
                written.note_again(Objection, [one])
                append(draft(DATED, one, None, None, {"correct_by": day.isoformat()}))
                dated += 1
    return dated


def settle(new: PublicList) -> list[int]:
    """Take as settled, and return the ids of, what was owed on the list that `new` corrects.

    An objection to a row is settled where the correction changed that row or took it out; one to the list as
    a whole by any correction. The series is locked.
    """
    old = new.supersedes
    if old is None:
        return []
    owed = Objection.objects.filter(list__series=old.series, correction=Correction.OWED)
    about = [*owed.select_for_update(of=("self",)).select_related("row").order_by("pk")]
    if not about:
        return []
    before = {row.subject: (row.name, row.shown) for row in old.rows.all()}
    after = {row.subject: (row.name, row.shown) for row in new.rows.all()}
    done = [
        one for one in about if one.row is None or after.get(one.row.subject) != before.get(one.row.subject)
    ]
    for one in done:
        one.correction, one.corrected_in = Correction.CORRECTED, new
        one.correction_by, one.correction_at = new.published_by, clock.now()
        one.save(update_fields=["correction", "corrected_in", "correction_by", "correction_at"])
    return [one.pk for one in done]


def decline(*, by: User, office: Office, objection_id: int, why: str) -> Objection:
    """Record why the list of an upheld objection is not corrected; the objector reads it on the receipt.

    Raises NoSuchObjection, NotYourOffice, MustStepAside, AlreadyAnswered where nothing is owed (any more),
    BadAnswer without a reason, NotForThePublic where it holds a personal number.
    """
    with transaction.atomic():
        list_id = Objection.objects.filter(pk=objection_id).values_list("list_id", flat=True).first()
        if list_id is None:
            raise no_such_objection()
        list, _latest = locked_series(list_id)
        require_own(by, office, [CORRECTING_ROLE])
        if not covers(office, list.area_path, list.line):
            raise no_such_objection()
        if Complaint.objects.filter(objection=objection_id, person=by).exists():
            raise no_such_objection()
        locked = Objection.objects.select_for_update(of=("self",)).select_related("row")
        objection = locked.get(pk=objection_id)
        objection.list = list
        if objection.correction != Correction.OWED:
            raise AlreadyAnswered(_("这件异议不用再更正名单，请刷新页面看现在的情况。"))
        require_no_kin(by, objection)
        why = why.strip()
        if not 8 <= len(why) <= LONGEST_WHY:
            raise BadAnswer(
                _("要写清楚名单为什么不更正（8 到 %(most)s 字），提异议的人看得到。") % {"most": LONGEST_WHY}
            )
        refuse_numbers(_("不更正的理由"), [why])
        objection.correction, objection.correction_why = Correction.DECLINED, why
        objection.correction_by, objection.correction_at = by, clock.now()
        objection.save(update_fields=["correction", "correction_why", "correction_by", "correction_at"])
        append(
            Draft(
                kind=NOT_CORRECTED,
                object_type="objection",
                object_id=str(objection.pk),
                actor=by,
                office=office,
                area_code=list.area.code,
                line=list.line,
                body={"list": list.number, "row": objection.row.position if objection.row else None},
                sealed={"why": why},
            )
        )
    return objection
