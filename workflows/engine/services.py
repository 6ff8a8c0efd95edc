"""The one door for change: opening a case and acting on a batch (design.md rule 1).

What happens to a batch without anyone acting on it (a list ran out, an objection was upheld) is in
`consequences`.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.ledger.canonical import canonical
from portal.ledger.services import Draft, append
from portal.people.models import Office, User
from portal.sealing.keys import keyed_hash

from . import authority, countersign, events, numbers, records
from .acting import Acting, Row, RowVerdict, make_rows
from .catalogue import flow as find_flow
from .countersign import Quorum
from .deadlines import due_on
from .definitions import RECUSING_KINDS, Flow, Seat, Verdict
from .errors import ActRefused, BadAct, KeyReused, NoSuchBatch, NothingSigned, NotYourTurn, StaleCase
from .models import Act, ActKind, Batch, BatchState, Case, CaseState
from .movement import Course, plan, quorum_of, taken_back
from .records import Outcome, Written

TITLE_LENGTH = Batch._meta.get_field("title").max_length


def open_case(
    *,
    actor: User,
    flow: Flow,
    scheme: str,
    title: str,
    area: Area,
    line: str,
    subject: str,
    amount_fen: int,
    create: Callable[[Case], dict[str, str]],
) -> Case:
    """File a case into the draft batch of `scheme` at `area`, opening one where there is none.

    `create` writes what the upper room knows of the case, in the same transaction, and returns the personal
    values that the event commits to. Raises NotYourTurn where `actor` holds no office that files there.
    """
    first = flow.steps[0]
    with transaction.atomic():
        # The series row is the lock: two clerks never open two drafts for one scheme.
        number = numbers.case_number(area)
        batch = (
            Batch.objects.select_for_update()
            .filter(scheme=scheme, area=area, step=first.key, state=BatchState.OPEN, parent=None)
            .first()
        )
        drafts = []
        if batch is None:
            batch = Batch(
                number=numbers.batch_number(area),
                title=title[:TITLE_LENGTH],
                flow_key=flow.key,
                flow_version=flow.version,
                scheme=scheme,
                step=first.key,
                area=area,
                area_path=area.path,
                line=line,
                pending=authority.pending_text(first.seats, line),
                due_on=due_on(flow, first, area),
            )
            batch.save()
            drafts.append(events.BATCH_OPENED)
        elif (batch.flow_key, batch.flow_version) != (flow.key, flow.version):
            raise BadAct(_("这个项目的流程换了新版，请先把原来的一批报上去。"))
        office, _seat = authority.seat_of(actor, batch, authority.offices_over(area.path))
        case = Case.objects.create(
            number=number,
            batch=batch,
            flow_key=flow.key,
            flow_version=flow.version,
            scheme=scheme,
            step=first.key,
            area=area,
            area_path=area.path,
            line=line,
            subject=subject,
            requested_fen=amount_fen,
            amount_fen=amount_fen,
            opened_by=actor,
        )
        sealed = create(case)
        batch.row_count += 1
        batch.amount_fen += amount_fen
        batch.version += 1
        _take_up(batch, actor)
        batch.save(update_fields=["row_count", "amount_fen", "version", "signed_for_at", "signed_for_by"])
        common: dict[str, Any] = {"actor": actor, "office": office, "area_code": area.code, "line": line}
        opened = [Draft(kind, "batch", batch.number, body={"scheme": scheme}, **common) for kind in drafts]
        body = {"batch": batch.number, "scheme": scheme, "amount_fen": amount_fen}
        append(*opened, Draft(events.CASE_OPENED, "case", number, body=body, sealed=sealed, **common))
    return case


def amend_case(
    *, actor: User, case_id: int, seen_version: int, amount_fen: int, change: Callable[[Case], dict[str, str]]
) -> Case:
    """Change what a case asks for while it is at its first step, new or returned.

    `seen_version` is the batch's. `change` writes the upper room's part and returns the personal values that
    the event commits to. Raises StaleCase, NotYourTurn, and BadAct where the case has left the first step.
    """
    with transaction.atomic():
        batch_id = Case.objects.filter(pk=case_id).values_list("batch_id", flat=True).first()
        batch, offices = _fresh(actor, batch_id or 0, seen_version)
        flow = find_flow(batch.flow_key, batch.flow_version)
        case = Case.objects.select_for_update().get(pk=case_id)
        if batch.step != flow.steps[0].key or case.state != CaseState.ACTIVE or case.batch_id != batch_id:
            raise BadAct(_("这一户已经报上去了，要改请先撤回或由上级退回。"))
        office, _seat = authority.seat_of(actor, batch, offices)
        batch.amount_fen += amount_fen - case.amount_fen
        before = case.amount_fen
        case.amount_fen = case.requested_fen = amount_fen
        case.version += 1
        case.save(update_fields=["amount_fen", "requested_fen", "version"])
        batch.version += 1
        _take_up(batch, actor)
        batch.save(update_fields=["amount_fen", "version", "signed_for_at", "signed_for_by"])
        sealed = change(case)
        body = {
            "batch": batch.number,
            "before_fen": before,
            "amount_fen": amount_fen,
            "version": case.version,
        }
        append(
            Draft(
                events.CASE_AMENDED,
                "case",
                case.number,
                actor=actor,
                office=office,
                area_code=batch.area.code,
                line=batch.line,
                body=body,
                sealed=sealed,
            )
        )
    return case


def _take_up(batch: Batch, actor: User) -> None:
    """Sign for a batch that was returned: who changes it has it in hand, and the return stands."""
    if batch.signed_for_at is None and batch.acts.exists():
        batch.signed_for_at, batch.signed_for_by = clock.now(), actor


def act(
    *,
    actor: User,
    batch_id: int,
    seen_version: int,
    verdicts: Mapping[int, RowVerdict] | None = None,
    opinion: str = "",
    payload: Mapping[str, Any] | None = None,
    kind: ActKind = ActKind.SIGN,
    key: str = "",
) -> Outcome:
    """Do one act on a batch (a batch of one for a single case), all or nothing but row by row in its result.

    Locks the batch, compares `seen_version`, checks office, area, line, level and recusal inside the
    transaction, runs the step's guards and effects, writes decisions, field history, the ledger and
    messages. A row whose rule fails is barred with a reason and falls out with the rows on hold; the others
    go on. `key` makes a repeated request return the first outcome. Raises an ActRefused with a Chinese
    sentence where nothing was done.
    """
    request = _Request(
        actor, batch_id, seen_version, verdicts or {}, opinion.strip(), payload or {}, kind, key
    )
    try:
        with transaction.atomic():
            written = _DOORS[kind](request)
            append(*written.drafts)
            return written.outcome
    except (ActRefused, IntegrityError):
        earlier = Act.objects.filter(key=request.key).first() if key else None
        if earlier is None:
            raise
        if earlier.request_digest != request.digest:
            raise KeyReused from None
        return Outcome.stored(earlier)


@dataclass(frozen=True)
class _Request:
    actor: User
    batch_id: int
    seen_version: int
    verdicts: Mapping[int, RowVerdict]
    opinion: str
    payload: Mapping[str, Any]
    kind: ActKind
    given_key: str

    @property
    def key(self) -> str:
        # Each person's keys are their own: nobody else's form, nor the clock, can be in the way.
        return keyed_hash(f"{self.actor.pk}:{self.given_key or uuid.uuid4().hex}", "act")

    @property
    def digest(self) -> str:
        said = {str(pk): records.plain(asdict(verdict)) for pk, verdict in self.verdicts.items()}
        whole = [self.batch_id, self.kind, said, self.opinion, records.plain(dict(self.payload))]
        # Keyed: what was typed may hold a few digits of a card, which a bare digest would give away.
        return keyed_hash(canonical(whole), "act")


def locked(batch_id: int) -> Batch:
    """Return the batch, locked until the transaction ends; NoSuchBatch where there is none."""
    try:
        return Batch.objects.select_for_update(of=("self",)).select_related("area").get(pk=batch_id)
    except Batch.DoesNotExist:
        raise NoSuchBatch from None


def active(batch: Batch) -> list[Case]:
    """Return the cases of `batch` that are on their way, locked, in the order in which they were filed."""
    return list(Case.objects.select_for_update().filter(batch=batch, state=CaseState.ACTIVE).order_by("pk"))


def _fresh(actor: User, batch_id: int, seen_version: int) -> tuple[Batch, list[Office]]:
    """Return the locked batch as the actor saw it, and the offices over it; a hidden one is a missing one."""
    batch = locked(batch_id)
    offices = authority.offices_over(batch.area_path)
    authority.require_sight(actor, batch, offices)
    if batch.version != seen_version:
        last = batch.acts.select_related("actor").order_by("-pk").first()
        by = last.actor if last else None
        raise StaleCase(str(by or ""), yourself=by == actor)
    return batch, offices


def _sign(request: _Request) -> Written:
    batch, offices = _fresh(request.actor, request.batch_id, request.seen_version)
    flow = find_flow(batch.flow_key, batch.flow_version)
    step = flow.step(batch.step)
    office, seat = authority.seat_of(request.actor, batch, offices)
    authority.require_answers(batch)
    counting = countersign.is_countersigned(batch)
    if counting:
        countersign.require_unsigned(batch, office, offices)
    cases = active(batch)
    verdicts, flaws = dict(request.verdicts), {}
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
    course = _recuse(acting, seat, offices)
    for guard in step.guards:
        guard(acting)
    if not any(row.moves for row in rows) and not course.raised and not course.recused:
        raise NothingSigned({row.case.number: row.barred for row in rows if row.barred})
    if step.each_seat:
        left = [other for other in authority.pending_seats(batch) if other != seat]
        course = replace(course, left=left)
    if counting:
        course = _countersign(acting, office, offices, course)
    _take_effect(acting, short=course.short is not None)
    groups = plan(acting, course)
    return records.write(
        acting, groups, kind=ActKind.SIGN, key=request.key, digest=request.digest, offices=offices
    )


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
    recused = authority.recuse(acting.official, acting.rows)
    for row in recused:
        others = authority.unrelated(acting.batch, seat, row, offices, acting.official)
        if countersign.is_countersigned(acting.batch):
            quorum = countersign.without(acting.batch, acting.official.pk, len(others))
            if quorum:
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


def _sign_for(request: _Request) -> Written:
    batch, offices = _fresh(request.actor, request.batch_id, request.seen_version)
    office, _seat = authority.seat_of(request.actor, batch, offices)
    if batch.signed_for_at:
        raise BadAct(_("这一批已经签收过了，直接办理就可以。"))
    batch.signed_for_at, batch.signed_for_by = clock.now(), request.actor
    return records.write_batch_only(
        batch, office, request.actor, ActKind.SIGN_FOR, request.key, request.digest
    )


def _take_back(request: _Request) -> Written:
    batch, offices = _fresh(request.actor, request.batch_id, request.seen_version)
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
    rows = [
        Row(
            case,
            Verdict.RETURN,
            request.opinion,
            to_step=past.key,
            amount_fen=before[case.pk].amount_before_fen,
        )
        for case in active(batch)
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


_DOORS: dict[ActKind, Callable[[_Request], Written]] = {
    ActKind.SIGN: _sign,
    ActKind.SIGN_FOR: _sign_for,
    ActKind.TAKE_BACK: _take_back,
}
