"""All that the page of a batch shows, gathered in the same few queries for two rows and for two hundred."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Count, Exists, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Concat, Substr
from django.utils.translation import gettext as _

from disclosure.publicity.models import ListState, Objection, ObjectionState, PublicList
from portal import clock
from portal.areas.models import Area
from portal.files.models import PrivateFile
from portal.people import recusal
from portal.people.models import Office, User
from portal.people.scope import scope_of
from workflows.engine import authority, countersign, rounds
from workflows.engine.acting import make_rows
from workflows.engine.catalogue import flow
from workflows.engine.definitions import ANY_STEP, MEETING_KINDS, RECUSING_KINDS, Step, StepKind, Verdict
from workflows.engine.definitions import RowField as StepField
from workflows.engine.errors import ActRefused
from workflows.engine.models import Act, ActKind, Batch, BatchState, Case, CaseState, Decision
from workflows.notices.models import HouseholdNotice
from workflows.programmes import matters
from workflows.programmes.answers import yuan
from workflows.programmes.matters import SUBJECT
from workflows.programmes.models import Application, ProgrammeVersion, Visit
from workflows.programmes.services import budgets_left
from workflows.programmes.visits import must_visit
from workflows.registry.models import Kinship

from .deadlines import Deadline, deadline_of
from .hints import hints_of
from .keeping import last_look
from .looks import Since, changes_of, mark, since
from .models import Draft, Habit, LastSeen
from .past import Past, past_of
from .progress import Mark, bar, is_over
from .signing import Entry
from .words import step_name, step_of, verdict_word

# Steps whose official is told which homes nobody has been to.
VISITED_BY = [StepKind.CHECK, StepKind.DECIDE]
# Where nothing is judged any more the past is not asked for, and where no money is decided not the budget.
SETTLED = [StepKind.PUBLISH, StepKind.ANNOUNCE]
WITHOUT_BUDGET = [*SETTLED, *MEETING_KINDS]
TOWNSHIP_PATH = 12  # characters of an area's path down to its township


@dataclass
class RowField:
    """One input of a row: the step's field and what stands in it."""

    key: str
    label: str
    kind: str
    value: str
    help: str = ""
    choices: Sequence[str] = ()


@dataclass
class Row:
    """One household's row. `barred` says why this official gives no verdict on it."""

    case: Case
    name: str
    group: str
    item: str
    reported_fen: int
    amount_fen: int
    hints: list[str]
    last_year: str
    fields: list[RowField] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    verdict: str = ""
    reason: str = ""
    to_step: str = ""
    barred: str = ""
    error: str = ""
    has_money: bool = True
    visit_missing: bool = False
    changes: list[str] = field(default_factory=list)
    past: Past = field(default_factory=Past)

    @property
    def needs_reason(self) -> bool:
        """Whether an amount may be cut here, which needs a reason too."""
        return any(shown.kind == "money" for shown in self.fields)

    @property
    def flagged(self) -> bool:
        """Whether the row is to be looked at before the quiet ones: marked, or typed into as an exception."""
        marks = self.hints or self.changes or self.visit_missing or self.barred or self.error
        return bool(marks or self.reason or self.verdict not in ("", Verdict.AGREE))


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


def cases_of(user: User, batch: Batch) -> list[Case]:
    """Return the cases of `batch` with what they are about and households, in order (one query).

    Each carries `objection` (the state of an open objection to it, else of the latest), `last_year_fen`
    (what its household was granted last year), `kin` (an official related to it), `visited` (in this round;
    at a decision in any), `file_count` and `step_files` (all files, this step's), and what `looks.mark` adds.
    """
    objections = Objection.objects.filter(row__subject=Concat(Value(SUBJECT), OuterRef("number")))
    open_first = Choice(When(state=ObjectionState.OPEN, then=Value(0)), default=Value(1))
    household = Coalesce(*(OuterRef(path) for path in matters.related() if path.endswith("household")))
    last_year = clock.today().year - 1
    earlier = Application.objects.filter(
        household=household, case__opened_at__year=last_year, case__state=CaseState.DONE
    )
    granted = earlier.order_by().values("household").annotate(fen=Sum("case__amount_fen"))
    kin = Kinship.objects.filter(household=household)
    in_round = {} if step_of(batch).kind == StepKind.DECIDE else {"round": OuterRef("round")}
    files = PrivateFile.objects.filter(reference=Concat(Value("case:"), OuterRef("number"))).order_by()
    rows = batch.cases.select_related(*matters.related()).annotate(
        objection=Subquery(objections.order_by(open_first, "-pk").values("state")[:1]),
        last_year_fen=Subquery(granted.values("fen")[:1]),
        kin=Subquery(kin.order_by("pk").values("user__display_name")[:1]),
        visited=Exists(Visit.objects.filter(case=OuterRef("pk"), **in_round)),
        file_count=_counted(files),
        step_files=_counted(files.filter(uploaded_at__gte=batch.entered_at)),
    )
    cases = list(mark(rows, user, last_look(batch)).order_by("pk"))
    versions: dict[int, ProgrammeVersion] = {}
    for case in cases:
        # One object for each version: what is fetched for it later is fetched once.
        application = getattr(case, "application", None)
        if application is None:
            continue
        application.programme_version = versions.setdefault(
            application.programme_version_id, application.programme_version
        )
    return cases


