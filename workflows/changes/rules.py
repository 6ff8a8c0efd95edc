"""Rules of changes and exits: guards bar rows, effects keep findings and change the register."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.configuration.services import value
from portal.ledger import written
from portal.ledger.services import Draft
from portal.people.models import User
from workflows.engine.acting import Acting, Row
from workflows.engine.definitions import Verdict
from workflows.engine.errors import BadAct
from workflows.programmes.answers import yuan
from workflows.programmes.models import Visit
from workflows.registry import changes as register
from workflows.registry.changes import ByCase
from workflows.registry.models import Category, Household, Leaving, Standing
from workflows.registry.services import NewMember, RegisterRefused

from . import keys
from .forms import ENTERED
from .models import ChangeRequest, Wanted

CONSENTS, OBJECTS = "同意", "不同意"


def requests(acting: Acting) -> dict[int, ChangeRequest]:
    """Return what each row asks for, by its case's id; asked for once in an act."""
    if "changes" not in acting.kept:
        found = ChangeRequest.objects.filter(case__in=[row.case.pk for row in acting.rows])
        found = found.select_related("household__area")
        acting.kept["changes"] = {request.case_id: request for request in found}
    kept: dict[int, ChangeRequest] = acting.kept["changes"]
    return kept


def visited(acting: Acting) -> None:
    """Bar agreed and refused rows without a check at home by two people in this round (S17, S21)."""
    numbers = [row.case.pk for row in acting.rows]
    done = set(Visit.objects.filter(case__in=numbers).values_list("case_id", "round"))
    for row in acting.rows:
        judged = not row.barred and row.verdict in (Verdict.AGREE, Verdict.REFUSE)
        if judged and (row.case.pk, row.case.round) not in done:
            row.barred = _("这户要先入户核实：两个人去，写情况、附照片")


def signed_day(acting: Acting) -> None:
    """Bar rows whose authorisation, or joint signing, is of a day that cannot be."""
    for row in acting.agreed:
        for wanted in acting.step.fields:
            day = row.changes.get(wanted.key)
            if wanted.kind == "date" and not (isinstance(day, date) and day <= clock.today()):
                row.barred = _("“%(label)s”要填今天或以前的一天") % {"label": wanted.label}


def income_of(request: ChangeRequest, found: Mapping[str, Any]) -> tuple[int, int]:
    """Return the income a person and the line it must exceed, both in fen of a year.

    The checked income counts before the filed one, which counts before none.
    """
    said = found.get("income_fen", request.findings.get("income_fen", request.details.get("income_fen")))
    people = max(len(request.household.present_members), 1)
    # A household is held to the set by which it was filed, whatever became of its category since.
    named = request.details.get("criteria_set", keys.LOW_INCOME)
    line = int(value(keys.line_key(named), request.household.area_path, on=clock.today()))
    return int(said if isinstance(said, int) else 0) // people, line


def income_above_line(acting: Acting) -> None:
    """Bar agreed exits whose income a person is not above the line of the year (WZ-07, XY-06)."""
    for row in acting.agreed:
        income, line = income_of(requests(acting)[row.case.pk], row.changes)
        if income <= line:
            row.barred = _(
                "人均年收入 %(income)s 元，没有超过 %(line)s 元的标准，不能退出；请选“不同意”并写明理由"
            ) % {"income": yuan(income), "line": yuan(line)}


def consent_told(acting: Acting) -> None:
    """Bar rows whose household's word is not recorded, or whose refusal has no reason (S22)."""
    for row in acting.agreed:
        if row.changes.get("consent") not in (CONSENTS, OBJECTS):
            row.barred = _("请选这户同意还是不同意退出")
        elif row.changes["consent"] == OBJECTS and not row.reason:
            row.barred = _("这户不同意退出，请把他家说的理由记在“理由”里")


def keep_findings(acting: Acting) -> None:
    """Keep what was filled in at this step beside the request, sealed; decisions hold the rest."""
    touched = []
    for row in acting.agreed:
        request = requests(acting)[row.case.pk]
        findings = request.findings
        for wanted in acting.step.fields:
            if wanted.key in row.changes:
                found = row.changes[wanted.key]
                findings[wanted.key] = found.isoformat() if isinstance(found, date) else found
        if row.changes.get("consent") == OBJECTS:
            findings["objection"] = row.reason
        request.findings = findings
        touched.append(request)
    save_findings(touched)


def forget_findings(acting: Acting) -> None:
    """Forget what was filled in at this step: its act is taken back."""
    touched = []
    for row in acting.rows:
        request = requests(acting)[row.case.pk]
        gone = {wanted.key for wanted in acting.step.fields}
        request.findings = {key: said for key, said in request.findings.items() if key not in gone}
        touched.append(request)
    save_findings(touched)


def save_findings(touched: list[ChangeRequest]) -> None:
    """Save what was found out of these requests."""
    if touched:
        ChangeRequest.objects.bulk_update(touched, ["sealed_findings"])
        written.note(*touched)


