"""Objections after the period follow the limits of petitions: told in 15 days, finished in 60 (+30) (S3)."""

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.deliberations.offices import covers, require_own
from disclosure.masking.services import refuse_numbers
from portal import clock
from portal.configuration import services as configuration
from portal.ledger.services import append
from portal.people.models import Office, Role, User

from .answering import locked_objection, no_such_objection, require_level, require_open
from .errors import AlreadyAnswered, BadAnswer
from .events import EXTENDED, TOLD
from .handling import ANSWERING_ROLES
from .keys import CALENDAR
from .models import Objection
from .objection_keys import LATE_EXTENSION_DAYS
from .period import last_day
from .records import draft

LONGEST_WORDS = 300
# A longer limit is granted by those who answer for the office, not by whoever handles the matter.
EXTENDING_ROLES = [Role.TOWNSHIP_HEAD, Role.COUNTY_HEAD]


def tell_objector(*, by: User, office: Office, objection_id: int, words: str) -> Objection:
    """Record what the objector of a late objection is told of how it is handled; read on the receipt's page.

    Raises NoSuchObjection, NotYourOffice, AlreadyAnswered, BadAnswer, MustStepAside, NotForThePublic.
    """
    words = words.strip()
    with transaction.atomic():
        objection = _reached(by, office, objection_id, ANSWERING_ROLES)
        if objection.told_at is not None:
            raise AlreadyAnswered(_("已经告知过了，请看下面的记录。"))
        _check(words, _("请写清楚怎么办、由谁办（4 到 300 字），提的人看得到。"))
        objection.told_at, objection.told_by, objection.told_words = clock.now(), by, words
        objection.save(update_fields=["told_at", "told_by", "told_words"])
        body = {
            "list": objection.list.number,
            "overdue": clock.today() > (objection.tell_by or clock.today()),
        }
        append(draft(TOLD, objection, by, office, body, {"words": words}))
    return objection


def extend(*, by: User, office: Office, objection_id: int, why: str) -> Objection:
    """Give a late objection LATE_EXTENSION_DAYS calendar days more, once, before it is due, with a reason.

    Raises NoSuchObjection, NotYourOffice, AlreadyAnswered, BadAnswer, MustStepAside, NotForThePublic.
    """
    why = why.strip()
    with transaction.atomic():
        objection = _reached(by, office, objection_id, EXTENDING_ROLES)
        if objection.extended_at is not None:
            raise AlreadyAnswered(_("已经延长过一次，不能再延长。"))
        if clock.today() > objection.due_on:
            raise AlreadyAnswered(_("已经过了办结期限，不能再延长，请尽快答复。"))
        _check(why, _("请写清楚为什么要延长（4 到 300 字），提的人看得到。"))
        before = objection.due_on
        days = configuration.value(LATE_EXTENSION_DAYS, objection.list.area)
        objection.due_on = last_day(before, days, CALENDAR, objection.list.area)
        objection.extended_at, objection.extended_by, objection.extension_why = clock.now(), by, why
        objection.save(update_fields=["due_on", "extended_at", "extended_by", "extension_why"])
        body = {
            "list": objection.list.number,
            "from": before.isoformat(),
            "due_on": objection.due_on.isoformat(),
        }
        append(draft(EXTENDED, objection, by, office, body, {"why": why}))
    return objection


def _reached(by: User, office: Office, objection_id: int, roles: list[Role]) -> Objection:
    objection, list, _latest = locked_objection(by, objection_id)
    require_own(by, office, roles)
    if not covers(office, list.area_path, list.line):
        raise no_such_objection()
    require_open(objection)
    require_level(by, office, objection)
    if objection.tell_by is None:
        raise BadAnswer(_("这件是公示期内提的，照公示的期限答复，不用这样办。"))
    return objection


def _check(words: str, complaint: str) -> None:
    if not 4 <= len(words) <= LONGEST_WORDS:
        raise BadAnswer(complaint)
    refuse_numbers(_("写给提异议的人的话"), [words])
