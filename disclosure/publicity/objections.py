"""Objections (异议): lodging one, answering it, and which rows an open one holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.deliberations.offices import covers, require_own
from disclosure.masking.services import refuse_numbers
from portal import clock
from portal.configuration import services as configuration
from portal.ledger.canonical import canonical
from portal.ledger.services import Draft, append
from portal.people import recusal
from portal.people.models import Office, Role, User
from portal.sealing.keys import keyed_hash

from .errors import AlreadyAnswered, BadAnswer, BadObjection, ListReplaced, MustStepAside, NoSuchObjection
from .events import ANSWERED, LODGED
from .keys import ANSWER_DAY_KIND, ANSWER_DAYS
from .models import Channel, Correction, Ground, Objection, ObjectionState, PublicList
from .period import last_day
from .reach import locked_series, require_reach
from .receipts import new_code, new_pin, pin_hash, pin_of
from .signals import correction_owed, objection_answered, objection_lodged, tell

# Those who may answer. Who filed for a household does not: the clerk and the helper are not among them.
ANSWERING_ROLES = [
    Role.VILLAGE_SUPERVISION,
    Role.TOWNSHIP_REVIEWER,
    Role.TOWNSHIP_HEAD,
    Role.COUNTY_REVIEWER,
    Role.COUNTY_HEAD,
]
OUTCOMES = [ObjectionState.UPHELD, ObjectionState.DISMISSED]
LONGEST_TEXT = 2000
LONGEST_CONTACT = 100
LONGEST_ANSWER = 500
INVESTIGATORS = 2
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
) -> Lodged:
    """Register an objection to a row (or the whole list, without `row_id`) and return its receipt and PIN.

    Anyone may, without a name. One by telephone or on paper is registered by an official (`by`, `office`),
    who may give the earlier day on which it came in. What came in after the closing day is late: it is
    answered all the same but holds no row. `sender` tells one sender from another for REPEAT: the same
    words from the same sender on the same row (a double click, a page sent again) give the same receipt and
    PIN, and nothing new. Raises NoSuchList, ListReplaced, BadObjection, NotYourOffice.
    """
    with transaction.atomic():
        list, latest = locked_series(list_id)
        _check_channel(list, channel, by, office)
        text, contact = text.strip(), contact.strip()
        submission = _submission(list, row_id, ground, text, contact, sender) if sender and not by else ""
        if submission and (earlier := _earlier(list, submission)):
            return Lodged(earlier, earlier.receipt, pin_of(earlier.receipt, submission), again=True)
        if list.pk != latest.pk:
            message = _("这份名单已经更正，请到新的名单（%(number)s）上提。") % {"number": latest.number}
            raise ListReplaced(message, latest.number)
        _check_words(text, contact, ground)
        row = list.rows.filter(pk=row_id).first() if row_id is not None else None
        if row_id is not None and row is None:
            raise BadObjection(_("这一行不在名单上，请重新选择是哪一家，或对整份名单提。"))
        today = clock.today()
        received_on = _received_on(list, channel, received_on or today)
        answer_days = configuration.value(ANSWER_DAYS, list.area)
        due_on = last_day(
            received_on, answer_days, configuration.value(ANSWER_DAY_KIND, list.area), list.area
        )
        code = new_code()
        pin = pin_of(code, submission) if submission else new_pin()
        objection = Objection.objects.create(
            list=list,
            row=row,
            receipt=code,
            pin_hash=pin_hash(code, pin),
            submission=submission,
            channel=channel,
            ground=ground,
            text=text,
            contact=contact,
            late=received_on > list.closes_on,
            received_on=received_on,
            received_at=clock.now(),
            due_on=due_on,
            registered_by=by,
        )
        follow = tell(objection_lodged, Objection, objection=objection)
        append(_lodged_draft(objection, by, office), *follow)
    return Lodged(objection, code, pin)


def answer(
    *,
    by: User,
    office: Office,
    objection_id: int,
    outcome: str,
    findings: str,
    answer: str,
    investigators: Sequence[str],
) -> Objection:
    """Answer an objection as upheld or dismissed and return it; either needs findings by two investigators.

    Raises NoSuchObjection, NotYourOffice, AlreadyAnswered, BadAnswer, MustStepAside, and NotForThePublic
    where the answer holds a personal number. Source: domain.md section 3 (S21: rejected with findings; S23).
    """
    with transaction.atomic():
        list_id = Objection.objects.filter(pk=objection_id).values_list("list_id", flat=True).first()
        if list_id is None:
            raise no_such_objection()
        list, latest = locked_series(list_id)
        require_own(by, office, ANSWERING_ROLES)
        if not covers(office, list.area_path, list.line):
            raise no_such_objection()
        objection = (
            Objection.objects.select_for_update(of=("self",)).select_related("row").get(pk=objection_id)
        )
        objection.list = list
        if objection.state != ObjectionState.OPEN:
            raise AlreadyAnswered(
                _("这件异议已经答复过（%(state)s），答复不能改。") % {"state": objection.get_state_display()}
            )
        names = _check_answer(outcome, findings, answer, investigators)
        require_no_kin(by, objection)
        objection.state = ObjectionState(outcome)
        objection.findings = findings.strip()
        objection.answer = answer.strip()
        objection.investigators = names
        objection.answered_at = clock.now()
        objection.answered_by = by
        # Whoever sends the rows back by themselves says so; else the list is to be corrected.
        objection.correction = Correction.OWED if outcome == ObjectionState.UPHELD else ""
        objection.save()
        held = open_subjects(latest)
        facts = {"objection": objection, "list": latest, "open_subjects": held, "office": office}
        follow = tell(objection_answered, Objection, **facts)
        objection.save(update_fields=["correction"])
        if objection.correction == Correction.OWED:
            follow += tell(correction_owed, Objection, objection=objection)
        append(_answered_draft(objection, by, office), *follow)
    return objection


def open_subjects(list: PublicList) -> set[str]:
    """Return the subjects of rows of `list` that an open objection holds; one to the whole list holds all.

    Objections to earlier versions count as long as nobody answered them; late ones hold nothing.
    """
    open_ones = Objection.objects.filter(
        list__series=list.series, state=ObjectionState.OPEN, received_on__lte=list.closes_on
    )
    held = set(open_ones.values_list("row__subject", flat=True))
    if not held:
        return set()
    subjects = set(list.rows.values_list("subject", flat=True))
    return subjects if None in held else subjects & held


def forget_submissions() -> int:
    """Forget by which form objections came in, once it can no longer be sent again by mistake."""
    old = Objection.objects.exclude(submission="").filter(received_at__lt=clock.now() - REPEAT)
    return old.update(submission="")


def _submission(
    list: PublicList, row_id: int | None, ground: str, text: str, contact: str, sender: str
) -> str:
    return keyed_hash(canonical([list.series, row_id, ground, text, contact, sender]), "objection-form")


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


def _received_on(list: PublicList, channel: str, day: date) -> date:
    """Return the day the objection came in, or raise BadObjection where it cannot have been that day."""
    today = clock.today()
    if channel == Channel.WEB and day != today:
        raise BadObjection(_("网上提的异议以今天为准。"))
    if not list.starts_on <= day <= today:
        raise BadObjection(_("收到日期要在名单发布以后、今天以前，请核对。"))
    return day


def _check_answer(outcome: str, findings: str, answer: str, investigators: Sequence[str]) -> str:
    """Return the investigators' names in one text, or raise BadAnswer."""
    if outcome not in OUTCOMES:
        raise BadAnswer(_("请选择异议成立还是不成立。"))
    if len(findings.strip()) < 4:
        raise BadAnswer(_("要写明查证情况：去了哪里、问了谁、看了什么。成立或不成立都要写。"))
    if not answer.strip():
        raise BadAnswer(_("请写给提异议的人看的答复。"))
    if len(answer.strip()) > LONGEST_ANSWER:
        raise BadAnswer(_("答复太长了，请写在%(longest)s字以内。") % {"longest": LONGEST_ANSWER})
    parts = re.split(r"[、,，;；\s]+", investigators) if isinstance(investigators, str) else investigators
    names = [*dict.fromkeys(name.strip() for name in parts if name.strip())]
    if len(names) < INVESTIGATORS:
        raise BadAnswer(_("要由至少两个人去查，请写两个人的姓名。"))
    joined = "、".join(names)
    if len(joined) > 80:
        raise BadAnswer(_("查证人的姓名太长了，请写在80字以内。"))
    refuse_numbers(_("答复"), [answer])
    return joined


