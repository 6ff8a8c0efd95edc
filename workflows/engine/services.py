"""The one door for change: opening a case and acting on a batch (design.md rule 1)."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.ledger.canonical import canonical
from portal.ledger.services import Draft, append
from portal.people.models import User

from . import authority, events, numbers, records
from .acting import Acting, Row, RowVerdict, make_rows
from .catalogue import flow as find_flow
from .deadlines import due_on
from .definitions import RECUSING_KINDS, Flow, Seat, Verdict
from .errors import ActRefused, BadAct, KeyReused, NothingSigned, NotYourTurn, StaleCase
from .models import Act, ActKind, Batch, BatchState, Case, CaseState
from .movement import plan
from .records import Outcome, Written


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
                title=title,
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
        batch.save(update_fields=["row_count", "amount_fen", "version"])
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
        batch_id = Case.objects.filter(pk=case_id).values_list("batch_id", flat=True).get()
        batch = locked(batch_id)
        if batch.version != seen_version:
            raise StaleCase
        flow = find_flow(batch.flow_key, batch.flow_version)
        case = Case.objects.select_for_update().get(pk=case_id)
        if batch.step != flow.steps[0].key or case.state != CaseState.ACTIVE or case.batch_id != batch_id:
            raise BadAct(_("这一户已经报上去了，要改请先撤回或由上级退回。"))
        office, _seat = authority.seat_of(actor, batch, authority.offices_over(batch.area_path))
        batch.amount_fen += amount_fen - case.amount_fen
        before = case.amount_fen
        case.amount_fen = case.requested_fen = amount_fen
        case.version += 1
        case.save(update_fields=["amount_fen", "requested_fen", "version"])
        batch.version += 1
        batch.save(update_fields=["amount_fen", "version"])
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
        earlier = Act.objects.filter(key=key, actor=actor).first() if key else None
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
        return self.given_key or uuid.uuid4().hex

    @property
    def digest(self) -> str:
        said = {str(pk): records.plain(asdict(verdict)) for pk, verdict in self.verdicts.items()}
        whole = [self.batch_id, self.kind, said, self.opinion, records.plain(dict(self.payload))]
        return hashlib.sha256(canonical(whole).encode()).hexdigest()


def locked(batch_id: int) -> Batch:
    """Return the batch, locked until the transaction ends."""
    return Batch.objects.select_for_update(of=("self",)).select_related("area").get(pk=batch_id)


def _fresh(request: _Request) -> Batch:
    batch = locked(request.batch_id)
    if batch.version != request.seen_version:
        last = batch.acts.select_related("actor").order_by("-pk").first()
        raise StaleCase(str(last.actor) if last and last.actor and last.actor != request.actor else "")
    return batch


def _active(batch: Batch) -> list[Case]:
    return list(Case.objects.select_for_update().filter(batch=batch, state=CaseState.ACTIVE).order_by("pk"))


def _sign(request: _Request) -> Written:
    batch = _fresh(request)
    flow = find_flow(batch.flow_key, batch.flow_version)
    step = flow.step(batch.step)
    offices = authority.offices_over(batch.area_path)
    office, seat = authority.seat_of(request.actor, batch, offices)
    rows = make_rows(step, _active(batch), request.verdicts)
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
    )
    for wanted in step.payload:
        acting.need(
            not wanted.required or request.payload.get(wanted.key) not in (None, ""), _lacking(wanted.label)
        )
    authority.check_levels(office, step, rows)
    raised = _recuse(acting, seat, offices)
    for guard in step.guards:
        guard(acting)
    if not any(row.moves for row in rows) and not raised:
        raise NothingSigned({row.case.number: row.barred for row in rows if row.barred})
    for effect in step.effects:
        effect(acting)
    left = [other for other in authority.pending_seats(batch) if other != seat] if step.each_seat else []
    groups = plan(acting, left, raised)
    return records.write(
        acting, groups, kind=ActKind.SIGN, key=request.key, digest=request.digest, offices=offices
    )


def _lacking(label: str) -> str:
    return _("还没有填“%(field)s”") % {"field": label}


def _recuse(acting: Acting, seat: Seat, offices: list[Any]) -> dict[int, Seat]:
    """Bar rows of the actor's relatives; where nobody else is left in the seat, they pass upward."""
    if acting.actor is None or acting.step.kind not in RECUSING_KINDS:
        return {}
    raised = {}
    for row in authority.recuse(acting.actor, acting.rows):
        above = authority.successor_seat(seat, [row], offices, acting.actor)
        if above:
            raised[row.case.pk] = above
            row.barred += _("；这一级没有别人能办，已上提到%(who)s") % {"who": above.role.label}
    return raised


