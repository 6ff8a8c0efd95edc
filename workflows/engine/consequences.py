"""What happens to batches without an act on them: a list ran out or was corrected, an objection upheld.

Each function is called inside the transaction of its cause, whose service checked the right to it, and
returns the ledger's drafts, which that service appends after its own.
"""

from collections import defaultdict
from collections.abc import Collection

from portal import clock
from portal.ledger.services import Draft
from portal.people.models import Office, User

from . import authority, records
from .acting import Acting, Row
from .catalogue import flow as find_flow
from .definitions import Verdict
from .models import ActKind, Batch, BatchState, Case, CaseState
from .movement import Course, plan
from .services import active, locked


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
    *, case_numbers: Collection[str], actor: User | None, office: Office | None, why: str
) -> list[Draft]:
    """Send cases back whose publication did not hold; nothing for those that are past it.

    They go to the step that theirs names for it (`Step.upheld_to`), in a batch of their own where others of
    their batch stay.
    """
    wanted: dict[int, set[str]] = defaultdict(set)
    found = Case.objects.filter(number__in=case_numbers, state=CaseState.ACTIVE)
    for batch_id, number in found.order_by("batch_id").values_list("batch_id", "number"):
        wanted[batch_id].add(number)
    drafts: list[Draft] = []
    for batch_id in wanted:
        batch = locked(batch_id)
        step = find_flow(batch.flow_key, batch.flow_version).step(batch.step)
        if not step.upheld_to or batch.state != BatchState.OPEN:
            continue
        rows = [
            Row(case, Verdict.RETURN, why, to_step=step.upheld_to, amount_fen=case.amount_fen)
            if case.number in wanted[batch_id]
            else Row(case, Verdict.HOLD, amount_fen=case.amount_fen)
            for case in active(batch)
        ]
        if any(row.moves for row in rows):
            drafts += _write(batch, rows, ActKind.SEND_BACK, why, actor, office)
    return drafts


def wait_for(*, awaited: str, instead: str) -> None:
    """Let every batch that waits for `awaited` wait for `instead`, which has taken its place."""
    for batch_id in Batch.objects.filter(waits=awaited).order_by("pk").values_list("pk", flat=True):
        batch = locked(batch_id)
        if batch.waits == awaited:
            batch.waits = instead
            batch.version += 1
            batch.save(update_fields=["waits", "version"])


def _write(
    batch: Batch, rows: list[Row], kind: ActKind, why: str, actor: User | None, office: Office | None
) -> list[Draft]:
    flow = find_flow(batch.flow_key, batch.flow_version)
    offices = authority.offices_over(batch.area_path)
    acting = Acting(
        flow, flow.step(batch.step), batch, actor, office, why, {}, clock.now(), rows, offices=offices
    )
    # One act of this kind on one version of a batch: two processes at once cannot write it twice.
    key = f"{kind.value}:{batch.number}:{batch.version}"
    groups = plan(acting, Course())
    return records.write(acting, groups, kind=kind, key=key, digest="", offices=offices).drafts
