"""The page of a batch: where it stands, who may act on it and how, in the same few queries at any length."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from disclosure.publicity.models import ListState, PublicList
from portal import clock
from portal.areas.models import Area
from portal.people.models import Office, User
from portal.people.scope import scope_of
from workflows.engine import authority, countersign, rounds
from workflows.engine.acting import make_rows
from workflows.engine.catalogue import flow
from workflows.engine.definitions import ANY_STEP, MEETING_KINDS, Flow, Step, StepKind, Verdict
from workflows.engine.errors import ActRefused
from workflows.engine.models import Act, ActKind, Batch, BatchState, Case, CaseState, Decision
from workflows.notices.models import HouseholdNotice
from workflows.programmes.services import budgets_left

from .batch_rows import Row, barred_rows, cases_of, row_of, unvisited
from .deadlines import Deadline, deadline_of
from .hints import hints_of
from .keeping import last_look
from .looks import Since, changes_of, since
from .models import Draft, Habit, LastSeen
from .past import Past, past_of
from .progress import Mark, bar, is_over
from .words import step_name, step_of

# Steps whose official is told which homes nobody has been to.
VISITED_BY = [StepKind.CHECK, StepKind.DECIDE]
# Where nothing is judged any more the past is not asked for, and where no money is decided not the budget.
SETTLED = [StepKind.PUBLISH, StepKind.ANNOUNCE]
WITHOUT_BUDGET = [*SETTLED, *MEETING_KINDS]
TOWNSHIP_PATH = 12  # characters of an area's path down to its township


@dataclass
class BatchPage:
    """What the page shows. `office` is the office by which this person acts now; `why_not` says why none."""

    batch: Batch
    step: Step
    place: str
    deadline: Deadline
    marks: list[Mark]
    rows: list[Row]
    gone: list[Row]
    office: Office | None
    why_not: str
    budget_left_fen: int | None
    returns: list[tuple[str, str]]
    straight: bool
    may_sign_for: bool = False
    may_take_back: bool = False
    since: Since | None = None

    @property
    def first(self) -> list[Row]:
        """The rows with something to look at."""
        return [row for row in self.rows if row.flagged]

    @property
    def quiet(self) -> list[Row]:
        """The rows without."""
        return [row for row in self.rows if not row.flagged]

    @property
    def as_reported(self) -> int:
        """How many rows stand at the amount that the village reported."""
        return sum(row.amount_fen == row.reported_fen for row in self.rows)

    @property
    def total_fen(self) -> int:
        """The sum of the rows on their way."""
        return sum(row.amount_fen for row in self.rows)

    @property
    def silent(self) -> frozenset[int]:
        """The cases on which this person gives no verdict."""
        return frozenset(row.case.pk for row in self.rows if row.barred)


def find(user: User, number: str) -> Batch | None:
    """Return the batch `number` as `user` may see it, or None.

    In one query it carries its township's name, its last act, when the person last saw it (`seen_at`,
    `mine_at`), their draft and habits, and what it lacks outside its rows (`unposted`, `unserved`).
    """
    last = Act.objects.filter(batch=OuterRef("pk")).order_by("-pk")
    township = Area.objects.filter(path=Substr(OuterRef("area_path"), 1, TOWNSHIP_PATH)).order_by()
    found = Batch.objects.visible_to(user).select_related("area", "signed_for_by", "parent")
    draft = Draft.objects.filter(
        user=user,
        place=Concat(Value("batch:"), OuterRef("number"), Value(":"), OuterRef("step")),
        expires_on__gte=clock.today(),
    )
    lists = PublicList.objects.filter(
        reference=Concat(Value("batch:"), OuterRef("number")), state=ListState.RUNNING, postings=None
    )
    notices = HouseholdNotice.objects.filter(case__batch=OuterRef("pk"), served_on=None, voided_at=None)
    found = found.annotate(
        seen_at=Subquery(LastSeen.objects.filter(user=user, batch=OuterRef("pk")).values("at")[:1]),
        mine_at=Subquery(last.filter(actor=user).values("at")[:1]),
        draft=Subquery(draft.values("body")[:1]),
        draft_at=Subquery(draft.values("saved_at")[:1]),
        draft_version=Subquery(draft.values("version")[:1]),
        habit=Subquery(Habit.objects.filter(user=user).values("phrases")[:1]),
        unposted=Subquery(lists.order_by("-pk").values("number")[:1]),
        unserved=Subquery(notices.order_by().values("case__batch").annotate(n=Count("pk")).values("n")[:1]),
        township=Subquery(township.values("name")[:1]),
        last_actor=Subquery(last.values("actor")[:1]),
        last_kind=Subquery(last.values("kind")[:1]),
        last_step=Subquery(last.values("step")[:1]),
    )
    return found.filter(number=number).first()


def gather(user: User, batch: Batch) -> BatchPage:
    """Return the page of `batch` for `user`, as it is before anything is typed."""
    step = step_of(batch)
    cases = cases_of(user, batch)
    decisions = list(
        Decision.objects.filter(case__batch=batch)
        .select_related("act")
        .only(
            "case_id",
            "actor_id",
            "act__kind",
            "act__instead_of_id",
            "level",
            "judging",
            "round",
            "to_step",
            "step",
            "verdict",
            "reason",
            "at",
            "amount_before_fen",
            "amount_after_fen",
            "to_state",
        )
        .order_by("pk")
    )
    active = [case for case in cases if case.state == CaseState.ACTIVE]
    office, why_not = _seat(user, batch, step, active, decisions)
    barred = barred_rows(user, office, step, active) if office else {}
    past = past_of(user, cases) if step.kind not in SETTLED else {}
    hints = hints_of(cases, decisions, past)
    missing = unvisited(batch, active) if step.kind in VISITED_BY else set()
    rows = [row_of(step, case, hints[case.pk], acting=office is not None) for case in cases]
    seen = last_look(batch)
    for row in rows:
        row.past = past.get(row.case.subject, Past())
        if seen is not None and row.case.state == CaseState.ACTIVE:
            row.changes = changes_of(row.case)
        row.barred = barred.get(row.case.subject, "")
        row.visit_missing = row.case.pk in missing
        # What has something to look at is not agreed to before it was looked at.
        if row.choices and not (row.flagged and len(row.choices) > 1):
            row.verdict = Verdict.AGREE.value
    on_way = [row for row in rows if row.case.state == CaseState.ACTIVE]
    returns = [(key, step_name(batch, key)) for key in step.returns_to]
    if ANY_STEP in step.returns_to:
        returns = _returns(batch, step, active, decisions) if office else []
    mine = batch.last_actor == user.pk
    open_ = batch.state == BatchState.OPEN
    return BatchPage(
        batch=batch,
        step=step,
        place=batch.township or "",
        deadline=deadline_of(batch),
        marks=bar(batch, decisions, over=is_over(batch), stopped=_stopped(batch, rows)),
        rows=on_way,
        gone=[row for row in rows if row.case.state != CaseState.ACTIVE],
        office=office,
        why_not=why_not,
        budget_left_fen=_budget_left(active) if step.kind not in WITHOUT_BUDGET else None,
        returns=returns,
        straight=bool(office) and batch.round > 1 and _may_go_straight(batch, step, active, decisions),
        since=since(batch, seen, user, decisions, sum(bool(row.changes) for row in on_way)),
        may_sign_for=bool(office and not batch.signed_for_at and batch.last_step and not mine),
        may_take_back=bool(
            mine
            and open_
            and batch.last_kind == ActKind.SIGN
            and batch.last_step != batch.step
            and not batch.waits
        ),
    )


def _ways(run: Flow, active: Sequence[Case], decisions: Sequence[Decision]) -> list[rounds.Way]:
    """Return the way of each row on its way, from the `decisions` already read."""
    found: dict[int, list[Decision]] = {case.pk: [] for case in active}
    for decision in decisions:
        if decision.case_id in found:
            found[decision.case_id].append(decision)
    return [rounds.way_of(run, way) for way in found.values()]


def _returns(
    batch: Batch, step: Step, active: Sequence[Case], decisions: Sequence[Decision]
) -> list[tuple[str, str]]:
    """Return the completed steps to which some row may be returned."""
    run = flow(batch.flow_key, batch.flow_version)
    ways = _ways(run, active, decisions)
    allowed = {one.key for way in ways for one in rounds.may_return_to(run, step, way)}
    return [(one.key, one.name) for one in run.steps if one.key in allowed]


def _may_go_straight(batch: Batch, step: Step, active: Sequence[Case], decisions: Sequence[Decision]) -> bool:
    """Return whether some row came back from a step that is ahead of it; the engine settles the rest."""
    run = flow(batch.flow_key, batch.flow_version)
    here, ways = run.position(step.key), _ways(run, active, decisions)
    back = [way.returned for way in ways if way.returned and way.returned.act.kind == ActKind.SIGN]
    return run.vouched is not None and any(run.position(one.step) > here for one in back)


def place_of(batch: Batch, step: Step) -> str:
    """Return the name under which a person's draft for `step` of `batch` is kept."""
    return f"batch:{batch.number}:{step.key}"


