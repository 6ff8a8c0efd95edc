"""What happens to batches without an act on them: a list ran out or was corrected, an objection upheld.

Each function is called inside the transaction of its cause, whose service checked the right to it, and
returns the ledger's drafts, which that service appends after its own.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from portal import clock
from portal.ledger.services import Draft
from portal.people.models import Office, User

from . import authority, records
from .acting import Acting, Row
from .admission import active, locked
from .catalogue import flow as find_flow
from .definitions import Flow, Step, Verdict
from .models import ActKind, Batch, BatchState, Case, CaseState
from .movement import Course, plan


def move_by_clock(*, batch_number: str, awaited: str, held: Collection[str], why: str) -> list[Draft]:
    """Move on the rows of a batch whose list ran out, but for the cases numbered in `held`.

    Does nothing where the batch no longer waits for `awaited`, so that a second tick moves nothing.
    """
    found = Batch.objects.filter(number=batch_number).values_list("pk", flat=True).first()
    if found is None:
        return []
    batch = locked(found)
    if batch.waits != awaited:
        return []
    rows = [
        Row(case, Verdict.HOLD if case.number in held else Verdict.AGREE, amount_fen=case.amount_fen)
        for case in active(batch)
    ]
    if not any(row.agreed for row in rows):
        return []
    return _write(batch, rows, ActKind.CLOCK, why, None, None)


def send_back(
    *,
    case_numbers: Collection[str],
    actor: User | None,
    office: Office | None,
    why: str,
    past: bool = False,
    awaited: str = "",
    amounts: Mapping[str, int] | None = None,
) -> list[Draft]:
    """Send cases back whose publication did not hold; nothing for those beyond it, unless `past`.

    They go to the step that the publishing step names for it (`Step.upheld_to`), in a batch of their own
    where others of their batch stay. With `awaited` they go to the publishing step itself and wait there for
    that list. `amounts` (fen) by case number are those that they go back with, the present ones unless given.
    """
    amounts = amounts or {}
    wanted: dict[int, set[str]] = defaultdict(set)
    found = Case.objects.filter(number__in=case_numbers, state=CaseState.ACTIVE)
    for batch_id, number in found.order_by("batch_id").values_list("batch_id", "number"):
        wanted[batch_id].add(number)
    drafts: list[Draft] = []
    for batch_id in wanted:
        batch = locked(batch_id)
        publishing = _publishing_step(find_flow(batch.flow_key, batch.flow_version), batch.step, past)
        if publishing is None or batch.state != BatchState.OPEN:
            continue
        to_step = publishing.key if awaited else publishing.upheld_to
        rows = [
            Row(
                case,
                Verdict.RETURN,
                why,
                to_step=to_step,
                amount_fen=amounts.get(case.number, case.amount_fen),
            )
            if case.number in wanted[batch_id]
            else Row(case, Verdict.HOLD, amount_fen=case.amount_fen)
            for case in active(batch)
        ]
        if any(row.moves for row in rows):
            drafts += _write(batch, rows, ActKind.SEND_BACK, why, actor, office, awaited)
    return drafts


def _publishing_step(flow: Flow, key: str, past: bool) -> Step | None:
    """Return the step `key` if its publication may be upset; with `past` also such a step before it."""
    until = flow.position(key) + 1
    for step in reversed(flow.steps[:until] if past else flow.steps[until - 1 : until]):
        if step.upheld_to:
            return step
    return None


def wait_for(*, awaited: str, instead: str) -> None:
    """Let every batch that waits for `awaited` wait for `instead`, which has taken its place."""
    for batch_id in Batch.objects.filter(waits=awaited).order_by("pk").values_list("pk", flat=True):
        batch = locked(batch_id)
        if batch.waits == awaited:
            batch.waits = instead
            batch.version += 1
            batch.save(update_fields=["waits", "version"])


def _write(
    batch: Batch,
    rows: list[Row],
    kind: ActKind,
    why: str,
    actor: User | None,
    office: Office | None,
    awaited: str = "",
) -> list[Draft]:
    flow = find_flow(batch.flow_key, batch.flow_version)
    offices = authority.offices_over(batch.area_path)
    acting = Acting(
        flow, flow.step(batch.step), batch, actor, office, why, {}, clock.now(), rows, offices=offices
    )
    # One act of this kind on one version of a batch: two processes at once cannot write it twice.
    key = f"{kind.value}:{batch.number}:{batch.version}"
    groups = plan(acting, Course())
    if awaited:
        groups = {
            replace(target, waits=awaited, pending="") if target.turn else target: moved
            for target, moved in groups.items()
        }
    return records.write(acting, groups, kind=kind, key=key, digest="", offices=offices).drafts
