"""Where the rows of an act go: on together, back, out, or off in a batch of their own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.people.models import Line, Role

from . import countersign, deadlines, options
from .acting import STATE_AFTER, Acting, Row
from .authority import filing_seats, pending_text
from .countersign import Quorum
from .definitions import ANY_STEP, Flow, Seat, Step, StepKind, Verdict
from .models import Act, Batch, BatchState, CaseState
from .numbers import split_number


@dataclass(frozen=True)
class Target:
    """Where a group of rows goes. `pending` replaces the seats of the step where it is not None.

    `quorum` replaces what the batch keeps of a countersign.
    `turn` is what is added to the round: 1 where rows go back, -1 where their return is taken back.
    """

    step: str
    state: CaseState
    turn: int = 0
    waits: str = ""
    pending: str | None = None
    stays: bool = False
    quorum: Quorum | None = None


def next_step(flow: Flow, step: Step, row: Row) -> Step | None:
    """Return the step after `step` for `row`: optional steps only where the flow's rule wants them."""
    for candidate in flow.steps[flow.position(step.key) + 1 :]:
        if not candidate.optional:
            return candidate
        if options.takes(flow, candidate, row.case.area_path) and flow.applies[candidate.optional](row):
            return candidate
    return None


@dataclass(frozen=True)
class Course:
    """What decides where rows go. `left` are seats that must still act at the step.

    `raised` maps cases to the seat above, where recusal leaves nobody. `short` is the quorum of a countersign
    that this act does not complete, `recused` that of the rows that the actor must keep away from.
    """

    left: list[Seat] = field(default_factory=list)
    raised: dict[int, Seat] = field(default_factory=dict)
    short: Quorum | None = None
    recused: dict[int, Quorum] = field(default_factory=dict)


def plan(acting: Acting, course: Course) -> dict[Target, list[Row]]:
    """Return the rows of the act by target."""
    groups: dict[Target, list[Row]] = defaultdict(list)
    for row in acting.rows:
        groups[_target(acting, row, course)].append(row)
    return dict(groups)


def taken_back(acting: Acting, last: Act, *, returned: bool) -> dict[Target, list[Row]]:
    """Return where the rows go when `last` is taken back: to its step and seat, in the round that it was.

    `returned` says that the act had sent them back, and so into another round.
    """
    step = acting.step
    role = Role(last.role)
    # Where recusal had raised the step, the seat above has it again.
    own = {seat.role for seat in options.seats(acting.flow, step, acting.batch.area)}
    pending = None if role in own else pending_text([Seat(role)], acting.batch.line)
    before = last.notes.get("quorum")
    target = Target(
        step.key,
        CaseState.ACTIVE,
        turn=-1 if returned else 0,
        pending=pending,
        quorum=Quorum(**before) if before else None,
    )
    return {target: acting.rows}


def _target(acting: Acting, row: Row, course: Course) -> Target:
    here = acting.step.key
    if not row.moves:
        seat = course.raised.get(row.case.pk)
        pending = pending_text([seat], acting.batch.line) if seat else None
        # The level above decides alone: nobody below it may.
        quorum = Quorum() if seat else course.recused.get(row.case.pk)
        return Target(
            here, CaseState.ACTIVE, waits=acting.batch.waits, pending=pending, stays=True, quorum=quorum
        )
    if row.verdict == Verdict.RETURN:
        return Target(row.to_step or default_return(acting.flow, acting.step), CaseState.ACTIVE, turn=1)
    if row.verdict != Verdict.AGREE:
        return Target(here, STATE_AFTER[row.verdict])
    if acting.stays:
        return Target(
            here, CaseState.ACTIVE, waits=acting.waits, pending="" if acting.waits else acting.batch.pending
        )
    if course.left:
        return Target(here, CaseState.ACTIVE, pending=pending_text(course.left, acting.batch.line))
    if course.short:
        return Target(here, CaseState.ACTIVE, pending=acting.batch.pending, quorum=course.short)
    if row.straight and row.to_step:
        return Target(row.to_step, CaseState.ACTIVE)
    following = next_step(acting.flow, acting.step, row)
    return Target(following.key, CaseState.ACTIVE) if following else Target("", CaseState.DONE)