def _sign_for(request: _Request) -> Written:
    batch = _fresh(request)
    office, _seat = authority.seat_of(request.actor, batch, authority.offices_over(batch.area_path))
    if batch.signed_for_at:
        raise BadAct(_("这一批已经签收过了，直接办理就可以。"))
    batch.signed_for_at, batch.signed_for_by = clock.now(), request.actor
    return records.write_batch_only(
        batch, office, request.actor, ActKind.SIGN_FOR, request.key, request.digest
    )


def _take_back(request: _Request) -> Written:
    batch = _fresh(request)
    flow = find_flow(batch.flow_key, batch.flow_version)
    last = batch.acts.select_related("office__area").order_by("-pk").first()
    if (
        last is None
        or last.kind != ActKind.SIGN
        or last.step == batch.step
        or last.actor_id != request.actor.pk
    ):
        raise NotYourTurn(_("只有刚把这一批报上去的人可以撤回。"))
    if batch.signed_for_at or batch.state != BatchState.OPEN:
        raise BadAct(_("下一级已经签收，不能撤回了；请联系对方退回。"))
    past = flow.step(last.step)
    if not past.revocable:
        raise BadAct(_("这一步已经公开或已经生效，不能撤回；要改请走更正或退回。"))
    offices = authority.offices_over(batch.area_path)
    if last.office not in offices:
        raise NotYourTurn(_("您已经不担任当时的职务，不能撤回。"))
    rows = [
        Row(case, Verdict.RETURN, request.opinion, to_step=past.key, amount_fen=case.amount_fen)
        for case in _active(batch)
    ]
    acting = Acting(flow, past, batch, request.actor, last.office, request.opinion, {}, clock.now(), rows)
    acting.need(request.opinion, _("撤回要写明原因"))
    for undo in past.undo:
        undo(acting)
    groups = plan(acting, [], {})
    return records.write(
        acting, groups, kind=ActKind.TAKE_BACK, key=request.key, digest=request.digest, offices=offices
    )


_DOORS: dict[ActKind, Callable[[_Request], Written]] = {
    ActKind.SIGN: _sign,
    ActKind.SIGN_FOR: _sign_for,
    ActKind.TAKE_BACK: _take_back,
}


def move_by_clock(*, batch_number: str, awaited: str, held: set[str], why: str) -> list[Draft]:
    """Move on the rows of a batch whose list ran out, but for the cases numbered in `held`.

    Called inside the transaction that ended the list, which appends the drafts that it returns. Does nothing
    where the batch no longer waits for `awaited`, so that a second tick moves nothing.
    """
    found = Batch.objects.filter(number=batch_number).values_list("pk", flat=True).first()
    if found is None:
        return []
    batch = locked(found)
    if batch.waits != awaited:
        return []
    rows = [
        Row(
            case,
            Verdict.HOLD if case.number in held else Verdict.AGREE,
            amount_fen=case.amount_fen,
        )
        for case in _active(batch)
    ]
    if not any(row.agreed for row in rows):
        return []
    flow = find_flow(batch.flow_key, batch.flow_version)
    acting = Acting(flow, flow.step(batch.step), batch, None, None, why, {}, clock.now(), rows)
    groups = plan(acting, [], {})
    key = f"clock:{awaited}:{batch.number}:{batch.version}"
    offices = authority.offices_over(batch.area_path)
    return records.write(acting, groups, kind=ActKind.CLOCK, key=key, digest="", offices=offices).drafts


def send_back(*, case_number: str, actor: User, why: str) -> list[Draft]:
    """Send a case back because an objection to it was upheld; nothing where it is past its publication.

    Called inside the transaction that answered the objection and checked the official's right to; it appends
    the drafts that this returns.
    """
    found = Case.objects.filter(number=case_number).values_list("batch_id", flat=True).first()
    if found is None:
        return []
    batch = locked(found)
    flow = find_flow(batch.flow_key, batch.flow_version)
    step = flow.step(batch.step)
    if not step.upheld_to or batch.state != BatchState.OPEN:
        return []
    rows = [
        Row(case, Verdict.RETURN, why, to_step=step.upheld_to, amount_fen=case.amount_fen)
        if case.number == case_number
        else Row(case, Verdict.HOLD, amount_fen=case.amount_fen)
        for case in _active(batch)
    ]
    if not any(row.moves for row in rows):
        return []
    acting = Acting(flow, step, batch, actor, None, why, {}, clock.now(), rows)
    groups = plan(acting, [], {})
    key = f"objection:{case_number}:{batch.version}"
    offices = authority.offices_over(batch.area_path)
    return records.write(acting, groups, kind=ActKind.SEND_BACK, key=key, digest="", offices=offices).drafts