def _counted(files: Any) -> Any:
    """Return a subquery that counts `files` of a case."""
    return Subquery(files.values("reference").annotate(n=Count("pk")).values("n")[:1])


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
    office, why_not = _seat(user, batch, step, active)
    barred = _barred(user, step, active) if office else {}
    past = past_of(user, cases) if step.kind not in SETTLED else {}
    hints = hints_of(cases, decisions, past)
    missing = _unvisited(batch, active) if step.kind in VISITED_BY else set()
    rows = [_row(step, case, hints[case.pk], acting=office is not None) for case in cases]
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
        marks=bar(batch, decisions, over=is_over(batch)),
        rows=on_way,
        gone=[row for row in rows if row.case.state != CaseState.ACTIVE],
        office=office,
        why_not=why_not,
        budget_left_fen=_budget_left(active) if step.kind not in WITHOUT_BUDGET else None,
        returns=returns,
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


def _returns(
    batch: Batch, step: Step, active: Sequence[Case], decisions: Sequence[Decision]
) -> list[tuple[str, str]]:
    """Return the completed steps to which some row may be returned, from the `decisions` already read."""
    run = flow(batch.flow_key, batch.flow_version)
    ways: dict[int, list[Decision]] = {case.pk: [] for case in active}
    for decision in decisions:
        if decision.case_id in ways:
            ways[decision.case_id].append(decision)
    allowed = {
        one.key for way in ways.values() for one in rounds.may_return_to(run, step, rounds.way_of(run, way))
    }
    return [(one.key, one.name) for one in run.steps if one.key in allowed]


def _unvisited(batch: Batch, active: Sequence[Any]) -> set[int]:
    """Return the ids of those of `active` that must be visited and were not; no query."""
    missing = set()
    for case in active:
        case.batch = batch
        if must_visit(matters.of(case).visit(case), case) and not case.visited:
            missing.add(case.pk)
    return missing


def place_of(batch: Batch, step: Step) -> str:
    """Return the name under which a person's draft for `step` of `batch` is kept."""
    return f"batch:{batch.number}:{step.key}"


def typed_rows(page: BatchPage, data: Mapping[str, Any]) -> list[Case]:
    """Return the cases on their way of which `data` says something; a row that came later is as it was."""
    said = {part for name in data for part in name.split("-")[1:2]}
    return [row.case for row in page.rows if str(row.case.pk) in said]


def type_in(page: BatchPage, entries: Mapping[int, Entry], errors: Mapping[int, str]) -> None:
    """Put what was typed, and what was wrong with it, back into the rows of `page`."""
    for row in page.rows:
        entry = entries.get(row.case.pk)
        if entry is None:
            continue
        row.verdict, row.reason, row.to_step = entry.verdict, entry.reason, entry.to_step
        row.error = errors.get(row.case.pk, "")
        for shown in row.fields:
            shown.value = entry.values.get(shown.key, shown.value)


def _seat(user: User, batch: Batch, step: Step, active: Sequence[Case]) -> tuple[Office | None, str]:
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
        authority.check_levels(office, step, make_rows(step, list(active), {}), batch)
    except ActRefused as error:
        return None, str(error)
    return office, ""


def _barred(user: User, step: Step, active: Sequence[Case]) -> dict[str, str]:
    if step.kind not in RECUSING_KINDS:
        return {}
    reasons = recusal.reasons(user, [case.subject for case in active])
    return {subject: _("回避：%(why)s") % {"why": why} for subject, why in reasons.items()}


def _row(step: Step, case: Case, hints: list[str], *, acting: bool) -> Row:
    face = matters.of(case).face(case)
    row = Row(
        case=case,
        name=face.household.head_name,
        group=face.household.group_name,
        item=face.item,
        reported_fen=face.requested_fen,
        has_money=face.has_money,
        amount_fen=case.amount_fen,
        hints=hints,
        last_year=yuan(case.last_year_fen) if case.last_year_fen else _("未享受"),
    )
    if acting:
        row.choices = [(verdict.value, verdict_word(step, verdict)) for verdict in step.verdicts]
        row.fields = [
            RowField(f.key, str(f.label), f.kind, _start(f, case, face), str(f.help), f.choices)
            for f in step.fields
        ]
    return row


def _start(wanted: StepField, case: Case, face: matters.Face) -> str:
    if wanted.kind == "money":
        return yuan(face.values.get(wanted.key, case.amount_fen))
    return clock.today().isoformat() if wanted.kind == "date" else ""


def _budget_left(active: Sequence[Case]) -> int | None:
    """Return what this year's budget of the batch's programme still holds; None where there is no budget."""
    if not active or not hasattr(active[0], "application"):
        return None
    programme = active[0].application.programme_version.programme_id
    return budgets_left([programme], clock.today().year).get(programme)
