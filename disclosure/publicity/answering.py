"""Answering an objection: who may, who investigated, what was found, and what is published of it."""

import re
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.deliberations.offices import covers, require_own
from disclosure.masking.services import refuse_numbers, refuse_private
from portal import clock
from portal.files.services import Prepared
from portal.ledger.services import Draft, append
from portal.people import recusal
from portal.people.models import Office, User

from .errors import AlreadyAnswered, BadAnswer, MustStepAside, NoSuchObjection
from .events import ANSWERED
from .handling import (
    ANSWERING_ROLES,
    at_or_above,
    complained_of,
    filers_of,
    first_hands,
    is_complained_of,
    officials_over,
    subjects_of,
)
from .holding import open_subjects
from .models import Correction, Objection, ObjectionState, PublicList
from .period import correct_by
from .reach import locked_series
from .records import draft, photo_drafts
from .signals import correction_owed, objection_answered, tell

OUTCOMES = [ObjectionState.UPHELD, ObjectionState.DISMISSED]
LONGEST_ANSWER = 500
INVESTIGATORS = 2
# Photos of what the investigators saw.
FINDINGS = "findings"


def answer(
    *,
    by: User,
    office: Office,
    objection_id: int,
    outcome: str,
    findings: str,
    answer: str,
    investigators: Sequence[str],
    photos: Sequence[Prepared] = (),
) -> Objection:
    """Answer an objection as upheld or dismissed and return it; either needs findings by two investigators.

    The objector reads findings and answer, everybody the answer, on the list's page and after it ended. Who
    is complained of, filed, or is related neither answers nor investigates; an appeal is answered at a
    higher level, by others. Raises NoSuchObjection, NotYourOffice, AlreadyAnswered, BadAnswer,
    MustStepAside, and NotForThePublic where the answer holds what is not for the public. Source: domain.md
    section 3 (S21: rejected with findings; S23).
    """
    with transaction.atomic():
        objection, list, latest = locked_objection(by, objection_id)
        require_own(by, office, ANSWERING_ROLES)
        if not covers(office, list.area_path, list.line):
            raise no_such_objection()
        require_open(objection)
        require_level(by, office, objection)
        names, accounts = _check_answer(objection, outcome, findings, answer, investigators)
        require_no_kin(by, objection)
        objection.state = ObjectionState(outcome)
        objection.findings = findings.strip()  # type: ignore[assignment]
        objection.answer = answer.strip()
        objection.investigators = names
        objection.answered_at = clock.now()
        objection.answered_by, objection.answer_office = by, office
        objection.days_taken = max(0, (clock.today() - objection.received_on).days)
        # Whoever sends the rows back by themselves says so; else the list is to be corrected.
        objection.correction = Correction.OWED if outcome == ObjectionState.UPHELD else ""
        objection.save()
        stored = photo_drafts(photos, FINDINGS, objection, by, office)
        follow = tell_answered(objection, latest, office)
        if objection.correction == Correction.OWED:
            objection.correct_by = correct_by(list)
        objection.save(update_fields=["correction", "correct_by"])
        if objection.correction == Correction.OWED:
            follow += tell(correction_owed, Objection, objection=objection)
        append(*stored, _answered_draft(objection, by, office, accounts), *follow)
    return objection


def tell_answered(objection: Objection, latest: PublicList, office: Office | None) -> list[Draft]:
    """Tell that `objection` is open no more, with the rows that others still hold; return the drafts."""
    facts = {"objection": objection, "list": latest, "open_subjects": open_subjects(latest), "office": office}
    return tell(objection_answered, Objection, **facts)


def locked_objection(by: User | None, objection_id: int) -> tuple[Objection, PublicList, PublicList]:
    """Return the objection with its list and the newest version of that, all locked.

    Raises NoSuchObjection where there is none, and for `by` whom it complains of.
    """
    list_id = Objection.objects.filter(pk=objection_id).values_list("list_id", flat=True).first()
    if list_id is None:
        raise no_such_objection()
    list, latest = locked_series(list_id)
    found = Objection.objects.select_for_update(of=("self",)).select_related("row", "appeal_of")
    objection = found.get(pk=objection_id)
    objection.list = list
    if by is not None and is_complained_of(by, objection):
        raise no_such_objection()
    return objection, list, latest


def require_open(objection: Objection) -> None:
    """Raise AlreadyAnswered where the objection is answered or withdrawn."""
    if objection.state == ObjectionState.WITHDRAWN:
        raise AlreadyAnswered(_("这件异议本人已经撤回，不用再答复。"))
    if objection.state != ObjectionState.OPEN:
        raise AlreadyAnswered(
            _("这件异议已经答复过（%(state)s），答复不能改。") % {"state": objection.get_state_display()}
        )


def require_level(by: User, office: Office, objection: Objection) -> None:
    """Raise MustStepAside where the office is too low, or `by` answered what this is an appeal against."""
    if by.pk in first_hands(objection):
        raise MustStepAside(_("这件是对您答复的复核，要由上一级的另一个人办。"))
    if not at_or_above(office, objection.level):
        why = (
            _("这件是申请复核的，要由上一级（%(level)s）答复。")
            if objection.appeal_of_id
            else _("下一级的人要回避，这件由%(level)s直接答复。")
        )
        raise MustStepAside(why % {"level": objection.get_level_display()})


