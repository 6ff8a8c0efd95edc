"""Where the rows of an act go: on together, back, out, or off in a batch of their own."""

from collections import defaultdict
from dataclasses import dataclass

from portal.people.models import Line, Role

from . import deadlines
from .acting import STATE_AFTER, Acting, Row
from .authority import pending_text
from .definitions import Flow, Seat, Step, Verdict
from .models import Act, Batch, BatchState, CaseState
from .numbers import split_number


@dataclass(frozen=True)
class Target:
    """Where a group of rows goes. `pending` replaces the seats of the step where it is not None.

    `turn` is what is added to the round: 1 where rows go back, -1 where their return is taken back.
    """

    step: str
    state: CaseState
    turn: int = 0
    waits: str = ""
    pending: str | None = None
    stays: bool = False


def next_step(flow: Flow, step: Step, row: Row) -> Step | None:
    """Return the step after `step` for `row`: optional steps only where the flow's rule wants them."""
    for candidate in flow.steps[flow.position(step.key) + 1 :]:
        if not candidate.optional or flow.applies[candidate.optional](row):
            return candidate
    return None


def plan(acting: Acting, left: list[Seat], raised: dict[int, Seat]) -> dict[Target, list[Row]]:
    """Return the rows of the act by target. `left` are seats that must still act at the step.

    `raised` maps cases to the seat above, where recusal leaves nobody.
    """
    groups: dict[Target, list[Row]] = defaultdict(list)
    for row in acting.rows:
        groups[_target(acting, row, left, raised)].append(row)
    return dict(groups)


def taken_back(acting: Acting, last: Act, *, returned: bool) -> dict[Target, list[Row]]:
    """Return where the rows go when `last` is taken back: to its step and seat, in the round that it was.

    `returned` says that the act had sent them back, and so into another round.
    """
    step = acting.step
    role = Role(last.role)
    # Where recusal had raised the step, the seat above has it again.
    pending = (
        None if role in {seat.role for seat in step.seats} else pending_text([Seat(role)], acting.batch.line)
    )
    return {Target(step.key, CaseState.ACTIVE, turn=-1 if returned else 0, pending=pending): acting.rows}


def _target(acting: Acting, row: Row, left: list[Seat], raised: dict[int, Seat]) -> Target:
    here = acting.step.key
    if not row.moves:
        seat = raised.get(row.case.pk)
        pending = pending_text([seat], acting.batch.line) if seat else None
        return Target(here, CaseState.ACTIVE, waits=acting.batch.waits, pending=pending, stays=True)
    if row.verdict == Verdict.RETURN:
        return Target(row.to_step or acting.step.returns_to[-1], CaseState.ACTIVE, turn=1)
    if row.verdict != Verdict.AGREE:
        return Target(here, STATE_AFTER[row.verdict])
    if acting.stays:
        return Target(
            here, CaseState.ACTIVE, waits=acting.waits, pending="" if acting.waits else acting.batch.pending
        )
    if left:
        return Target(here, CaseState.ACTIVE, pending=pending_text(left, acting.batch.line))
    following = next_step(acting.flow, acting.step, row)
    return Target(following.key, CaseState.ACTIVE) if following else Target("", CaseState.DONE)


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
        batch.signed_for_at = batch.signed_for_by = None
    batch.step = target.step
    if target.pending is not None:
        batch.pending = target.pending
    elif entered and not target.stays:
        batch.pending = pending_text(step.seats, batch.line)
    batch.waits = target.waits
    if target.waits:
        batch.due_on = None
    batch.round += target.turn
    for seat in step.seats:
        if seat.line and seat.line != batch.line:
            batch.shared_line = Line(seat.line)
    batch.row_count = len(rows)
    batch.amount_fen = sum(row.amount_fen for row in rows)


def close(batch: Batch, acting: Acting) -> None:
    """Set `batch` closed: no row of it is on its way any more. Unsaved."""
    batch.state = BatchState.CLOSED
    batch.pending = batch.waits = ""
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
        parent=parent,
        opened_at=acting.now,
        entered_at=parent.entered_at,
        due_on=parent.due_on,
    )
    place(batch, flow, target, rows, acting)
    return batch
