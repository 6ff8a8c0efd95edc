"""Countersigning (会签): several holders of a step's seats must agree before its rows go on.

How many is fixed when a batch enters the step (design.md rule 7) and never shrinks by itself: where an office
ends and too few are left, the batch stays and says so (rule 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.people import leave
from portal.people.models import Office, User

from . import options
from .acting import Acting, Row, RowVerdict
from .authority import advised_elsewhere, filed_at, holders, pending_seats, with_line
from .definitions import JUDGING_KINDS, Flow, RowField, Step, Verdict
from .errors import ActedAtAnotherLevel
from .models import Batch, Case, Decision


@dataclass(frozen=True)
class Quorum:
    """What a batch keeps of a countersign: how many must agree, who all must, who did (`Batch`)."""

    needs: int = 1
    signers: str = ""
    signed: str = ""


def ids(text: str) -> list[int]:
    """Return the ids of a column that keeps them between commas, those stood in for included."""
    return [int(entry.lstrip("+")) for entry in text.split(",") if entry]


def written(people: Sequence[int]) -> str:
    """Return `people` as a column keeps them; empty for none."""
    return f",{','.join(str(person) for person in people)}," if people else ""


def count(signed: str) -> int:
    """Return how many signatures `signed` holds; whom a substitute stood in for is no second one."""
    return sum(bool(entry) and not entry.startswith("+") for entry in signed.split(","))


def with_signature(signed: str, office: Office) -> str:
    """Return `signed` with that of the holder of `office`, and of whom they stand in for."""
    principal = leave.stood_in_for(office)
    entry = f"{office.user_id},+{principal.pk}" if principal else f"{office.user_id}"
    return f"{signed or ','}{entry},"


def fresh(
    flow: Flow, step: Step, batch: Batch, offices: Sequence[Office], acting: Acting | None = None
) -> Quorum:
    """Return the quorum of a batch that enters `step` now, from the county's setting in force.

    Where all must sign (0), those are all who can: who took part in the rows at another level, or gave an
    opinion there, takes part in this one no more (design.md rule 3), and waiting for them would block it.
    Where nobody is left one signature is still wanted: the step blocks and says so (rule 4).
    """
    needs = options.needs(flow, step, batch.area)
    if needs != 0:
        return Quorum(needs)
    seats = with_line(options.seats(flow, step, batch.area), batch.line)
    own = [office for seat in seats for office in holders(seat, offices) if _own(office)]
    elsewhere = _took_part_elsewhere(own, batch, acting, judges=step.kind in JUDGING_KINDS)
    due = sorted({office.user_id for office in own} - elsewhere)
    return Quorum(max(1, len(due)), written(due))


def _took_part_elsewhere(
    held: Sequence[Office], batch: Batch, acting: Acting | None, *, judges: bool
) -> set[int]:
    """Return who of the holders of `held` took part at another level than theirs, or judged the rows before.

    The act in the making has no decision yet: who acts now counts as one who did.
    """
    found = {office.user_id for office in held if advised_elsewhere(batch, office)}
    if acting is None:
        return found
    people = {office.user_id: office.area.level for office in held}
    cases = [row.case for row in acting.rows]
    found |= {
        case.opened_by_id for case in cases if people.get(case.opened_by_id) not in (None, filed_at(case))
    }
    said = Decision.objects.filter(Q(actor__in=people) | Q(act__instead_of__in=people), case__in=cases)
    for actor, principal, level, judging in said.values_list(
        "actor_id", "act__instead_of_id", "level", "judging"
    ):
        for person in {actor, principal} & set(people):
            if level != people[person] or (judging and judges):
                found.add(person)
    now = {acting.actor.pk} if acting.actor else set()
    principal_now = leave.stood_in_for(acting.office)
    now |= {principal_now.pk} if principal_now else set()
    here = acting.office.area.level if acting.office else None
    judged_now = judges and acting.step.kind in JUDGING_KINDS
    return found | {person for person in now & set(people) if people[person] != here or judged_now}


def _own(office: Office) -> bool:
    return leave.stood_in_for(office) is None


def is_countersigned(batch: Batch) -> bool:
    """Return whether `batch` stands at a step that one person's agreement does not complete."""
    return batch.needs > 1 or bool(batch.signers)


