"""Marking who an objection complains of (投诉经办的人): from then on they see nothing of it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.deliberations.offices import covers, require_own
from portal.ledger import written
from portal.ledger.services import append
from portal.people.models import Office, User

from .answering import locked_objection, no_such_objection, require_open
from .errors import BadObjection
from .events import COMPLAINED
from .handling import ANSWERING_ROLES, complained_of, officials_over, settle_level
from .models import Complaint, Objection
from .records import draft
from .signals import complaint_marked, tell


def mark(objection: Objection, people: Iterable[User], *, by: User | None) -> list[User]:
    """Write that `objection` complains of `people` and return those who were not marked before.

    The caller holds the lock and appends the event.
    """
    known = complained_of(objection) if objection.pk else set()
    new = [user for user in people if user.pk not in known]
    rows = [Complaint(objection=objection, person=user, marked_by=by) for user in new]
    written.note(*Complaint.objects.bulk_create(rows), made=True)
    return new


def mark_complained_of(*, by: User, office: Office, objection_id: int, person_id: int) -> Objection:
    """Mark that an open objection complains of the official `person_id`, who holds office over its place.

    Whoever may answer it may mark, or whoever registered it; nobody marks themselves out of work that is
    theirs. Where nobody is left to answer at its level, it goes to the level above, openly, and those there
    are told. Raises NoSuchObjection, NotYourOffice, AlreadyAnswered, BadObjection.
    """
    with transaction.atomic():
        objection, list, _latest = locked_objection(by, objection_id)
        require_own(by, office)
        if not covers(office, list.area_path, list.line):
            raise no_such_objection()
        if office.role not in ANSWERING_ROLES and objection.registered_by_id != by.pk:
            raise no_such_objection()
        require_open(objection)
        held = next((one for one in officials_over(list) if one.user_id == person_id), None)
        if held is None:
            raise BadObjection(_("没有找到这位经办的人，请从名单里选。"))
        if held.user_id == by.pk:
            raise BadObjection(_("不能标自己。您要回避的话，请交给另一位答复的人来标。"))
        new = mark(objection, [held.user], by=by)
        if not new:
            raise BadObjection(_("这位已经标过了。"))
        moved = settle_level(objection)
        if moved:
            objection.save(update_fields=["level", "passed_up"])
        follow = tell(complaint_marked, Objection, objection=objection, person=held.user, moved=moved)
        body = {
            "list": list.number,
            "person": held.user_id,
            "office": held.pk,
            "level": str(objection.level),
            "passed_up": objection.passed_up,
        }
        append(draft(COMPLAINED, objection, by, office, body), *follow)
    return objection