def require_no_kin(by: User, objection: Objection) -> None:
    """Raise MustStepAside where `by` is related to a household that the objection is about."""
    rows = [objection.row] if objection.row else objection.list.rows.only("list", "subject")
    if reasons := recusal.reasons(by, [row.subject for row in rows]):
        raise MustStepAside(
            _("您要回避：%(reasons)s。请交给别人答复。")
            % {"reasons": "；".join(dict.fromkeys(reasons.values()))}
        )


def no_such_objection() -> NoSuchObjection:
    """Return the one answer for objections that do not exist and those out of reach."""
    return NoSuchObjection(_("没有找到这件异议，请核对后再办。"))


def _lodged_draft(objection: Objection, by: User | None, office: Office | None) -> Draft:
    body = {
        "list": objection.list.number,
        "row": objection.row.position if objection.row else None,
        "channel": str(objection.channel),
        "ground": str(objection.ground),
        "received_on": objection.received_on.isoformat(),
        "late": objection.late,
        "due_on": objection.due_on.isoformat(),
    }
    sealed = {name: value for name in ("text", "contact") if (value := getattr(objection, name))}
    return _draft(LODGED, objection, by, office, body, sealed)


def _answered_draft(objection: Objection, by: User, office: Office) -> Draft:
    body = {
        "list": objection.list.number,
        "row": objection.row.position if objection.row else None,
        "outcome": str(objection.state),
        "late": objection.late,
        "overdue": clock.today() > objection.due_on,
        "correction": str(objection.correction),
    }
    sealed = {name: getattr(objection, name) for name in ("findings", "answer", "investigators")}
    return _draft(ANSWERED, objection, by, office, body, sealed)


def _draft(
    kind: str,
    objection: Objection,
    by: User | None,
    office: Office | None,
    body: dict[str, object],
    sealed: dict[str, str],
) -> Draft:
    return Draft(
        kind=kind,
        object_type="objection",
        # Not the receipt: the ledger is read by more people than the slip.
        object_id=str(objection.pk),
        actor=by,
        office=office,
        area_code=objection.list.area.code,
        line=objection.list.line,
        body=body,
        sealed=sealed,
    )
