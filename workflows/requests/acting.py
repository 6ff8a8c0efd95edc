"""What an office does with a request: files it, answers it, passes it on, records that the asker was told.

Each act locks the request, compares the version that the official saw, asks for the office anew, and writes
its event in the same transaction, last. None of them moves the deadline.
"""

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.masking.services import refuse_numbers
from portal import clock
from portal.areas.models import Area
from portal.ledger.services import Draft, append
from portal.people import recusal
from portal.people.models import Office, User
from portal.sealing.keys import keyed_hash
from workflows.engine.models import Case, CaseState
from workflows.programmes.models import Application
from workflows.registry.models import Household, Member

from . import events, offices, stepping_aside
from .errors import BadRequest, MustStepAside, NoSuchRequest, NotYours, Settled, StaleRequest
from .models import (
    HelpRequest,
    Identified,
    Outcome,
    RequestState,
    RequestStep,
    RequestStepKind,
    SelfFiling,
    Told,
)
from .registering import tell_handlers

LONGEST_ANSWER, LONGEST_REASON, LONGEST_BASIS, LONGEST_REMEDY = 800, 200, 200, 300


def file_request(
    *, by: User, request_id: int, seen_version: int, open_case: Callable[[], Case], identified: str = ""
) -> Case:
    """File a request as the case that `open_case()` opens, in one transaction, and return the case.

    Where the household filled in its programme's own form, the case is filed by the household itself:
    `identified` says how the official made sure whose it is, and nothing is filed without it. What
    `open_case` raises goes through, and nothing happened. Raises NoSuchRequest, NotYours, StaleRequest,
    Settled, BadRequest.
    """
    with transaction.atomic():
        request, office = _locked(by, request_id, seen_version)
        case = open_case()
        own = request.form_version is not None and is_own(request, case)
        if own and identified not in Identified.values:
            raise BadRequest({"identified": _("请选是怎么认定这一户的；没有认定，不能报。")})
        if own:
            SelfFiling.objects.create(
                case=case, request=request, identified_how=identified, identified_by=by, at=clock.now()
            )
        _link(request, case, by, office, identified=identified if own else "")
    return case


def is_own(request: HelpRequest, case: Case) -> bool:
    """Return whether `case` applies for the programme whose form the household filled in for `request`."""
    application = Application.objects.filter(case=case, by_household=True).first()
    return application is not None and application.programme_version.programme_id == request.programme_id


def link_case(*, by: User, request_id: int, seen_version: int, number: str) -> Case:
    """File a request as the case `number` that stands already: visible to `by`, on its way, of that village.

    Raises BadRequest besides what `file_request` raises.
    """
    with transaction.atomic():
        request, office = _locked(by, request_id, seen_version)
        case = Case.objects.visible_to(by).filter(number=number.strip(), area=request.area).first()
        if case is None or case.state != CaseState.ACTIVE:
            raise BadRequest({"number": _("没有找到这个村在办的这个办件号，请核对。")})
        _link(request, case, by, office)
    return case


def answer_request(
    *, by: User, request_id: int, seen_version: int, outcome: str, answer: str, basis: str, remedy: str
) -> HelpRequest:
    """Answer a request with what was done or why it cannot be, on which basis, and how to go further.

    The asker reads all of it on the receipt's page. Raises BadRequest, NotForThePublic for a number in the
    answer, MustStepAside for a relative of the household and for whom the request complains of, and what
    `file_request` raises.
    """
    with transaction.atomic():
        request, office = _locked(by, request_id, seen_version)
        if why := stepping_aside.reasons(by, office.role, request):
            raise MustStepAside(_("您要回避：%(reasons)s。请交给别人答复，或转给上一级。") % {"reasons": why})
        answer, basis, remedy = answer.strip(), basis.strip(), remedy.strip()
        _check_answer(outcome, answer, basis, remedy)
        request.state, request.outcome = RequestState.ANSWERED, Outcome(outcome)
        request.answer = answer  # type: ignore[assignment]  # a field that encrypts text
        request.basis, request.remedy = basis, remedy
        _settle(request, by)
        _step(request, RequestStepKind.ANSWERED, by)
        body = {"outcome": outcome, "basis": basis, "overdue": clock.today() > request.due_on}
        append(_draft(events.ANSWERED, request, by, office, body, {"answer": answer}))
    return request


def pass_request(*, by: User, request_id: int, seen_version: int, target: str, reason: str) -> HelpRequest:
    """Pass a request to the office `target` (one of `offices.targets`); the deadline stays as it is.

    Done by who handles it, or by the level above, which may take it over. The asker sees where it went and
    why. Raises BadRequest, and what `file_request` raises.
    """
    with transaction.atomic():
        request, office = _locked(by, request_id, seen_version, above=True)
        reason = reason.strip()
        wrong = {}
        if target not in dict(offices.targets(request)):
            wrong["target"] = _("请选转给哪里；那里要有人承办。")
        if len(reason) < 4 or len(reason) > LONGEST_REASON:
            wrong["reason"] = _("请写为什么转（4到200字），申请的人看得到。")
        if wrong:
            raise BadRequest(wrong)
        refuse_numbers(_("转交理由"), [reason])
        before = request.holder.code
        area_id, _colon, line = target.partition(":")
        request.holder, request.line = Area.objects.get(pk=int(area_id)), line
        request.holder_path = request.holder.path
        request.version += 1
        request.save()
        _step(request, RequestStepKind.PASSED, by, words=reason)
        tell_handlers(request, _("%(area)s有一件申请（%(what)s）转来，请在 %(day)s 前立案或答复"))
        body = {"from": before, "to": request.holder.code, "line": line}
        append(_draft(events.PASSED, request, by, office, body, {"reason": reason}))
    return request


