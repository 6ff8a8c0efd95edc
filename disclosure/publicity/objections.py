"""Objections (异议): lodging one, on the web or by an official for whoever telephoned or wrote."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.configuration import services as configuration
from portal.files.services import Prepared
from portal.ledger.canonical import canonical
from portal.ledger.services import Draft, append
from portal.people.models import Office, User
from portal.sealing.keys import keyed_hash

from .complaints import mark
from .errors import BadObjection, ListReplaced
from .events import LODGED
from .handling import COMPLAINABLE, settle_level, spoken_of
from .keys import ANSWER_DAY_KIND, ANSWER_DAYS, CALENDAR
from .models import Channel, Ground, Objection, PublicList
from .objection_keys import LATE_ANSWER_DAYS, LATE_TELL_DAYS, PHOTOS
from .period import last_day
from .reach import locked_series, require_reach
from .receipts import new_code, new_pin, pin_hash, pin_of
from .records import PHOTO, draft, photo_drafts
from .signals import objection_lodged, tell

LONGEST_TEXT = 2000
LONGEST_CONTACT = 100
LONGEST_COMPLAINED = 60
REPEAT = timedelta(minutes=10)


@dataclass(frozen=True)
class Lodged:
    """An objection just lodged, with the code and the PIN, which the objector sees now and never again.

    `again` says that the very same form had come in minutes before: this is its objection, not a second one.
    """

    objection: Objection
    receipt: str
    pin: str = field(repr=False)
    again: bool = False


def lodge(
    *,
    list_id: int,
    row_id: int | None = None,
    text: str,
    ground: str = "",
    contact: str = "",
    channel: str = Channel.WEB,
    by: User | None = None,
    office: Office | None = None,
    received_on: date | None = None,
    sender: str = "",
    complained_role: str = "",
    complained_said: str = "",
    complained_people: Sequence[User] = (),
    photos: Sequence[Prepared] = (),
) -> Lodged:
    """Register an objection to a row (or the whole list, without `row_id`) and return its receipt and PIN.

    Anyone may, without a name. One by telephone or on paper is registered by an official (`by`, `office`),
    who may give the earlier day on which it came in. What came in after the closing day is late: it is
    answered all the same but holds no row. `sender` tells one sender from another for REPEAT: the same
    words from the same sender on the same row (a double click, a page sent again) give the same receipt and
    PIN, and nothing new.

    Of whom it complains, by office (`complained_role`), in own words (`complained_said`, or the text), or
    marked by the registrar (`complained_people`), sees nothing of it from the first moment; where that leaves
    nobody to answer, it goes to the level above. `photos` are prepared pictures, never public. Late ones are
    due by the limits of petitions (S3). Raises NoSuchList, ListReplaced, BadObjection, NotYourOffice.
    """
    with transaction.atomic():
        list, latest = locked_series(list_id)
        _check_channel(list, channel, by, office)
        text, contact = text.strip(), contact.strip()
        complained_said = complained_said.strip()
        parts = [list.series, row_id, ground, text, contact, sender, complained_role, complained_said]
        parts += [photo.original_sha256 for photo in photos]
        submission = keyed_hash(canonical(parts), "objection-form") if sender and not by else ""
        if submission and (earlier := _earlier(list, submission)):
            return Lodged(earlier, earlier.receipt, pin_of(earlier.receipt, submission), again=True)
        if list.pk != latest.pk:
            message = _("这份名单已经更正，请到新的名单（%(number)s）上提。") % {"number": latest.number}
            raise ListReplaced(message, latest.number)
        _check_words(text, contact, ground)
        _check_complaint(list, complained_role, complained_said)
        check_photos(list, photos)
        row = list.rows.filter(pk=row_id).first() if row_id is not None else None
        if row_id is not None and row is None:
            raise BadObjection(_("这一行不在名单上，请重新选择是哪一家，或对整份名单提。"))
        today = clock.today()
        received_on = _received_on(list, channel, received_on or today)
        late = received_on > list.closes_on
        about = spoken_of(list, complained_role, f"{complained_said}\n{text}")
        about |= {user.pk: user for user in complained_people}
        if by is not None and by.pk in about:
            raise BadObjection(
                _("这件投诉的就是您本人，不能由您登记。请交给村务监督委员会、乡镇或县里的人登记。")
            )
        code = new_code()
        pin = pin_of(code, submission) if submission else new_pin()
        objection = Objection(
            list=list,
            row=row,
            receipt=code,
            pin_hash=pin_hash(code, pin),
            submission=submission,
            channel=channel,
            ground=ground,
            text=text,
            contact=contact,
            late=late,
            received_on=received_on,
            received_at=clock.now(),
            due_on=_due_on(list, received_on, late),
            tell_by=_petition_day(list, received_on, LATE_TELL_DAYS) if late else None,
            registered_by=by,
            complained_role=complained_role,
            complained_said=complained_said,
        )
        objection.save()
        mark(objection, about.values(), by=by if complained_people else None)
        if settle_level(objection):
            objection.save(update_fields=["level", "passed_up"])
        stored = photo_drafts(photos, PHOTO, objection, by, office)
        follow = tell(objection_lodged, Objection, objection=objection)
        append(*stored, lodged_draft(objection, by, office, len(photos), len(about)), *follow)
    return Lodged(objection, code, pin)


def forget_submissions() -> int:
    """Forget by which form objections came in, once it can no longer be sent again by mistake."""
    old = Objection.objects.exclude(submission="").filter(received_at__lt=clock.now() - REPEAT)
    return old.update(submission="")


def _earlier(list: PublicList, submission: str) -> Objection | None:
    """Return the objection that came by this very form a few minutes ago; the list is locked."""
    return Objection.objects.filter(
        list=list, submission=submission, channel=Channel.WEB, received_at__gte=clock.now() - REPEAT
    ).first()


def _check_channel(list: PublicList, channel: str, by: User | None, office: Office | None) -> None:
    if channel not in Channel.values:
        raise BadObjection(_("请选择是网上、电话还是纸条。"))
    if channel == Channel.WEB:
        # Nothing on a public page depends on who asks: an objection from the web has no account.
        if by is not None or office is not None:
            raise BadObjection(_("网上提的异议不登记账号；代人登记请选电话或纸条。"))
        return
    if by is None or office is None:
        raise BadObjection(_("电话和纸条的异议要由工作人员登记。"))
    require_reach(by, office, list)


def _check_words(text: str, contact: str, ground: str) -> None:
    if len(text) < 2:
        raise BadObjection(_("请写一两句哪里不对，好让人去查。"))
    if len(text) > LONGEST_TEXT:
        raise BadObjection(_("写得太长了，请写在%(longest)s字以内。") % {"longest": LONGEST_TEXT})
    if len(contact) > LONGEST_CONTACT:
        raise BadObjection(_("联系方式太长了，留一个电话或姓名就够了。"))
    if ground and ground not in Ground.values:
        raise BadObjection(_("请从列出的几种里选一种，或者不选。"))


def _check_complaint(list: PublicList, role: str, said: str) -> None:
    if role and role not in COMPLAINABLE:
        raise BadObjection(_("请从列出的几种经办的人里选一种，或者不选。"))
    if len(said) > LONGEST_COMPLAINED:
        raise BadObjection(_("投诉的是谁，请写在%(longest)s字以内。") % {"longest": LONGEST_COMPLAINED})


def check_photos(list: PublicList, photos: Sequence[Prepared]) -> None:
    """Raise BadObjection where there are too many `photos`, or one is no picture."""
    most = configuration.value(PHOTOS, list.area)
    if len(photos) > most:
        raise BadObjection(_("照片太多了，最多%(most)s张，请挑要紧的。") % {"most": most})
    if not all(photo.is_picture for photo in photos):
        raise BadObjection(_("这里只收照片。别的材料请交到村里或乡镇。"))


def _due_on(list: PublicList, received_on: date, late: bool) -> date:
    """Return the day by which it is to be answered; a late one by the limit of petitions (S3)."""
    if late:
        return _petition_day(list, received_on, LATE_ANSWER_DAYS)
    days = configuration.value(ANSWER_DAYS, list.area)
    return last_day(received_on, days, configuration.value(ANSWER_DAY_KIND, list.area), list.area)


def _petition_day(list: PublicList, start: date, key: str) -> date:
    return last_day(start, configuration.value(key, list.area), CALENDAR, list.area)


def _received_on(list: PublicList, channel: str, day: date) -> date:
    """Return the day the objection came in, or raise BadObjection where it cannot have been that day."""
    today = clock.today()
    if channel == Channel.WEB and day != today:
        raise BadObjection(_("网上提的异议以今天为准。"))
    if not list.starts_on <= day <= today:
        raise BadObjection(_("收到日期要在名单发布以后、今天以前，请核对。"))
    return day


def lodged_draft(
    objection: Objection, by: User | None, office: Office | None, photos: int, complained: int
) -> Draft:
    """Return the ledger draft of an objection or appeal that came in; words and contact are sealed."""
    body = {
        "list": objection.list.number,
        "row": objection.row.position if objection.row else None,
        "channel": str(objection.channel),
        "ground": str(objection.ground),
        "received_on": objection.received_on.isoformat(),
        "late": objection.late,
        "due_on": objection.due_on.isoformat(),
        "level": str(objection.level),
        "passed_up": objection.passed_up,
        "complained_role": str(objection.complained_role),
        "complained_of": complained,
        "photos": photos,
    }
    names = ("text", "contact", "complained_said")
    sealed = {name: str(value) for name in names if (value := getattr(objection, name))}
    return draft(LODGED, objection, by, office, body, sealed)
