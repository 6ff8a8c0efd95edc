"""Writing down one planned act: batches, act, decisions, cases, field history, messages, ledger last."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from portal.ledger import written
from portal.ledger.services import Draft
from portal.outbox.services import send
from portal.people.leave import stood_in_for
from portal.people.models import Office, User

from . import authority, events, history, links, rounds, signals
from .acting import Acting, Row
from .definitions import JUDGING_KINDS, Verdict
from .models import Act, ActKind, Batch, Case, CaseState, Decision, TaskKind, TaskState
from .movement import Target, close, main_target, place, split


@dataclass(frozen=True)
class Outcome:
    """What an act did: the batch it left, the batches that fell out of it, and what happened to each row.

    `rows` are dicts of ``case`` (number), ``result`` (a Verdict or ``barred``), ``message``, ``batch``.
    """

    act_id: int
    batch: str
    step: str
    rows: list[dict[str, str]]
    split: list[str]

    @property
    def failed(self) -> list[dict[str, str]]:
        """The rows that were to be signed and could not be."""
        return [row for row in self.rows if row["result"] == "barred"]

    @classmethod
    def stored(cls, act: Act) -> "Outcome":
        """Return the outcome that `act` recorded."""
        return cls(act_id=act.pk, **act.outcome)


@dataclass(frozen=True)
class Written:
    """An act that is written down but for the ledger: its caller appends `drafts` last of all."""

    outcome: Outcome
    drafts: list[Draft]


# What an act may change of a batch; the rest stands from its opening on.
MOVED = (
    *("step", "state", "round", "version", "pending", "waits", "shared_line", "row_count", "amount_fen"),
    *("entered_at", "due_on", "signed_for_at", "signed_for_by", "closed_at"),
    *("needs", "signers", "signed", "held_by", "asked", "advised", "urged_on"),
)


@dataclass(frozen=True)
class _Before:
    """Where the batch stood and who was to act on it before the act."""

    step: str
    pending: str
    round: int
    handed: bool

    @classmethod
    def of(cls, batch: Batch) -> "_Before":
        """Return how `batch` stands now."""
        handed = batch.held_by_id is not None or bool(batch.asked)
        return cls(batch.step, batch.pending, batch.round, handed)


def plain(value: Any) -> Any:
    """Return `value` with dates as ISO text, for digests and JSON columns; other kinds as they are."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)


def write(
    acting: Acting,
    groups: dict[Target, list[Row]],
    *,
    kind: ActKind,
    key: str,
    digest: str,
    offices: list[Office],
) -> Written:
    """Write the act whose rows go as `groups` say."""
    batch, before = acting.batch, _Before.of(acting.batch)
    main = main_target(groups)
    homes: dict[Target, Batch] = {}
    offshoots: list[Batch] = []
    for target, rows in groups.items():
        if target.state != CaseState.ACTIVE or target == main:
            homes[target] = batch
            continue
        homes[target] = split(batch, acting.flow, target, rows, acting)
        homes[target].save(force_insert=True)
        offshoots.append(homes[target])
    if main is None:
        close(batch, acting)
    else:
        place(batch, acting.flow, main, groups[main], acting)
    outcome = {
        "batch": batch.number,
        "step": batch.step,
        "rows": [_row_outcome(row, homes[target]) for target, rows in groups.items() for row in rows],
        "split": [offshoot.number for offshoot in offshoots],
    }
    act = _act(acting, kind, key, digest, outcome)
    vouched = rounds.digests(acting)
    decisions = [
        _decision(acting, act, row, target, vouched)
        for target, rows in groups.items()
        for row in rows
        if row.moves
    ]
    written.note(*Decision.objects.bulk_create(decisions), made=True)
    _move_cases(acting, groups, homes)
    _close_tasks(batch, acting, before)
    _save(batch)
    _tell(batch, offshoots, before, offices, acting.actor)
    signals.acted.send(sender=Batch, acting=acting, act=act, groups=groups)
    return Written(Outcome.stored(act), _events(acting, act, groups, homes, offshoots, before))


