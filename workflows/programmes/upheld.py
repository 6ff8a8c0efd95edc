"""What upholding an objection does to the cases that it is about, told before and after it is answered."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from disclosure.publicity.models import KINDS_WITH_CLOCK, Objection
from workflows.engine import catalogue
from workflows.engine.models import BatchState, Case, CaseState

from .corrections import cases_of


class Fate(models.TextChoices):
    """What becomes of a case when an objection to its row is upheld as things stand."""

    RETURNS = "returns", _("马上退回重新核查，不用再做别的")
    PAST = "past", _("已经过了公示这一步，不会自动退回；更正名单（改掉或去掉这一行）以后才停下来、退回重办")
    PAID = "paid", _("钱已经拨付，不会自动追回；多付、少付、付错按追缴或补发办，名单上别的错更正名单")
    REGISTERED = "registered", _("已经按批准改了户档，不会自动改回；户档要改回来，另报一件变更")
    ENDED = "ended", _("已经不在办，不影响办件；名单写错了，更正名单")
    TOLD = "told", _("这份名单只是公开，不影响办件；名单写错了，更正名单")


@dataclass(frozen=True)
class Means:
    """How many of the rows that an objection is about meet one fate, and at which steps they stand."""

    fate: Fate
    count: int
    steps: str


def meaning_of(objection: Objection) -> list[Means]:
    """Return what upholding `objection` does to the rows that it is about, as the engine would do it now.

    Two queries for a row as for a list.
    """
    listed = objection.list
    rows = [objection.row] if objection.row else [*listed.rows.only("list", "subject")]
    cases = cases_of(listed, [row.subject for row in rows])
    found: dict[Fate, list[str]] = {}
    for row in rows:
        case = cases.get(row.subject)
        fate = _fate(listed.kind, case)
        found.setdefault(fate, []).append(_step_name(case) if case else "")
    return [
        Means(fate, len(names), "、".join(sorted({name for name in names if name})))
        for fate, names in sorted(found.items())
    ]


def _fate(kind: str, case: Case | None) -> Fate:
    if case is None:
        return Fate.TOLD
    if case.paid:
        return Fate.PAID
    if case.registered:
        return Fate.REGISTERED
    if case.state != CaseState.ACTIVE or case.batch.state != BatchState.OPEN:
        return Fate.ENDED
    if kind not in KINDS_WITH_CLOCK:
        return Fate.TOLD
    # As `consequences.send_back` reads it: only from the publishing step do rows go back by themselves.
    here = catalogue.flow(case.flow_key, case.flow_version).step(case.batch.step)
    return Fate.RETURNS if here.upheld_to else Fate.PAST


def _step_name(case: Case) -> str:
    if case.state != CaseState.ACTIVE:
        return str(case.get_state_display())
    return catalogue.flow(case.flow_key, case.flow_version).step(case.step).name