def _seat(
    user: User, batch: Batch, step: Step, active: Sequence[Case], decisions: Sequence[Decision]
) -> tuple[Office | None, str]:
    """Return the office by which `user` may act now, or why there is none; the engine asks again."""
    offices = [held for held in scope_of(user).acting if held.area.covers(batch.area_path)]
    counting = countersign.is_countersigned(batch)
    if counting or batch.held_by_id:
        # Who else holds the seat decides whether this person may.
        offices = authority.offices_over(batch.area_path)
    try:
        office, _seat_held = authority.seat_of(user, batch, offices)
        authority.require_answers(batch)
        if counting:
            countersign.require_unsigned(batch, office, offices)
        rows = make_rows(step, list(active), {})
        authority.check_levels(office, step, rows, batch, decisions=decisions)
    except ActRefused as error:
        return None, str(error)
    return office, ""


def _budget_left(active: Sequence[Case]) -> int | None:
    """Return what this year's budget of the batch's programme still holds; None where there is no budget."""
    if not active or not hasattr(active[0], "application"):
        return None
    programme = active[0].application.programme_version.programme_id
    return budgets_left([programme], clock.today().year).get(programme)


def _stopped(batch: Batch, rows: Sequence[Row]) -> str:
    """Return in a word why a batch ended before its last step; empty where it did not, or has no row."""
    states = {row.case.state for row in rows}
    if not is_over(batch) or not states or CaseState.DONE in states:
        return ""
    return str(CaseState(states.pop()).label) if len(states) == 1 else _("到此为止")
