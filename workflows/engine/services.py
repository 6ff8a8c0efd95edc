"""The one door for change: opening a case and acting on a batch (design.md rule 1).

What happens to a batch without anyone acting on it (a list ran out, an objection was upheld) is in
`consequences`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.ledger.services import Draft, append
from portal.people.models import User

from . import authority, events, history, numbers, signing, tasks
from .acting import RowVerdict
from .admission import Request, active, fresh, locked
from .catalogue import flow as find_flow
from .deadlines import due_on
from .definitions import Flow
from .errors import ActRefused, BadAct, KeyReused
from .models import Act, ActKind, Batch, BatchState, Case, CaseState
from .records import Outcome, Written

__all__ = ["Outcome", "act", "active", "amend_case", "locked", "open_case"]

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
    values that the event commits to. Where nobody at `area` files, the level above does; the event says so.
    Raises NotYourTurn where `actor` holds no office that files there.
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
        offices = authority.offices_over(area.path)
        seats = authority.pending_text(authority.filing_seats(first, line, offices), line)
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
                pending=seats,
                due_on=due_on(flow, first, area),
            )
            batch.save()
            drafts.append(events.BATCH_OPENED)
        elif (batch.flow_key, batch.flow_version) != (flow.key, flow.version):
            raise BadAct(_("这个项目的流程换了新版，请先把原来的一批报上去。"))
        # Somebody may have come into office, or the last one left it, since the draft was opened.
        batch.pending = seats
        office, seat = authority.seat_of(actor, batch, offices)
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
        batch.save(
            update_fields=["pending", "row_count", "amount_fen", "version", "signed_for_at", "signed_for_by"]
        )
        common: dict[str, Any] = {"actor": actor, "office": office, "area_code": area.code, "line": line}
        opened = [Draft(kind, "batch", batch.number, body={"scheme": scheme}, **common) for kind in drafts]
        body: dict[str, Any] = {"batch": batch.number, "scheme": scheme, "amount_fen": amount_fen}
        body["history"] = history.digest(case)
        if seat.role not in {one.role for one in first.seats}:
            body["raised"] = str(seat.role)
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
        batch, offices = fresh(actor, batch_id or 0, seen_version)
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
            "history": history.digest(case),
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
    request = Request(
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


_DOORS: dict[ActKind, Callable[[Request], Written]] = {
    ActKind.SIGN: signing.sign,
    ActKind.SIGN_FOR: signing.sign_for,
    ActKind.TAKE_BACK: signing.take_back,
    ActKind.REASSIGN: tasks.reassign,
    ActKind.DELEGATE: tasks.ask,
    ActKind.ADD_SIGN: tasks.ask,
    ActKind.CC: tasks.copy_to,
    ActKind.ANSWER: tasks.answer,
    ActKind.CALL_BACK: tasks.call_back,
    ActKind.URGE: tasks.urge,
    ActKind.NOTE: tasks.note,
    ActKind.READ: tasks.read,
}