def default_return(flow: Flow, step: Step) -> str:
    """Return where `step` returns to if nobody chose: the last step that it names, else the first of all."""
    named = [key for key in step.returns_to if key != ANY_STEP]
    return named[-1] if named else flow.steps[0].key


def main_target(groups: dict[Target, list[Row]]) -> Target | None:
    """Return the target whose rows keep the batch: those that go on, else those that stay, else that go back.

    None where no row is left on its way.
    """
    moving = [target for target in groups if target.state == CaseState.ACTIVE]
    ranked = sorted(moving, key=lambda target: (target.turn, target.stays, -len(groups[target])))
    return ranked[0] if ranked else None


def place(batch: Batch, flow: Flow, target: Target, rows: list[Row], acting: Acting) -> None:
    """Set `batch` to where `target` says, with the sums of `rows`. Unsaved."""
    entered = target.step != batch.step or target.turn or not batch.pk
    step = flow.step(target.step)
    # Rows that stay keep their deadline and the seats that must still act, also in a batch of their own.
    if entered and not target.stays:
        batch.entered_at = acting.now
        batch.due_on = deadlines.due_on(flow, step, batch.area)
        batch.signed_for_at = batch.signed_for_by = batch.held_by = batch.urged_on = None
        batch.asked = ""
        set_quorum(batch, countersign.fresh(flow, step, batch, acting.offices, acting))
    if target.quorum:
        set_quorum(batch, target.quorum)
        if not target.stays:
            # Who it was passed to has signed: the others' signatures are wanted now.
            batch.held_by = None
    batch.step = target.step
    if target.pending is not None:
        batch.pending = target.pending
    elif entered and not target.stays:
        seats: Sequence[Seat] = options.seats(flow, step, batch.area)
        if step.kind == StepKind.FILE:
            seats = filing_seats(step, batch.line, acting.offices)
        batch.pending = pending_text(seats, batch.line)
    batch.waits = target.waits
    if target.waits:
        batch.due_on = None
    batch.round += target.turn
    for seat in step.seats:
        if seat.line and seat.line != batch.line:
            batch.shared_line = Line(seat.line)
    batch.row_count = len(rows)
    batch.amount_fen = sum(row.amount_fen for row in rows)


def set_quorum(batch: Batch, quorum: Quorum) -> None:
    """Let `batch` keep `quorum`. Unsaved."""
    batch.needs, batch.signers, batch.signed = quorum.needs, quorum.signers, quorum.signed


def quorum_of(batch: Batch) -> Quorum:
    """Return what `batch` keeps of a countersign."""
    return Quorum(batch.needs, batch.signers, batch.signed)


def close(batch: Batch, acting: Acting) -> None:
    """Set `batch` closed: no row of it is on its way any more. Unsaved."""
    batch.state = BatchState.CLOSED
    batch.pending = batch.waits = batch.asked = batch.signed = batch.signers = ""
    batch.held_by = None
    batch.due_on = None
    batch.closed_at = acting.now


def split(parent: Batch, flow: Flow, target: Target, rows: list[Row], acting: Acting) -> Batch:
    """Return a new, unsaved batch for `rows` that fell out of `parent`."""
    batch = Batch(
        number=split_number(parent),
        title=parent.title,
        flow_key=parent.flow_key,
        flow_version=parent.flow_version,
        scheme=parent.scheme,
        step=parent.step,
        area=parent.area,
        area_path=parent.area_path,
        line=parent.line,
        shared_line=parent.shared_line,
        pending=parent.pending,
        round=parent.round,
        needs=parent.needs,
        signers=parent.signers,
        signed=parent.signed,
        advised=parent.advised,
        held_by_id=parent.held_by_id,
        parent=parent,
        opened_at=acting.now,
        entered_at=parent.entered_at,
        due_on=parent.due_on,
    )
    place(batch, flow, target, rows, acting)
    return batch