def settle_whose(*, by: User, request_id: int, seen_version: int, household_id: int) -> HelpRequest:
    """Settle whose request it is, where several households of the village have somebody of the asker's name.

    By whoever has it, or the level above, who is related to none of them. Raises MustStepAside, BadRequest,
    and what `file_request` raises.
    """
    with transaction.atomic():
        request, office = _locked(by, request_id, seen_version, above=True)
        homes = {home.pk: home for home in stepping_aside.homes_named(request.area, str(request.name))}
        if len(homes) < 2 or household_id not in homes:
            raise BadRequest({"household": _("请选是哪一户。")})
        if recusal.reasons(by, [home.subject for home in homes.values()]):
            raise MustStepAside(_("您是其中一户的亲戚，是哪一户要由没有亲戚关系的人认定；请转给上一级。"))
        request.household = homes[household_id]
        request.version += 1
        request.save()
        _step(request, RequestStepKind.WHOSE, by)
        body: dict[str, object] = {"of": len(homes)}
        sealed = {"household": request.household.subject}
        append(_draft(events.WHOSE, request, by, office, body, sealed))
    return request


def record_told(*, by: User, request_id: int, seen_version: int, how: str, on: date | None) -> HelpRequest:
    """Record how and when the asker was told the answer; many have no web. Raises BadRequest and the rest."""
    with transaction.atomic():
        request, office = _locked(by, request_id, seen_version, settled=True)
        wrong = {}
        if how not in Told.values:
            wrong["how"] = _("请选是怎么告诉本人的。")
        answered = clock.day_of(request.settled_at) if request.settled_at else clock.today()
        if on is None or not answered <= on <= clock.today():
            wrong["on"] = _("日期要在答复之后、今天之前，请核对。")
        if wrong or on is None:
            raise BadRequest(wrong)
        request.told_how, request.told_on = Told(how), on
        request.version += 1
        request.save()
        _step(request, RequestStepKind.TOLD, by)
        append(_draft(events.TOLD, request, by, office, {"how": how, "on": on.isoformat()}, {}))
    return request


def _locked(
    by: User, request_id: int, seen_version: int, *, above: bool = False, settled: bool = False
) -> tuple[HelpRequest, Office]:
    """Return the request, locked, and the office by which `by` acts on it (`above` lets superiors too).

    `settled` asks for one that is answered and not told of yet; else for one that is open.
    """
    found = HelpRequest.objects.select_for_update(of=("self",)).select_related("area", "holder", "programme")
    request = found.filter(pk=request_id).first()
    if request is None:
        raise NoSuchRequest
    office = offices.handler(by, request, fresh=True)
    if office is None and above:
        office = offices.superior(by, request)
    if office is None:
        if not offices.readable(by).filter(pk=request_id).exists():
            raise NoSuchRequest
        raise NotYours(
            _("这件由%(holder)s办，您的职务不办这件。")
            % {"holder": offices.words(request.holder, request.line)}
        )
    if settled:
        if request.state != RequestState.ANSWERED or request.told_on is not None:
            raise Settled
    elif request.state != RequestState.OPEN:
        raise Settled
    if request.version != seen_version:
        raise StaleRequest
    return request, office


def _link(request: HelpRequest, case: Case, by: User, office: Office, *, identified: str = "") -> None:
    household = Household.objects.of_subjects([case.subject]).first()
    hashed = keyed_hash(request.name, "name")
    request.name_matches = bool(
        household
        and (
            household.head_name_hash == hashed
            or Member.objects.filter(household=household, name_hash=hashed).exists()
        )
    )
    request.case, request.state = case, RequestState.FILED
    _settle(request, by)
    _step(request, RequestStepKind.FILED, by, words=str(Identified(identified).label) if identified else "")
    body = {"case": case.number, "name_matches": request.name_matches}
    if identified:
        body |= {"by_household": True, "identified": identified}
    append(_draft(events.FILED, request, by, office, body, {}))


def _settle(request: HelpRequest, by: User) -> None:
    request.settled_at, request.settled_by, request.next_on = clock.now(), by, None
    request.version += 1
    request.save()


def _step(request: HelpRequest, kind: RequestStepKind, by: User, words: str = "") -> None:
    RequestStep.objects.create(
        request=request,
        kind=kind,
        number=request.version,
        actor=by,
        at=clock.now(),
        holder=offices.words(request.holder, request.line),
        words=words,
    )


def _check_answer(outcome: str, answer: str, basis: str, remedy: str) -> None:
    wrong = {}
    if outcome not in Outcome.values:
        wrong["outcome"] = _("请选办了，还是不能办。")
    if not 4 <= len(answer) <= LONGEST_ANSWER:
        wrong["answer"] = _("请写清楚怎么办的，或为什么不能办（4到800字）。")
    if not 2 <= len(basis) <= LONGEST_BASIS:
        wrong["basis"] = _("请写依据：哪个文件哪一条，或哪条规定。")
    if not 4 <= len(remedy) <= LONGEST_REMEDY:
        wrong["remedy"] = _("请写不服怎么办、找哪一级。")
    if wrong:
        raise BadRequest(wrong)
    refuse_numbers(_("答复"), [answer, basis])


def _draft(
    kind: str,
    request: HelpRequest,
    by: User,
    office: Office,
    body: dict[str, object],
    sealed: dict[str, str],
) -> Draft:
    return Draft(
        kind=kind,
        object_type="request",
        object_id=str(request.pk),
        actor=by,
        office=office,
        area_code=request.area.code,
        line=request.line,
        body={**body, "version": request.version},
        sealed=sealed,
    )
