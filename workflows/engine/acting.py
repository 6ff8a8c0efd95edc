"""One act while it is being done: what rules read, and where they bar rows or stay the step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger.services import Draft
from portal.people.models import Office, User

from .definitions import ANY_STEP, VERDICTS_WITH_REASON, Flow, Step, Verdict
from .errors import BadAct
from .models import Act, Batch, Case, CaseState


@dataclass(frozen=True)
class RowVerdict:
    """What an official says of one row. `changes` are the step's fields by key; amounts are fen.

    `straight`: of a row that was returned, straight back to the step that returned it (直送).
    """

    verdict: Verdict = Verdict.AGREE
    reason: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    to_step: str = ""
    straight: bool = False


@dataclass
class Row:
    """A case within an act. `barred` says why it could not be signed; `amount_fen` is what it leaves with.

    `note` is told with its outcome; `straight` asks for the way straight back to who returned it.
    """

    case: Case
    verdict: Verdict
    reason: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    to_step: str = ""
    barred: str = ""
    amount_fen: int = 0
    sealed: dict[str, str] = field(default_factory=dict)
    note: str = ""
    straight: bool = False

    @property
    def agreed(self) -> bool:
        """Whether the row goes forward."""
        return not self.barred and self.verdict == Verdict.AGREE

    @property
    def moves(self) -> bool:
        """Whether a decision is written for the row."""
        return not self.barred and self.verdict != Verdict.HOLD


@dataclass
class Acting:
    """An act in the making. `stays` is set by an effect that found the step not complete yet.

    `waits` names what the batch then waits for; empty where an official must act again. `notes` go into the
    event of the act, `told` into its notes for the timeline, `drafts` are further events of it, `kept` is
    what rules share within the act. `undoes` is the act that a taking back takes back, `offices` are all over
    the batch's area.
    """

    flow: Flow
    step: Step
    batch: Batch
    actor: User | None
    office: Office | None
    opinion: str
    payload: Mapping[str, Any]
    now: datetime
    rows: list[Row]
    stays: str = ""
    waits: str = ""
    notes: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    undoes: Act | None = None
    offices: Sequence[Office] = ()

    @property
    def agreed(self) -> list[Row]:
        """The rows that go forward so far."""
        return [row for row in self.rows if row.agreed]

    @property
    def official(self) -> User:
        """The person who acts; only the clock acts without one, and it runs no rules."""
        if self.actor is None:
            raise BadAct(_("这一步要由人来办。"))
        return self.actor

    @property
    def seat(self) -> Office:
        """The office by which the person acts."""
        if self.office is None:
            raise BadAct(_("这一步要由人来办。"))
        return self.office

    def need(self, condition: object, message: str) -> None:
        """Refuse the whole act with `message` unless `condition` holds."""
        if not condition:
            raise BadAct(message)


def make_rows(step: Step, cases: list[Case], verdicts: Mapping[int, RowVerdict]) -> list[Row]:
    """Return a row for each case; a case without a verdict is held. Bars rows whose verdict cannot stand."""
    strangers = set(verdicts) - {case.pk for case in cases}
    if strangers:
        raise BadAct(_("表单里有不在这一批里的办件，请刷新页面后再办。"))
    rows = []
    for case in cases:
        given = verdicts.get(case.pk, RowVerdict(Verdict.HOLD))
        row = Row(
            case=case,
            verdict=Verdict(given.verdict),
            reason=given.reason.strip(),
            changes=dict(given.changes),
            to_step=given.to_step,
            amount_fen=case.amount_fen,
            straight=given.straight,
        )
        row.barred = _flaw(step, row)
        rows.append(row)
    return rows


def _flaw(step: Step, row: Row) -> str:
    if row.verdict == Verdict.HOLD:
        return ""
    if row.verdict not in step.verdicts:
        return _("“%(step)s”环节不能选“%(verdict)s”") % {"step": step.name, "verdict": row.verdict.label}
    if row.verdict in VERDICTS_WITH_REASON and not row.reason:
        return _("选了“%(verdict)s”要写明理由") % {"verdict": row.verdict.label}
    if row.verdict == Verdict.RETURN and row.to_step and not _may_return(step, row):
        return _("这个环节不能退回到那里，请另选")
    if row.verdict == Verdict.AGREE:
        for wanted in step.fields:
            if wanted.required and row.changes.get(wanted.key) in (None, ""):
                return _("还没有填“%(field)s”") % {"field": wanted.label}
    return ""


def _may_return(step: Step, row: Row) -> bool:
    # Which steps the case has completed, the engine asks inside the act (`rounds.check_returns`).
    return row.to_step in step.returns_to or ANY_STEP in step.returns_to


STATE_AFTER = {
    Verdict.AGREE: CaseState.ACTIVE,
    Verdict.RETURN: CaseState.ACTIVE,
    Verdict.REFUSE: CaseState.REFUSED,
    Verdict.WITHDRAW: CaseState.WITHDRAWN,
}