def require_no_kin(by: User, objection: Objection) -> None:
    """Raise MustStepAside where `by` filed for a household that it is about, or is related to it."""
    subjects = subjects_of(objection)
    if by.pk in filers_of(subjects):
        raise MustStepAside(_("这一户是您申报的，请交给别人答复。"))
    if reasons := recusal.reasons(by, subjects):
        raise MustStepAside(
            _("您要回避：%(reasons)s。请交给别人答复。")
            % {"reasons": "；".join(dict.fromkeys(reasons.values()))}
        )


def no_such_objection() -> NoSuchObjection:
    """Return the one answer for objections that do not exist and those out of reach."""
    return NoSuchObjection(_("没有找到这件异议，请核对后再办。"))


def investigators_for(objection: Objection) -> list[Office]:
    """Return the officials over the place who may investigate, those named first who are nearest to it."""
    subjects = subjects_of(objection)
    out = _kept_out(objection, subjects)
    found: dict[int, Office] = {}
    for office in sorted(officials_over(objection.list), key=lambda one: -len(one.area.path)):
        if office.user_id not in out and not recusal.reasons(office.user, subjects):
            found.setdefault(office.user_id, office)
    return [*found.values()]


def _kept_out(objection: Objection, subjects: Sequence[str]) -> set[int]:
    return complained_of(objection) | filers_of(subjects) | first_hands(objection)


def _check_answer(
    objection: Objection, outcome: str, findings: str, answer: str, investigators: Sequence[str]
) -> tuple[str, list[int]]:
    """Return the investigators' names in one text and the ids of their accounts, or raise BadAnswer."""
    if outcome not in OUTCOMES:
        raise BadAnswer(_("请选择异议成立还是不成立。"))
    if len(findings.strip()) < 4:
        raise BadAnswer(_("要写明查证情况：去了哪里、问了谁、看了什么。成立或不成立都要写。"))
    answer = answer.strip()
    if not answer:
        raise BadAnswer(_("请写给提异议的人看的答复。"))
    if len(answer) > LONGEST_ANSWER:
        raise BadAnswer(_("答复太长了，请写在%(longest)s字以内。") % {"longest": LONGEST_ANSWER})
    names, accounts = _check_investigators(objection, investigators)
    refuse_numbers(_("查证情况"), [findings])
    refuse_private(_("答复"), [answer])
    rows = [objection.row] if objection.row else objection.list.rows.only("list", "name")
    known = {str(row.name) for row in rows if len(str(row.name)) > 1}
    contact = str(objection.contact).strip()
    if any(name in answer for name in known) or (len(contact) > 1 and contact in answer):
        raise BadAnswer(_("答复要挂在名单的网页上，期满以后也留着，不能写人名。请写“名单第几行这一户”。"))
    return names, accounts


def _check_investigators(objection: Objection, investigators: Sequence[str]) -> tuple[str, list[int]]:
    parts = re.split(r"[、,，;；\s]+", investigators) if isinstance(investigators, str) else investigators
    names = [*dict.fromkeys(name.strip() for name in parts if name.strip())]
    if len(names) < INVESTIGATORS:
        raise BadAnswer(_("要由至少两个人去查，请写两个人的姓名。"))
    joined = "、".join(names)
    if len(joined) > 80:
        raise BadAnswer(_("查证人的姓名太长了，请写在80字以内。"))
    first = objection.appeal_of
    if first is not None and set(names) & set(first.investigators.split("、")):
        raise BadAnswer(_("复核要由另外的人去查，不能是第一次查的人。"))
    if objection.row is not None and str(objection.row.name) in names:
        raise BadAnswer(_("查证人不能是被查的这一户。"))
    subjects = subjects_of(objection)
    out = _kept_out(objection, subjects)
    accounts: dict[int, User] = {
        one.user_id: one.user for one in officials_over(objection.list) if one.user.display_name in names
    }
    for pk, user in accounts.items():
        if pk in out or recusal.reasons(user, subjects):
            raise BadAnswer(
                _("%(name)s要回避（是申报人、亲属，或者与这件事有关），请换一个人去查。")
                % {"name": user.display_name}
            )
    return joined, sorted(accounts)


def _answered_draft(objection: Objection, by: User, office: Office, accounts: Sequence[int]) -> Draft:
    body = {
        "list": objection.list.number,
        "row": objection.row.position if objection.row else None,
        "outcome": str(objection.state),
        "late": objection.late,
        "overdue": clock.today() > objection.due_on,
        "correction": str(objection.correction),
        "appeal_of": objection.appeal_of_id,
        "investigator_accounts": [*accounts],
    }
    sealed = {name: str(getattr(objection, name)) for name in ("findings", "answer", "investigators")}
    return draft(ANSWERED, objection, by, office, body, sealed)