def take_effect(acting: Acting) -> None:
    """Change the register as each agreed row asks, in the transaction of the act (design.md, the spine)."""
    for row in acting.agreed:
        request = requests(acting)[row.case.pk]
        act = ByCase(row.case, acting.official, acting.office, clock.today())
        try:
            acting.drafts += _EFFECTS[request.wanted](act, request)
        except (RegisterRefused, ObjectDoesNotExist) as error:
            raise BadAct(
                _("办件 %(number)s 现在办不成：%(why)s") % {"number": row.case.number, "why": error}
            ) from error


def still_true(acting: Acting) -> None:
    """Bar rows that the register, or a row before them in this act, has overtaken; the others go on."""
    try:
        with transaction.atomic():
            # One after the other, as the effect will: two rows about one household see each other.
            for row in acting.agreed:
                row.barred = _cannot_be_done(acting, row, requests(acting)[row.case.pk])
            raise _OnlyTried
    except _OnlyTried:
        return


def _cannot_be_done(acting: Acting, row: Row, request: ChangeRequest) -> str:
    """Return why the register would refuse, by trying it; the caller takes back what was tried."""
    why = _overtaken(request, Household.objects.get(pk=request.household_id))
    if why:
        return why
    act = ByCase(row.case, acting.official, acting.office, clock.today())
    try:
        with transaction.atomic():
            _EFFECTS[request.wanted](act, request)
    except RegisterRefused as error:
        return str(error)
    except ObjectDoesNotExist:
        return _("户档里已经没有这个人，请退回重新申报")
    return ""


class _OnlyTried(Exception):
    """Takes back what was tried."""


def _overtaken(request: ChangeRequest, household: Household) -> str:
    """Return why `request` has nothing left to do to `household` as it stands now; empty where it has."""
    details = request.details
    if household.standing == Standing.CLOSED:
        return _("这户已经销户，不用再办")
    if request.wanted == Wanted.EXIT and not may_leave(household):
        return _("这户已经退出，不用再办")
    if "category" in details and household.category == details["category"]:
        return _("这户已经是这一类，不用再办")
    if request.wanted == Wanted.CATEGORY and not may_leave(household):
        return _("这户已经退出，不能再变更类别；还要帮扶的请报“返贫再纳入”")
    if request.wanted in (Wanted.ENTER, Wanted.REENTER) and may_leave(household):
        return _("这户已经纳入，要换类别请报“变更类别”")
    gone = {member.pk for member in household.members.all() if member.left_on}
    people = [details.get("member"), details.get("new_head"), *details.get("members", [])]
    if gone & set(filter(None, people)):
        return _("要变更的家人已经离户，请退回重新申报")
    return ""


def _enter(act: ByCase, request: ChangeRequest) -> list[Draft]:
    category = Category(request.details["category"])
    if request.wanted == Wanted.CATEGORY:
        return [register.change_category(act, request.household_id, category)]
    return [register.enter(act, request.household_id, category)]


def _join(act: ByCase, request: ChangeRequest) -> list[Draft]:
    details = request.details
    new = NewMember(details["name"], details["relation"], details.get("id_number", ""))
    on = date.fromisoformat(details["on"])
    born_on = on if request.wanted == Wanted.BIRTH else None
    if request.wanted == Wanted.BIRTH:
        new = NewMember(new.name, new.relation, new.id_number, able_to_work=False)
    return [register.join(act, request.household_id, new, born_on=born_on, on=on)]


def _part(act: ByCase, request: ChangeRequest) -> list[Draft]:
    details = request.details
    why = {Wanted.DEATH: Leaving.DEATH, Wanted.MARRY_OUT: Leaving.MARRIAGE}.get(
        Wanted(request.wanted), Leaving.MOVE
    )
    on = date.fromisoformat(details["on"])
    return register.part(act, details["member"], why, on=on, new_head=details.get("new_head"))


def _split(act: ByCase, request: ChangeRequest) -> list[Draft]:
    details = request.details
    _new, drafts = register.split(
        act,
        request.household_id,
        details["members"],
        details["head"],
        group_name=details.get("group_name", ""),
        on=date.fromisoformat(details["on"]),
    )
    return drafts


def _move(act: ByCase, request: ChangeRequest) -> list[Draft]:
    area = Area.objects.in_force(clock.today()).get(code=request.details["village"])
    return [register.move(act, request.household_id, area, request.details["group_name"])]


_EFFECTS: dict[str, Callable[[ByCase, ChangeRequest], list[Draft]]] = {
    Wanted.ENTER: _enter,
    Wanted.REENTER: _enter,
    Wanted.CATEGORY: _enter,
    Wanted.BIRTH: _join,
    Wanted.MARRY_IN: _join,
    Wanted.DEATH: _part,
    Wanted.MARRY_OUT: _part,
    Wanted.MOVE_OUT: _part,
    Wanted.MOVE: _move,
    Wanted.SPLIT: _split,
    Wanted.HEAD: lambda act, request: [
        register.set_head(act, request.household_id, request.details["member"])
    ],
    Wanted.HELPER: lambda act, request: [
        register.assign_helper(act, request.household_id, User.objects.get(pk=request.details["helper"]))
    ],
    Wanted.EXIT: lambda act, request: [register.leave(act, request.household_id)],
}


def may_leave(household: Household) -> bool:
    """Return whether the household is helped now, and so may be let out."""
    return household.category in ENTERED
