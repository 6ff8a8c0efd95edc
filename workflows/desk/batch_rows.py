"""The rows of a batch's page: each household with what is to be looked at in it, and its inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Count, Exists, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext as _

from disclosure.publicity.models import Objection, ObjectionState
from portal import clock
from portal.files.models import PrivateFile
from portal.people.models import Office, User
from workflows.engine import authority
from workflows.engine.definitions import RECUSING_KINDS, Step, StepKind, Verdict
from workflows.engine.definitions import RowField as StepField
from workflows.engine.models import Batch, Case, CaseState
from workflows.programmes import matters
from workflows.programmes.answers import yuan
from workflows.programmes.matters import SUBJECT
from workflows.programmes.models import Application, ProgrammeVersion, Visit
from workflows.programmes.visits import must_visit
from workflows.registry.models import Kinship

from . import evidence
from .keeping import last_look
from .looks import mark
from .past import Past
from .signing import Entry
from .words import step_of, verdict_word


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


def cases_of(user: User, batch: Batch) -> list[Case]:
    """Return the cases of `batch` with what they are about and households, in order (one query).

    Each carries `objection` (the state of an open objection to it, else of the latest), `last_year_fen`
    (what its household was granted last year), `kin` (an official related to it), `visited` (in this round;
    at a decision in any), `file_count`, which of the papers asked for it has, and what `looks.mark` adds.
    """
    about = Concat(Value(SUBJECT), OuterRef("number"))
    objections = Objection.objects.apart_from(user).filter(row__subject=about)
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
    )
    rows = evidence.with_papers(rows, evidence.of_batch(batch, step_of(batch)))
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


def unvisited(batch: Batch, active: Sequence[Any]) -> set[int]:
    """Return the ids of those of `active` that must be visited and were not; no query."""
    missing = set()
    for case in active:
        case.batch = batch
        if must_visit(matters.of(case).visit(case), case) and not case.visited:
            missing.add(case.pk)
    return missing


def barred_rows(user: User, office: Office, step: Step, active: Sequence[Case]) -> dict[str, str]:
    """Return why `user`, acting by `office`, gives no verdict, by the subject of the case.

    It is asked of the engine, which bars the same rows when the batch is signed.
    """
    if step.kind not in RECUSING_KINDS:
        return {}
    reasons = authority.kept_from(user, [case.subject for case in active], office)
    return {subject: _("回避：%(why)s") % {"why": why} for subject, why in reasons.items()}


def typed_rows(rows: Sequence[Row], data: Mapping[str, Any]) -> list[Case]:
    """Return the cases on their way of which `data` says something; a row that came later is as it was."""
    said = {part for name in data for part in name.split("-")[1:2]}
    return [row.case for row in rows if str(row.case.pk) in said]


def type_in(rows: Sequence[Row], entries: Mapping[int, Entry], errors: Mapping[int, str]) -> None:
    """Put what was typed, and what was wrong with it, back into `rows`."""
    for row in rows:
        entry = entries.get(row.case.pk)
        if entry is None:
            continue
        row.verdict, row.reason, row.to_step = entry.verdict, entry.reason, entry.to_step
        row.error = errors.get(row.case.pk, "")
        for shown in row.fields:
            shown.value = entry.values.get(shown.key, shown.value)


def row_of(step: Step, case: Case, hints: list[str], *, acting: bool) -> Row:
    """Return the row of `case` at `step`, with inputs where this person is acting."""
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