def write_batch_only(
    batch: Batch,
    office: Office,
    actor: User,
    kind: ActKind,
    key: str,
    digest: str,
    *,
    opinion: str = "",
    told: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Written:
    """Write an act that decides no row; `told` goes into its notes, `body` into its event (签收, 转办…)."""
    act = Act.objects.create(
        batch=batch,
        kind=kind,
        step=batch.step,
        level=office.area.level,
        actor=actor,
        office=office,
        role=office.role,
        key=key,
        request_digest=digest,
        opinion=opinion,
        outcome={"batch": batch.number, "step": batch.step, "rows": [], "split": []},
        instead_of=stood_in_for(office),
        notes=dict(told or {}),
    )
    _save(batch)
    said = {"act": kind.value, "step": batch.step, "version": batch.version, **(body or {})}
    said |= instead(office)
    draft = Draft(
        events.BATCH_ACTED,
        "batch",
        batch.number,
        actor=actor,
        office=office,
        area_code=batch.area.code,
        line=batch.line,
        body=said,
        sealed={"opinion": opinion} if opinion else {},
    )
    return Written(Outcome.stored(act), [draft])


def _row_outcome(row: Row, home: Batch) -> dict[str, str]:
    result = "barred" if row.barred else row.verdict.value
    return {
        "case": row.case.number,
        "result": result,
        "message": row.barred or row.note,
        "batch": home.number,
    }


def _act(acting: Acting, kind: ActKind, key: str, digest: str, outcome: dict[str, Any]) -> Act:
    office = acting.office
    return Act.objects.create(
        batch=acting.batch,
        kind=kind,
        step=acting.step.key,
        level=office.area.level if office else acting.step.level,
        actor=acting.actor,
        office=office,
        role=office.role if office else "",
        opinion=acting.opinion,
        at=acting.now,
        key=key,
        request_digest=digest,
        outcome=outcome,
        instead_of=stood_in_for(office),
        notes=acting.told,
    )


def instead(office: Office | None) -> dict[str, str]:
    """Return what an event says of an act by a substitute: whose office it was done by."""
    principal = stood_in_for(office)
    return {"instead_of": principal.username} if principal else {}


def _decision(acting: Acting, act: Act, row: Row, target: Target, vouched: dict[int, str]) -> Decision:
    return Decision(
        act=act,
        case=row.case,
        actor=acting.actor,
        verdict=row.verdict,
        step=act.step,
        level=act.level,
        judging=acting.step.kind in JUDGING_KINDS and act.kind == ActKind.SIGN,
        to_step=target.step,
        to_state=target.state,
        reason=row.reason,
        amount_before_fen=row.case.amount_fen,
        amount_after_fen=row.amount_fen,
        changes=plain(row.changes),
        round=row.case.round,
        vouched=vouched.get(row.case.pk, ""),
        at=acting.now,
    )


def _move_cases(acting: Acting, groups: dict[Target, list[Row]], homes: dict[Target, Batch]) -> None:
    """Update the cases in as few statements as there are different outcomes, and their history in one."""
    amounts: dict[int, list[Case]] = defaultdict(list)
    touched: list[Case] = []
    for target, rows in groups.items():
        home = homes[target]
        moved = [row.case for row in rows if row.moves or home.pk != row.case.batch_id]
        for row in rows:
            if row.moves and row.amount_fen != row.case.amount_fen:
                amounts[row.amount_fen].append(row.case)
        values: dict[str, Any] = {
            "batch": home,
            "state": target.state,
            "step": target.step or acting.step.key,
        }
        values["shared_line"] = home.shared_line
        values["closed_at"] = None if target.state == CaseState.ACTIVE else acting.now
        _update(moved, values, target.turn)
        touched += moved
    for amount_fen, cases in amounts.items():
        Case.objects.filter(pk__in=[case.pk for case in cases]).update(amount_fen=amount_fen)
        for case in cases:
            case.amount_fen = amount_fen
    if touched:
        rows = Case.history.bulk_history_create(
            touched, update=True, default_user=acting.actor, default_date=acting.now
        )
        written.note(*touched)
        written.note(*rows, made=True)


def _update(cases: list[Case], values: dict[str, Any], turn: int) -> None:
    if not cases:
        return
    increments: dict[str, Any] = {"version": F("version") + 1}
    if turn:
        increments["round"] = F("round") + turn
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(**values, **increments)
    for case in cases:
        for name, value in values.items():
            setattr(case, name, value)
        case.version += 1
        case.round += turn


def _close_tasks(batch: Batch, acting: Acting, before: _Before) -> None:
    """Close what was passed on or asked for where the batch left its step; costs nothing if nothing was."""
    here = batch.step == before.step and batch.round == before.round and batch.pending
    if not before.handed or (here and (batch.held_by_id or batch.asked)):
        return
    open_ = batch.tasks.filter(state=TaskState.OPEN).exclude(kind=TaskKind.CC)
    open_.update(state=TaskState.CLOSED, ended_at=acting.now)


def _save(batch: Batch) -> None:
    batch.version += 1
    batch.save(update_fields=MOVED)


def _tell(
    batch: Batch, offshoots: list[Batch], before: _Before, offices: list[Office], actor: User | None
) -> None:
    """Tell those whose turn it has become; the message names no household.

    Those who had the batch before them already (a meeting of four, the other county office) are not told
    again; of a batch that fell out everybody is who may act on it.
    """
    for told in [batch, *offshoots]:
        seats = [] if told.waits else authority.pending_seats(told)
        if told is batch and told.step == before.step:
            had = authority.seats_in(before.pending)
            seats = [seat for seat in seats if seat not in had]
        people = {office.user for seat in seats for office in authority.holders(seat, offices)} - {actor}
        if people:
            title = _("待办：%(title)s，%(count)s户") % {"title": told.title[:100], "count": told.row_count}
            send(sorted(people, key=lambda person: person.pk), title, links.to_batch(told.number))


def _events(
    acting: Acting,
    act: Act,
    groups: dict[Target, list[Row]],
    homes: dict[Target, Batch],
    offshoots: list[Batch],
    before: _Before,
) -> list[Draft]:
    batch = acting.batch
    common: dict[str, Any] = {
        "actor": acting.actor,
        "office": acting.office,
        "area_code": batch.area.code,
        "line": batch.line,
    }
    # Of a taking back `from` is where the batch stood, not the step whose official takes it back.
    body = {"act": str(act.kind), "from": before.step, "to": batch.step, "version": batch.version}
    body |= acting.notes | instead(acting.office)
    sealed = {"opinion": acting.opinion} if acting.opinion else {}
    drafts = [Draft(events.BATCH_ACTED, "batch", batch.number, body=body, sealed=sealed, **common)]
    for offshoot in offshoots:
        left = [row.case.number for target in groups if homes[target] is offshoot for row in groups[target]]
        parting = {
            "parent": batch.number,
            "step": offshoot.step,
            "cases": left,
            "seats": [str(seat.role) for seat in authority.pending_seats(offshoot)],
            "waits": offshoot.waits,
        }
        drafts.append(Draft(events.BATCH_SPLIT, "batch", offshoot.number, body=parting, **common))
    for target, rows in groups.items():
        for row in rows:
            if row.moves:
                drafts.append(_case_draft(row, act, target, homes[target], before, common))
    return [*drafts, *acting.drafts]


def _case_draft(
    row: Row, act: Act, target: Target, home: Batch, before: _Before, common: dict[str, Any]
) -> Draft:
    body = {
        "act": str(act.kind),
        "verdict": Verdict(row.verdict).value,
        "from": before.step,
        "to": target.step,
        "state": target.state.value,
        "batch": home.number,
        "amount_fen": row.amount_fen,
        "version": row.case.version,
        "history": history.digest(row.case),
    }
    if row.note:
        body["note"] = row.note
    sealed = dict(row.sealed)
    if row.reason:
        sealed["reason"] = row.reason
    return Draft(events.CASE_DECIDED, "case", row.case.number, body=body, sealed=sealed, **common)
