"""The acts of a step: deciding its rows, signing for the batch, taking back what was signed."""

from dataclasses import asdict, replace

from django.utils.translation import gettext as _

from portal import clock
from portal.outbox.services import send
from portal.people.models import Office

from . import authority, countersign, links, records, rounds
from .acting import Acting, Row, make_rows
from .admission import Request, active, closed, fresh
from .catalogue import flow as find_flow
from .countersign import Quorum
from .definitions import MEETING_KINDS, RECUSING_KINDS, Seat, Step, Verdict
from .errors import BadAct, NothingSigned, NotYourTurn
from .models import ActKind, BatchState, CaseState
from .movement import Course, plan, quorum_of, taken_back
from .records import Written

# The day of the office meeting that decided; any step may tell it.
MEETING_ON = "meeting_on"


def sign(request: Request) -> Written:
    """Decide the rows of the batch, each by its verdict (办理)."""
    batch, offices = fresh(request.actor, request.batch_id, request.seen_version)
    flow = find_flow(batch.flow_key, batch.flow_version)
    step = flow.step(batch.step)
    office, seat = authority.seat_of(request.actor, batch, offices)
    _require_known(step, request)
    authority.require_answers(batch)
    counting = countersign.is_countersigned(batch)
    if counting:
        countersign.require_unsigned(batch, office, offices)
    cases = active(batch, authority.decided_by(office))
    verdicts, flaws = dict(request.verdicts), dict[int, str]()
    if counting:
        verdicts, flaws = countersign.carried_over(batch, step, cases, verdicts)
    rows = make_rows(step, cases, verdicts)
    for row in rows:
        row.barred = row.barred or flaws.get(row.case.pk, "")
    acting = Acting(
        flow=flow,
        step=step,
        batch=batch,
        actor=request.actor,
        office=office,
        opinion=request.opinion,
        payload=request.payload,
        now=clock.now(),
        rows=rows,
        offices=offices,
    )
    for wanted in step.payload:
        acting.need(
            not wanted.required or request.payload.get(wanted.key) not in (None, ""), _lacking(wanted.label)
        )
    authority.check_levels(office, step, rows, batch)
    rounds.check_returns(acting)
    course = _recuse(acting, seat, offices)
    for guard in step.guards:
        guard(acting)
    # After the guards: they set the amount with which a row leaves, which the skipped levels must have seen.
    rounds.straighten(acting)
    if not any(row.moves for row in rows) and not course.raised and not course.recused:
        raise NothingSigned({row.case.number: row.barred for row in rows if row.barred})
    if step.each_seat:
        left = [other for other in authority.pending_seats(batch) if other != seat]
        course = replace(course, left=left)
    meeting = request.payload.get(MEETING_ON)
    if meeting:
        acting.told["meeting"] = acting.notes["meeting"] = records.plain(meeting)
    if counting:
        course = _countersign(acting, office, offices, course)
    _take_effect(acting, short=course.short is not None)
    groups = plan(acting, course)
    written = records.write(
        acting, groups, kind=ActKind.SIGN, key=request.key, digest=request.digest, offices=offices
    )
    _tell_of_end(acting, offices)
    return written


def _require_known(step: Step, request: Request) -> None:
    """Refuse what the step does not take: the record of a meeting elsewhere would be an agreement unasked."""
    known = {MEETING_ON, *(wanted.key for wanted in step.payload)}
    if step.kind not in MEETING_KINDS and not set(request.payload) <= known:
        raise BadAct(_("这一步不登记会议，请刷新页面，看清现在要办什么再办。"))


def _countersign(acting: Acting, office: Office, offices: list[Office], course: Course) -> Course:
    """Add the signature of this act to those before it, and tell whose it ended where rows were refused."""
    batch = acting.batch
    before = quorum_of(batch)
    signed = countersign.with_signature(batch.signed, office)
    left = [person for person in countersign.still_to_sign(batch, offices) if person != acting.actor]
    acting.told["quorum"] = asdict(before)
    acting.notes["countersign"] = {"needs": batch.needs, "signed": countersign.count(signed)}
    ended = [row for row in acting.rows if row.moves and row.verdict != Verdict.AGREE]
    if ended and left:
        acting.told["closed"] = [person.pk for person in left]
        acting.notes["closed"] = [person.username for person in left]
        names = "、".join(str(person) for person in left)
        for row in ended:
            row.note = _("会签到此为止，%(names)s不用再签") % {"names": names}
    if countersign.is_complete(batch, signed, offices):
        return course
    return replace(course, short=Quorum(before.needs, before.signers, signed))


