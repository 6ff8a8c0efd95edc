"""Filing what a case asks of the register, help that began first, and a township's reserve."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level
from portal.clock.workdays import add_working_days
from portal.configuration.services import value
from portal.ledger.canonical import canonical
from portal.ledger.services import Draft, append
from portal.people.models import Line, Role, User
from portal.people.scope import scope_of
from workflows.engine import catalogue
from workflows.engine.models import Case, CaseState
from workflows.engine.services import amend_case, open_case
from workflows.registry.models import Household

from . import events, exit_income, forms, keys, rules, variants
from .aiding import committed_fen
from .errors import ChangeRefused
from .models import MAY_BE_URGENT, Aid, ChangeRequest, Need, Reserve, StartedMeasure, Wanted

MEASURING_ROLES = [Role.VILLAGE_CLERK, Role.HELPER, Role.RESIDENT_TEAM, Role.TOWNSHIP_REVIEWER]
RESERVE_ROLES = [Role.COUNTY_REVIEWER, Role.COUNTY_HEAD, Role.COUNTY_FINANCE]
AID_FLOW = "temporary_aid"
LONGEST = 500


def file_change(
    *, by: User, household: Household, wanted: str, given: Mapping[str, Any], urgent: bool = False
) -> Case:
    """File a change of `household` in its village's draft batch and return the case.

    `given` are the answers of `forms.fields_of(wanted)` by key, money in fen. An `urgent` one may have
    measures at once and its procedure afterwards, within the area's working days (先帮后补, S20). Raises
    ChangeRefused with every input that is wrong, and the engine's NotYourTurn. WZ-06, S17.
    """
    if wanted == Wanted.EXIT:
        raise ChangeRefused(_("退出请从“退出”里申报"))
    if urgent and wanted not in MAY_BE_URGENT:
        raise ChangeRefused(_("只有纳入和返贫再纳入可以先帮后补"), {"urgent": _("这一项不能标紧急")})
    details = forms.clean(wanted, household, given)
    return _open(by, household, wanted, details, urgent=urgent)


def file_exit(
    *, by: User, household: Household, given: Mapping[str, Any], evidence: Mapping[str, str]
) -> Case:
    """File the exit of `household`: its income of a year, and the evidence for each criterion in force.

    The criteria are those of the household's set on the day of filing, and stay with the case. Raises
    ChangeRefused, and the engine's NotYourTurn. WZ-07, S21.
    """
    if not rules.may_leave(household):
        now = household.get_category_display()
        raise ChangeRefused(_("这户现在是%(now)s，不在要退出的名单里") % {"now": now})
    details = exit_income.with_register(household, forms.clean(Wanted.EXIT, household, given))
    named, criteria = criteria_for(household)
    wrong = {
        f"c-{key}": _("请写“%(text)s”的依据") % {"text": text}
        for key, text in criteria.items()
        if not str(evidence.get(key, "")).strip() or len(str(evidence[key])) > LONGEST
    }
    if wrong:
        raise ChangeRefused("；".join(wrong.values()), wrong)
    details["criteria_set"] = named
    details["criteria"] = {
        key: {"text": text, "evidence": str(evidence[key]).strip()} for key, text in criteria.items()
    }
    return _open(by, household, Wanted.EXIT, details)


def criteria_for(household: Household) -> tuple[str, dict[str, str]]:
    """Return the name of the set by which `household` may leave today, and its criteria by key."""
    named = keys.set_of(household.category)
    return named, dict(value(keys.criteria_key(named), household.area_path))


def _open(
    by: User, household: Household, wanted: str, details: dict[str, Any], *, urgent: bool = False
) -> Case:
    flow = variants.flow_of(wanted, details.get("category", ""))
    days = variants.total_days(flow.key, household.area_path)
    if urgent:
        days = int(value(keys.URGENT_DAYS, household.area_path))
    limit_on = add_working_days(clock.today(), days) if days else None
    _refuse_twice(household, wanted)

    def create(case: Case) -> dict[str, str]:
        Household.objects.select_for_update().get(pk=household.pk)
        # Asked again under the household's lock: two clerks filing at once make one request.
        _refuse_twice(household, wanted)
        request = ChangeRequest(
            case=case, household=household, wanted=wanted, urgent=urgent, limit_on=limit_on
        )
        request.details = details
        request.save()
        return {"details": canonical(details), "household": household.subject}

    return open_case(
        actor=by,
        flow=flow,
        scheme=f"change:{flow.key}",
        title=f"{household.area.name} · {flow.name}",
        area=household.area,
        line=Line.ASSISTANCE,
        subject=household.subject,
        amount_fen=0,
        create=create,
    )


def _refuse_twice(household: Household, wanted: str) -> None:
    # Of births there may be two at once; of everything else one is enough.
    open_ones = ChangeRequest.objects.filter(
        household=household, wanted=wanted, case__state=CaseState.ACTIVE
    ).select_related("case")
    found = open_ones.first()
    if found and wanted not in (Wanted.BIRTH, Wanted.MARRY_IN, Wanted.MARRY_OUT, Wanted.MOVE_OUT):
        raise ChangeRefused(
            _("这户的“%(what)s”正在办（%(number)s），不用再报")
            % {"what": Wanted(wanted).label, "number": found.case.number}
        )


def amend_change(
    *,
    by: User,
    case: Case,
    seen_version: int,
    given: Mapping[str, Any],
    evidence: Mapping[str, str] | None = None,
) -> Case:
    """Change what a request says while its case is at its first step, new or returned.

    `seen_version` is the batch's. What is asked for stays; another thing is another case.
    """
    request = ChangeRequest.objects.select_related("household__area").get(case=case)
    details = request.details
    new = forms.clean(request.wanted, request.household, given)
    if request.wanted == Wanted.EXIT:
        new = exit_income.with_register(request.household, new)
    if variants.flow_of(request.wanted, new.get("category", "")).key != case.flow_key:
        raise ChangeRefused(
            _("换成这一类要走另一个流程，请撤销这一件，重新申报"), {"category": _("流程不同")}
        )
    kept = {key: details[key] for key in ("criteria_set", "criteria") if key in details}
    for key, said in (evidence or {}).items():
        if key in kept.get("criteria", {}) and said.strip():
            kept["criteria"][key]["evidence"] = said.strip()[:LONGEST]

    def change(_case: Case) -> dict[str, str]:
        request.details = new | kept
        request.save(update_fields=["sealed_details"])
        return {"details": canonical(request.details)}

    return amend_case(actor=by, case_id=case.pk, seen_version=seen_version, amount_fen=0, change=change)


def start_measure(*, by: User, case: Case, what: str, started_on: date) -> StartedMeasure:
    """Record help that begins before the procedure of an urgent case is through (先帮后补, S20).

    Raises ChangeRefused for a case that is not urgent or over, and for an office that does not help there.
    """
    request = ChangeRequest.objects.filter(case=case).first()
    if request is None or not request.urgent or case.state != CaseState.ACTIVE:
        raise ChangeRefused(_("只有标了紧急、还在办的可以先帮；其他的等手续办完"))
    office = scope_of(by, fresh=True).holds(MEASURING_ROLES, case.area_path, case.line)
    if office is None:
        raise ChangeRefused(_("先行帮扶由村里或乡镇经办登记，您没有这个职务或不管这个村"))
    if not what.strip() or len(what) > LONGEST:
        raise ChangeRefused(_("请写先采取了什么措施"), {"what": _("请写清楚")})
    if not case.may_have_been_on(started_on):
        raise ChangeRefused(_("开始日期要在申报之后、今天之前"), {"started_on": _("请核对日期")})
    with transaction.atomic():
        measure = StartedMeasure.objects.create(
            case=case, what=what.strip(), started_on=started_on, recorded_by=by
        )
        append(
            Draft(
                events.MEASURE_STARTED,
                "case",
                case.number,
                actor=by,
                office=office,
                area_code=case.area.code,
                line=case.line,
                body={"started_on": started_on.isoformat(), "limit_on": str(request.limit_on or "")},
                sealed={"what": measure.what},
            )
        )
    return measure


def file_aid(
    *, by: User, household: Household, need: str, reason: str, amount_fen: int, aid_first: bool = False
) -> Case:
    """File a temporary aid for `household`; with `aid_first` the township hands over before it approves.

    Raises ChangeRefused, and the engine's NotYourTurn. BZ-23, XY-32.
    """
    wrong = _aid_wrong(need, reason, amount_fen)
    if wrong:
        raise ChangeRefused("；".join(wrong.values()), wrong)
    flow = catalogue.latest(AID_FLOW)

    def create(case: Case) -> dict[str, str]:
        Aid.objects.create(
            case=case,
            household=household,
            sealed_need=need,
            reason=reason.strip(),
            aid_first=aid_first,
            requested_fen=amount_fen,
        )
        return {"need": need, "reason": reason.strip(), "household": household.subject}

    return open_case(
        actor=by,
        flow=flow,
        scheme="aid:temporary",
        title=f"{household.area.name} · {flow.name}",
        area=household.area,
        line=Line.CIVIL_AFFAIRS,
        subject=household.subject,
        amount_fen=amount_fen,
        create=create,
    )


def amend_aid(*, by: User, case: Case, seen_version: int, need: str, reason: str, amount_fen: int) -> Case:
    """Change what an aid asks for while its case is at its first step, new or returned.

    `seen_version` is the batch's. What was handed over already stays the least that can be asked for.
    """
    aid = Aid.objects.get(case=case)
    wrong = _aid_wrong(need, reason, amount_fen)
    if not wrong and amount_fen < (aid.advanced_fen or 0):
        wrong = {"amount_fen": _("不能比已经先行发的少")}
    if wrong:
        raise ChangeRefused("；".join(wrong.values()), wrong)

    def change(_case: Case) -> dict[str, str]:
        aid.sealed_need, aid.reason, aid.requested_fen = need, reason.strip(), amount_fen
        aid.save(update_fields=["sealed_need", "reason", "requested_fen"])
        return {"need": need, "reason": aid.reason}

    return amend_case(
        actor=by, case_id=case.pk, seen_version=seen_version, amount_fen=amount_fen, change=change
    )


def _aid_wrong(need: str, reason: str, amount_fen: int) -> dict[str, str]:
    wrong = {}
    if need not in Need.values:
        wrong["need"] = _("请选急难类型")
    if not reason.strip() or len(reason) > LONGEST:
        wrong["reason"] = _("请写发生了什么、为什么急，最多 500 字")
    if type(amount_fen) is not int or amount_fen <= 0:
        wrong["amount_fen"] = _("请填申请多少钱，单位元")
    return wrong


def set_reserve(*, by: User, township: Area, year: int, total_fen: int, source: str) -> Reserve:
    """Set the reserve for temporary aid of `township` in `year`, in fen; never below what is committed."""
    office = scope_of(by, fresh=True).holds(RESERVE_ROLES, township.path, Line.CIVIL_AFFAIRS)
    office = office or scope_of(by, fresh=True).holds([Role.COUNTY_FINANCE], township.path, Line.FINANCE)
    if office is None:
        raise ChangeRefused(_("备用金由县民政或县财政确定，您没有这个职务"))
    if township.level != Level.TOWNSHIP:
        raise ChangeRefused(_("备用金按乡镇设，请选到乡镇"))
    if total_fen <= 0 or not source.strip():
        raise ChangeRefused(_("请填金额和资金来源"))
    with transaction.atomic():
        reserve = Reserve.objects.select_for_update().filter(area=township, year=year).first()
        if reserve is None:
            reserve = Reserve(area=township, area_path=township.path, year=year)
        elif total_fen < committed_fen(reserve):
            raise ChangeRefused(_("备用金不能少于已经发放和批准的金额，请先核对"))
        reserve.total_fen, reserve.source, reserve.set_by = total_fen, source.strip(), by
        reserve.save()
        append(
            Draft(
                events.RESERVE_SET,
                "area",
                township.code,
                actor=by,
                office=office,
                area_code=township.code,
                line=Line.CIVIL_AFFAIRS,
                body={"year": year, "total_fen": total_fen, "source": source.strip()},
            )
        )
    return reserve
