"""All that the page of a batch shows, gathered in the same few queries for two rows and for two hundred."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Case as Choice
from django.db.models import OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from disclosure.publicity.models import Objection, ObjectionState
from portal import clock
from portal.areas.models import Area
from portal.people import recusal
from portal.people.models import Office, User
from portal.people.scope import scope_of
from workflows.engine import authority, countersign, rounds
from workflows.engine.acting import make_rows
from workflows.engine.catalogue import flow
from workflows.engine.definitions import ANY_STEP, RECUSING_KINDS, Step, StepKind, Verdict
from workflows.engine.errors import ActRefused
from workflows.engine.models import Act, ActKind, Batch, BatchState, Case, CaseState, Decision
from workflows.programmes.answers import yuan
from workflows.programmes.models import Application, ProgrammeVersion
from workflows.programmes.publication import SUBJECT
from workflows.programmes.services import budgets_left
from workflows.programmes.visits import unvisited

from .deadlines import Deadline, deadline_of
from .progress import Mark, bar, is_over
from .signing import Entry
from .words import step_name, step_of, verdict_word

TOWNSHIP_PATH = 12  # characters of an area's path down to its township


@dataclass
class RowField:
    """One input of a row: the step's field and what stands in it."""

    key: str
    label: str
    kind: str
    value: str
    help: str = ""


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
    visit_missing: bool = False

    @property
    def needs_reason(self) -> bool:
        """Whether an amount may be cut here, which needs a reason too."""
        return any(shown.kind == "money" for shown in self.fields)

    @property
    def flagged(self) -> bool:
        """Whether the row is to be looked at before the quiet ones."""
        return bool(self.hints or self.visit_missing or self.barred or self.error)


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
    """Return the batch `number` as `user` may see it, with its township's name and its last act; or None."""
    last = Act.objects.filter(batch=OuterRef("pk")).order_by("-pk")
    township = Area.objects.filter(path=Substr(OuterRef("area_path"), 1, TOWNSHIP_PATH)).order_by()
    found = Batch.objects.visible_to(user).select_related("area", "signed_for_by", "parent")
    found = found.annotate(
        township=Subquery(township.values("name")[:1]),
        last_actor=Subquery(last.values("actor")[:1]),
        last_kind=Subquery(last.values("kind")[:1]),
        last_step=Subquery(last.values("step")[:1]),
    )
    return found.filter(number=number).first()


def cases_of(batch: Batch) -> list[Case]:
    """Return the cases of `batch` with their applications and households, in order (one query).

    Each carries `objection` (the state of an open objection to it, else of the latest) and `last_year_fen`
    (what its household was granted last year).
    """
    objections = Objection.objects.filter(row__subject=Concat(Value(SUBJECT), OuterRef("number")))
    open_first = Choice(When(state=ObjectionState.OPEN, then=Value(0)), default=Value(1))
    earlier = Application.objects.filter(
        household=OuterRef("application__household"),
        case__opened_at__year=clock.today().year - 1,
        case__state=CaseState.DONE,
    )
    granted = earlier.order_by().values("household").annotate(fen=Sum("case__amount_fen"))
    related = ("application__programme_version__programme", "application__household")
    cases = list(
        batch.cases.select_related(*related)
        .annotate(
            objection=Subquery(objections.order_by(open_first, "-pk").values("state")[:1]),
            last_year_fen=Subquery(granted.values("fen")[:1]),
        )
        .order_by("pk")
    )
    versions: dict[int, ProgrammeVersion] = {}
    for case in cases:
        # One object for each version: what is fetched for it later is fetched once.
        application = case.application
        application.programme_version = versions.setdefault(
            application.programme_version_id, application.programme_version
        )
    return cases


def gather(user: User, batch: Batch) -> BatchPage:
    """Return the page of `batch` for `user`, as it is before anything is typed."""
    step = step_of(batch)
    cases = cases_of(batch)
    decisions = list(
        Decision.objects.filter(case__batch=batch)
        .only(
            "case_id", "step", "verdict", "reason", "at", "amount_before_fen", "amount_after_fen", "to_state"
        )
        .order_by("pk")
    )
    active = [case for case in cases if case.state == CaseState.ACTIVE]
    office, why_not = _seat(user, batch, step, active)
    barred = _barred(user, step, active) if office else {}
    hints = _hints(cases, decisions)
    missing = unvisited(batch, active) if step.kind == StepKind.CHECK else set()
    rows = [_row(step, case, hints[case.pk], acting=office is not None) for case in cases]
    for row in rows:
        row.barred = barred.get(row.case.subject, "")
        row.visit_missing = row.case.pk in missing
        # What has something to look at is not agreed to before it was looked at.
        if row.choices and not (row.flagged and len(row.choices) > 1):
            row.verdict = Verdict.AGREE.value
    on_way = [row for row in rows if row.case.state == CaseState.ACTIVE]
    returns = [(key, step_name(batch, key)) for key in step.returns_to]
    if ANY_STEP in step.returns_to:
        steps = rounds.returns_of(batch, flow(batch.flow_key, batch.flow_version), step) if office else []
        returns = [(one.key, one.name) for one in steps]
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
        budget_left_fen=_budget_left(active),
        returns=returns,
        may_sign_for=bool(office and not batch.signed_for_at and batch.last_step and not mine),
        may_take_back=bool(
            mine
            and open_
            and batch.last_kind == ActKind.SIGN
            and batch.last_step != batch.step
            and not batch.waits
        ),
    )


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


def _hints(cases: Sequence[Case], decisions: Sequence[Decision]) -> dict[int, list[str]]:
    """Return what is to be looked at in each case: cuts, returns, objections."""
    hints: dict[int, list[str]] = defaultdict(list)
    for case in cases:
        cut = case.application.requested_fen - case.amount_fen
        if cut > 0:
            hints[case.pk].append(_("比村里报的少 %(yuan)s 元") % {"yuan": yuan(cut)})
    for decision in decisions:
        if decision.reason and decision.to_state == CaseState.ACTIVE:
            hints[decision.case_id].append(decision.reason)
    for case in cases:
        if case.objection == ObjectionState.OPEN:
            hints[case.pk].append(_("有异议正在查"))
        elif case.objection:
            hints[case.pk].append(_("有过异议：%(state)s") % {"state": ObjectionState(case.objection).label})
    return {case.pk: list(dict.fromkeys(hints[case.pk])) for case in cases}


def _row(step: Step, case: Case, hints: list[str], *, acting: bool) -> Row:
    application = case.application
    definition = application.programme_version.definition
    row = Row(
        case=case,
        name=application.household.head_name,
        group=application.household.group_name,
        item=str(application.answers.get(definition["item_field"], "")),
        reported_fen=application.requested_fen,
        amount_fen=case.amount_fen,
        hints=hints,
        last_year=yuan(case.last_year_fen) if case.last_year_fen else _("未享受"),
    )
    if acting:
        row.choices = [(verdict.value, verdict_word(step, verdict)) for verdict in step.verdicts]
        row.fields = [
            RowField(f.key, str(f.label), f.kind, _start(f.kind, case), str(f.help)) for f in step.fields
        ]
    return row


def _start(kind: str, case: Case) -> str:
    if kind == "money":
        return yuan(case.amount_fen)
    return clock.today().isoformat() if kind == "date" else ""


def _budget_left(active: Sequence[Case]) -> int | None:
    """Return what this year's budget of the batch's programme still holds; None where there is no budget."""
    if not active:
        return None
    programme = active[0].application.programme_version.programme_id
    return budgets_left([programme], clock.today().year).get(programme)
