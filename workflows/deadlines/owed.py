"""Lists that wait for their correction after an upheld objection: lights, reminders, the next superior told.

As with steps (`reminding`): each telling once, recorded, and nothing is corrected or settled by it. Few are
owed at any time, so the job looks at all of them.
"""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from disclosure.publicity import owed
from disclosure.publicity.handling import complained_of
from disclosure.publicity.models import Correction, Objection
from disclosure.site.elder import plain
from portal import clock
from portal.ledger.services import Draft, append
from portal.outbox.models import Kind
from portal.outbox.services import send
from portal.people.models import Office
from workflows.engine import authority
from workflows.engine.deadlines import yellow_on
from workflows.engine.definitions import Seat

from . import events, schedule
from .escalation import in_record, in_words, people_of, superiors
from .models import ESCALATING, Mark, OwedReminder


def remind_owed() -> int:
    """Tell what is due today of every list that waits for its correction; return how many tellings. A job."""
    owed.date_undated()
    waiting = Objection.objects.filter(correction=Correction.OWED)
    return sum(remind(pk) for pk in list(waiting.order_by("correct_by", "pk").values_list("pk", flat=True)))


def remind(objection_id: int) -> int:
    """Tell what is due of one objection, in one transaction; return how many tellings were recorded."""
    with transaction.atomic():
        found = Objection.objects.select_for_update(of=("self",)).select_related("list__area")
        objection = found.get(pk=objection_id)
        # Read under the lock: the list may have been corrected, or another tick may have been here.
        if objection.correction != Correction.OWED or objection.correct_by is None:
            return 0
        told = set(objection.owed_reminders.values_list("mark", "number"))
        due = [mark for mark in _marks(objection, objection.correct_by) if mark not in told]
        drafts: list[Draft] = []
        if due:
            apart = complained_of(objection)
            over = authority.offices_over(objection.list.area_path)
            offices = [one for one in over if one.user_id not in apart]
            for mark, number in due:
                drafts += _tell(objection, objection.correct_by, mark, number, offices, openly=not apart)
        append(*drafts)
    return len(drafts)


def began_on(objection: Objection) -> date:
    """Return the day on which the correction began to be owed: that of the answer."""
    return schedule.day_of(objection.answered_at) if objection.answered_at else clock.today()


def _marks(objection: Objection, due: date) -> list[schedule.Due]:
    area, began = objection.list.area, began_on(objection)
    return schedule.marks_of(due, yellow_on(began, due, area), began, area, clock.today())


def _tell(
    objection: Objection, due: date, mark: Mark, number: int, offices: list[Office], *, openly: bool
) -> list[Draft]:
    """Record one telling, queue its messages and return its event; nothing where no level is left above."""
    list_, seat = objection.list, Seat(owed.CORRECTING_ROLE, objection.list.line)
    if mark in ESCALATING:
        told = superiors([seat], number, offices)
        if number > 1 and not told:
            return []
    else:
        told = authority.holders(seat, offices)
    days = schedule.overdue(due, list_.area, clock.today())
    OwedReminder.objects.create(
        objection=objection,
        mark=mark,
        number=number,
        at=clock.now(),
        days=days,
        told=in_words(told),
    )
    people = people_of(told)
    if people:
        title = _title(mark) % {"area": list_.area.name, "days": days}
        link = plain(reverse("desk:objection", args=[objection.pk]))
        # Whom the objection complains of may be in the group that a robot writes to.
        send(people, title, link, kind=Kind.REMINDER, groups=openly)
    body = {
        "list": list_.number,
        "mark": mark.value,
        "number": number,
        "due_on": due.isoformat(),
        "days": days,
        "told": in_record(told),
    }
    kind = events.ESCALATED if mark in ESCALATING else events.REMINDED
    code, key = list_.area.code, str(objection.pk)
    return [Draft(kind, "objection", key, area_code=code, line=list_.line, body=body)]


def _title(mark: Mark) -> str:
    if mark == Mark.YELLOW:
        return _("黄灯：%(area)s有一份名单要更正，快到期了，请抓紧办")
    if mark == Mark.ESCALATED:
        return _("督办：%(area)s有一份名单超期 %(days)s 个工作日没有更正，请过问")
    return _("红灯：%(area)s有一份名单超期 %(days)s 个工作日没有更正，请尽快办")
