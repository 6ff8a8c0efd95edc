"""What an objector does after lodging: appeal once to the level above, or withdraw, by receipt and PIN."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.configuration import services as configuration
from portal.files.services import Prepared
from portal.ledger.services import append
from portal.people.models import Office, User

from .answering import OUTCOMES, locked_objection, require_open, tell_answered
from .complaints import mark
from .errors import BadObjection, NoAppeal
from .events import APPEALED, WITHDRAWN
from .handling import complained_of, level_above, settle_level, spoken_of
from .keys import CALENDAR
from .models import Channel, Objection, ObjectionState
from .objection_keys import APPEAL_ANSWER_DAYS, APPEAL_DAYS, APPEAL_HOLDS
from .objections import LONGEST_TEXT, check_photos
from .period import last_day
from .reach import require_reach
from .receipts import new_code
from .records import PHOTO, draft, photo_drafts
from .signals import objection_lodged, tell

# No PIN gives this hash: an appeal is opened by the receipt of what it is against.
_NO_PIN = "-"


def last_day_to_appeal(objection: Objection) -> date | None:
    """Return the last day on which an answered objection may be appealed; None where it may not be at all.

    There is one appeal, to a level above the one that answered; above the county the portal knows none.
    """
    if objection.state not in OUTCOMES or objection.appeal_of_id or objection.answered_at is None:
        return None
    if appeal_level(objection) is None or appeal_of(objection) is not None:
        return None
    days = configuration.value(APPEAL_DAYS, objection.list.area)
    answered = clock.day_of(objection.answered_at)
    return last_day(answered, days, CALENDAR, objection.list.area)


def appeal_of(objection: Objection) -> Objection | None:
    """Return the appeal against the answer to `objection`, if there is one."""
    return Objection.objects.filter(appeal_of=objection).select_related("answer_office__area").first()


def appeal_level(objection: Objection) -> str | None:
    """Return the level above the one that answered; None where the county did."""
    office = objection.answer_office
    return level_above(office.area.level if office is not None else objection.level)


def appeal(
    *,
    objection_id: int,
    text: str,
    photos: Sequence[Prepared] = (),
    channel: str = Channel.WEB,
    by: User | None = None,
    office: Office | None = None,
    received_on: date | None = None,
) -> Objection:
    """Register the one appeal against an answer, and return it; it is told of by the first one's receipt.

    On the web the caller has checked receipt and PIN; by telephone or on paper an official (`by`, `office`)
    of the place registers it, with the day on which it came in. It is answered by another level and other
    people, within APPEAL_ANSWER_DAYS. Whom the first complained of, or this one does, sees nothing of it.
    Raises NoSuchObjection, NoAppeal, BadObjection, NotYourOffice, NoSuchList.
    """
    with transaction.atomic():
        first, list, _latest = locked_objection(by, objection_id)
        if channel not in Channel.values or (channel == Channel.WEB) != (by is None and office is None):
            raise BadObjection(_("电话和纸条的复核申请要由工作人员登记。"))
        if by is not None and office is not None:
            require_reach(by, office, list)
        until = last_day_to_appeal(first)
        today = clock.today()
        received_on = received_on or today
        if until is None:
            raise NoAppeal(
                _("这件不能在这里申请复核：还没有答复，已经申请过一次，或者是县里答复的。请向市里信访反映。")
            )
        answered_on = clock.day_of(first.answered_at)
        if (channel == Channel.WEB and received_on != today) or not answered_on <= received_on <= today:
            raise BadObjection(_("收到日期要在答复以后、今天以前，请核对。"))
        if received_on > until:
            raise NoAppeal(
                _("申请复核要在%(day)s以前，已经过了。可以再提一件新的异议。") % {"day": until.isoformat()}
            )
        text = text.strip()
        if len(text) < 2:
            raise BadObjection(_("请写一两句为什么不服这个答复，好让上一级去查。"))
        if len(text) > LONGEST_TEXT:
            raise BadObjection(_("写得太长了，请写在%(longest)s字以内。") % {"longest": LONGEST_TEXT})
        check_photos(list, photos)
        second = Objection(
            list=list,
            row=first.row,
            receipt=new_code(),
            pin_hash=_NO_PIN,
            channel=channel,
            ground=first.ground,
            text=text,
            contact=first.contact,
            late=first.late,
            appeal_of=first,
            level=appeal_level(first),
            holds=bool(configuration.value(APPEAL_HOLDS, list.area)) and not first.late,
            received_on=received_on,
            received_at=clock.now(),
            due_on=last_day(
                received_on, configuration.value(APPEAL_ANSWER_DAYS, list.area), CALENDAR, list.area
            ),
            registered_by=by,
            complained_role=first.complained_role,
            complained_said=first.complained_said,
        )
        second.save()
        about = {user.pk: user for user in User.objects.filter(pk__in=complained_of(first))}
        about |= spoken_of(list, "", text)
        if by is not None and by.pk in about:
            raise BadObjection(
                _("这件投诉的就是您本人，不能由您登记。请交给村务监督委员会、乡镇或县里的人登记。")
            )
        mark(second, about.values(), by=None)
        if settle_level(second):
            second.save(update_fields=["level", "passed_up"])
        stored = photo_drafts(photos, PHOTO, second, by, office)
        follow = tell(objection_lodged, Objection, objection=second)
        body = {
            "list": list.number,
            "row": second.row.position if second.row else None,
            "appeal_of": first.pk,
            "channel": str(channel),
            "received_on": received_on.isoformat(),
            "due_on": second.due_on.isoformat(),
            "level": str(second.level),
            "holds": second.holds,
            "photos": len(photos),
        }
        append(*stored, draft(APPEALED, second, by, office, body, {"text": text}), *follow)
    return second


def withdraw(*, objection_id: int) -> Objection:
    """Take back an open objection (or appeal) as its objector wishes, and return it; it holds nothing more.

    The caller has checked receipt and PIN. Raises NoSuchObjection, AlreadyAnswered.
    """
    with transaction.atomic():
        objection, list, latest = locked_objection(None, objection_id)
        require_open(objection)
        objection.state = ObjectionState.WITHDRAWN
        objection.withdrawn_at = clock.now()
        objection.save(update_fields=["state", "withdrawn_at"])
        follow = tell_answered(objection, latest, None)
        body = {"list": list.number, "row": objection.row.position if objection.row else None}
        append(draft(WITHDRAWN, objection, None, None, body), *follow)
    return objection