def _tell_of_end(acting: Acting, offices: list[Office]) -> None:
    """Tell those whose signature a refused countersign ended; the message names no household."""
    ended = set(acting.told.get("closed", []))
    people = {office.user for office in offices if office.user_id in ended}
    if people:
        count = sum(row.moves and row.verdict != Verdict.AGREE for row in acting.rows)
        title = _("不用再签：%(title)s，%(count)s户会签到此为止") % {
            "title": acting.batch.title[:100],
            "count": count,
        }
        send(sorted(people, key=lambda person: person.pk), title, links.to_batch(acting.batch.number))


def _take_effect(acting: Acting, *, short: bool) -> None:
    """Run the step's effects: of a countersign that is not complete, only for rows that are not agreed to."""
    rows = acting.rows
    if short:
        acting.rows = countersign.keep_back(acting)
    if acting.rows:
        for effect in acting.step.effects:
            effect(acting)
    acting.rows = rows


def _lacking(label: str) -> str:
    return _("还没有填“%(field)s”") % {"field": label}


def _recuse(acting: Acting, seat: Seat, offices: list[Office]) -> Course:
    """Bar rows of the actor's relatives; where too few others are left in the seat, they pass up, openly."""
    if acting.step.kind not in RECUSING_KINDS:
        return Course()
    raised: dict[int, Seat] = {}
    quorums: dict[int, Quorum] = {}
    recused = authority.recuse(acting.official, acting.rows, acting.seat)
    for row in recused:
        others = authority.unrelated(acting.batch, seat, row, offices, acting.official)
        if countersign.is_countersigned(acting.batch):
            quorum = countersign.without(acting.batch, acting.official.pk, len(others))
            if quorum:
                if quorum != quorum_of(acting.batch):
                    quorums[row.case.pk] = quorum
                continue
        elif others:
            continue
        above = authority.above(seat)
        if above:
            raised[row.case.pk] = above
            row.barred += _("；这一级没有别人能办，已上提到%(who)s") % {"who": above.role.label}
    if recused:
        acting.notes["recused"] = [row.case.number for row in recused]
    if raised:
        acting.notes["raised"] = {
            row.case.number: str(raised[row.case.pk].role) for row in recused if row.case.pk in raised
        }
    return Course(raised=raised, recused=quorums)


def sign_for(request: Request) -> Written:
    """Take the batch in hand: from now on the level before cannot take it back (签收)."""
    batch, offices = fresh(request.actor, request.batch_id, request.seen_version)
    office, _seat = authority.seat_of(request.actor, batch, offices)
    if batch.signed_for_at:
        raise BadAct(_("这一批已经签收过了，直接办理就可以。"))
    batch.signed_for_at, batch.signed_for_by = clock.now(), request.actor
    return records.write_batch_only(
        batch, office, request.actor, ActKind.SIGN_FOR, request.key, request.digest
    )


def take_back(request: Request) -> Written:
    """Take back what the actor signed last, until the next level signs for it (撤回)."""
    batch, offices = fresh(request.actor, request.batch_id, request.seen_version)
    flow = find_flow(batch.flow_key, batch.flow_version)
    last = batch.acts.select_related("office__area").order_by("-pk").first()
    if (
        last is None
        or last.kind != ActKind.SIGN
        or last.step == batch.step
        or last.actor_id != request.actor.pk
    ):
        raise NotYourTurn(_("只有刚把这一批报上去的人可以撤回。"))
    if batch.state != BatchState.OPEN:
        raise BadAct(_("这一批已经办结，不能撤回了。"))
    if batch.signed_for_at:
        raise BadAct(_("下一级已经签收，不能撤回了；请联系对方退回。"))
    past = flow.step(last.step)
    if not past.revocable:
        raise BadAct(_("这一步已经公开或已经生效，不能撤回；要改请走更正或退回。"))
    if last.office not in offices:
        raise NotYourTurn(_("您已经不担任当时的职务，不能撤回。"))
    before = {decision.case_id: decision for decision in last.decisions.all()}
    # What the act refused is undone with it: else a household would stay refused by what nobody stands by.
    ended = [pk for pk, decision in before.items() if decision.to_state != CaseState.ACTIVE]
    rows = [
        Row(
            case,
            Verdict.RETURN,
            request.opinion,
            to_step=past.key,
            amount_fen=before[case.pk].amount_before_fen,
        )
        for case in [*active(batch), *closed(batch, ended)]
    ]
    acting = Acting(flow, past, batch, request.actor, last.office, request.opinion, {}, clock.now(), rows)
    acting.undoes = last
    acting.need(request.opinion, _("撤回要写明原因"))
    for undo in past.undo:
        undo(acting)
    returned = any(before[row.case.pk].verdict == Verdict.RETURN for row in rows)
    acting.offices = offices
    groups = taken_back(acting, last, returned=returned)
    return records.write(
        acting, groups, kind=ActKind.TAKE_BACK, key=request.key, digest=request.digest, offices=offices
    )