def still_to_sign(batch: Batch, offices: Sequence[Office]) -> list[User]:
    """Return the holders of the pending seats who have not signed, substitutes left out, in order."""
    done = set(ids(batch.signed))
    people = {
        office.user_id: office.user
        for seat in pending_seats(batch)
        for office in holders(seat, offices)
        if _own(office) and office.user_id not in done and not advised_elsewhere(batch, office)
    }
    return [people[pk] for pk in sorted(people)]


def lacks(batch: Batch, offices: Sequence[Office]) -> str:
    """Return in a sentence who must still sign, or that too few are in office; empty where nobody need."""
    if not is_countersigned(batch):
        return ""
    left = still_to_sign(batch, offices)
    missing = batch.needs - count(batch.signed)
    said = _("这一步要 %(needs)s 人会签，已签 %(done)s 人") % {
        "needs": batch.needs,
        "done": count(batch.signed),
    }
    names = "、".join(str(person) for person in left)
    if len(left) < missing:
        return _(
            "%(said)s，在任还能签的只有 %(left)s 人，不够数，不会自动通过；请先补任，或由会签人退回。"
        ) % {
            "said": said,
            "left": len(left),
        }
    return _("%(said)s，还可以由%(names)s签。") % {"said": said, "names": names}


def require_unsigned(batch: Batch, office: Office, offices: Sequence[Office]) -> None:
    """Refuse who signed already, also through a substitute; ActedAtAnotherLevel says who else can."""
    done = set(ids(batch.signed))
    principal = leave.stood_in_for(office)
    if office.user_id in done:
        raise ActedAtAnotherLevel(_("您已经签过了。") + lacks(batch, offices))
    if principal and principal.pk in done:
        raise ActedAtAnotherLevel(
            _("%(name)s已经签过了，不能再代签。") % {"name": principal} + lacks(batch, offices)
        )


def is_complete(batch: Batch, signed: str, offices: Sequence[Office]) -> bool:
    """Return whether `signed` is enough: as many as are needed, and all who must and still hold a seat."""
    if count(signed) < batch.needs:
        return False
    done = set(ids(signed))
    in_office = {office.user_id for seat in pending_seats(batch) for office in holders(seat, offices)}
    return not (set(ids(batch.signers)) & in_office) - done


def without(batch: Batch, person: int, left: int) -> Quorum | None:
    """Return the quorum of rows that `person` must keep away from; None where too few others can sign.

    `left` is how many unrelated holders have not signed yet. Where all must sign, all others must.
    """
    needs, signers = batch.needs, batch.signers
    if signers:
        due = [other for other in ids(signers) if other != person]
        needs, signers = max(1, len(due)), written(due)
    if not left or count(batch.signed) + left < needs:
        return None
    return Quorum(needs, signers, batch.signed)


def carried_over(
    batch: Batch, step: Step, cases: Sequence[Case], verdicts: dict[int, RowVerdict]
) -> tuple[dict[int, RowVerdict], dict[int, str]]:
    """Return `verdicts` with what the first signature filled in, and what contradicts it by case id.

    Nobody agrees to something else than the one before: a value left empty is that of the first signature.
    """
    agreed = [pk for pk, said in verdicts.items() if said.verdict == Verdict.AGREE]
    if not batch.signed or not agreed:
        return verdicts, {}
    found = Decision.objects.filter(
        case__in=agreed, step=step.key, round=batch.round, verdict=Verdict.AGREE, to_step=step.key
    )
    first: dict[int, Decision] = {}
    for decision in found.order_by("pk"):
        first.setdefault(decision.case_id, decision)
    filled, flaws = dict(verdicts), {}
    for pk, decision in first.items():
        said = verdicts[pk]
        values = {f.key: _value(f, decision.changes.get(f.key)) for f in step.fields}
        given = {key: value for key, value in said.changes.items() if value not in (None, "")}
        wrong = [f.label for f in step.fields if given.get(f.key, values[f.key]) != values[f.key]]
        if wrong:
            flaws[pk] = _("“%(field)s”和先签的人填的不一样；不同意请选退回") % {"field": wrong[0]}
        filled[pk] = RowVerdict(said.verdict, said.reason or decision.reason, values | given, said.to_step)
    return filled, flaws


def _value(field: RowField, stored: Any) -> Any:
    return date.fromisoformat(stored) if field.kind == "date" and stored else stored


def keep_back(acting: Acting) -> list[Row]:
    """Leave the amounts of agreed rows as they are until the step is complete, and return the other rows."""
    for row in acting.agreed:
        row.amount_fen = row.case.amount_fen
    return [row for row in acting.rows if not row.agreed]
