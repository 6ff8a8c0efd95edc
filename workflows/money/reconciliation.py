"""Approved = disclosed = paid, case by case; where not, each gap by its number (HY-38, S12, design.md 9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from disclosure.publicity.models import ListKind, ListRow, ListState
from portal.areas.models import Area, path_range
from workflows.engine import catalogue
from workflows.engine.definitions import StepKind, Verdict
from workflows.engine.models import Case, CaseState, Decision
from workflows.programmes import matters

CHUNK = 500


class GapKind(TextChoices):
    """Where the three sums of one case part."""

    UNPAID = "unpaid", _("批了，没有拨付")
    PAID_OTHERWISE = "paid_otherwise", _("拨付的和批准的不一样")
    UNDISCLOSED = "undisclosed", _("结果没有公开")
    DISCLOSED_OTHERWISE = "disclosed_otherwise", _("公开的和批准的不一样")
    PAID_UNAPPROVED = "paid_unapproved", _("拨付了，没有批准")


@dataclass(frozen=True)
class Gap:
    """One case whose sums differ. Amounts are fen; None where there is none."""

    number: str
    place: str
    kinds: tuple[GapKind, ...]
    approved_fen: int
    disclosed_fen: int | None
    paid_fen: int | None


@dataclass(frozen=True)
class Reconciliation:
    """The three sums of an area over some days, in fen, over `cases` cases, and every gap."""

    cases: int
    approved_fen: int
    disclosed_fen: int
    paid_fen: int
    gaps: tuple[Gap, ...]

    @property
    def agrees(self) -> bool:
        """Return whether the three sums are the same, case by case."""
        return not self.gaps


def reconcile(area: Area, first: date, last: date) -> Reconciliation:
    """Compare what was approved in `area` from `first` to `last` (both included) with list and payment.

    Of a case the amount that stands: what was accepted, where less was accepted than approved. Disclosed is
    the row of the newest version of its result list. What was paid or handed over first (先行救助) in those
    days without an approval that stands is a gap, too.
    """
    cases = _approved(area, first, last)
    disclosed = _disclosed([case.number for case in cases])
    paid = _paid(cases)
    gaps = [gap for case in cases if (gap := _gap(case, disclosed.get(case.number), paid.get(case.pk)))]
    gaps += _unapproved(area, first, last)
    return Reconciliation(
        cases=len(cases),
        approved_fen=sum(case.amount_fen for case in cases),
        disclosed_fen=sum(disclosed.values()),
        paid_fen=sum(paid.values()),
        gaps=tuple(gaps),
    )


def deciding_steps() -> list[tuple[str, str]]:
    """Return flow and key of every step at which money is decided on."""
    return [
        (flow.key, step.key)
        for flow in catalogue.all_flows()
        for step in flow.steps
        if step.kind == StepKind.DECIDE
    ]


def _approved(area: Area, first: date, last: date) -> list[Case]:
    """Return the cases with money that were agreed to at a deciding step in those days and still stand."""
    steps = {key for _flow, key in deciding_steps()}
    agreed = Decision.objects.filter(
        path_range(area.path, "case__area_path"),
        step__in=steps,
        verdict=Verdict.AGREE,
        at__date__range=(first, last),
    )
    found = Case.objects.filter(
        pk__in=agreed.values("case"), state__in=[CaseState.ACTIVE, CaseState.DONE], amount_fen__gt=0
    ).select_related("area")
    return [case for case in found.order_by("pk") if matters.pays(case) and not _undone(case)]


def _undone(case: Case) -> bool:
    """Return whether the approval was taken back: the case stands at a step that comes before it."""
    if case.state != CaseState.ACTIVE:
        return False
    steps = catalogue.flow(case.flow_key, case.flow_version).steps
    order = {step.key: place for place, step in enumerate(steps)}
    first = min((order[step.key] for step in steps if step.kind == StepKind.DECIDE), default=0)
    return order.get(case.step, len(steps)) <= first


def _disclosed(numbers: Iterable[str]) -> dict[str, int]:
    """Return the amount in the newest result list that stands, by case number, some hundreds at a time."""
    disclosed: dict[str, int] = {}
    subjects = [f"{matters.SUBJECT}{number}" for number in numbers]
    for start in range(0, len(subjects), CHUNK):
        chunk = subjects[start : start + CHUNK]
        rows = ListRow.objects.filter(subject__in=chunk, list__kind=ListKind.RESULT)
        rows = rows.exclude(list__state=ListState.SUPERSEDED).order_by("list__published_at", "pk")
        for subject, amount_fen in rows.values_list("subject", "amount_fen"):
            disclosed[subject.removeprefix(matters.SUBJECT)] = amount_fen
    return disclosed


def _paid(cases: Iterable[Case]) -> dict[int, int]:
    """Return what was paid by case, with what was handed over before the approval (先行救助)."""
    handed: dict[int, int] = {}
    keys = [case.pk for case in cases]
    for start in range(0, len(keys), CHUNK):
        found = Case.objects.filter(pk__in=keys[start : start + CHUNK])
        for pk, paid, advanced in found.values_list("pk", "payment__amount_fen", "aid__advanced_fen"):
            if paid is not None or advanced:
                handed[pk] = (paid or 0) + (advanced or 0)
    return handed


def _gap(case: Case, disclosed: int | None, paid: int | None) -> Gap | None:
    kinds = []
    if paid is None:
        kinds.append(GapKind.UNPAID)
    elif paid != case.amount_fen:
        kinds.append(GapKind.PAID_OTHERWISE)
    if disclosed is None:
        kinds.append(GapKind.UNDISCLOSED)
    elif disclosed != case.amount_fen:
        kinds.append(GapKind.DISCLOSED_OTHERWISE)
    if not kinds:
        return None
    return Gap(case.number, case.area.name, tuple(kinds), case.amount_fen, disclosed, paid)


def _unapproved(area: Area, first: date, last: date) -> list[Gap]:
    """Return the cases paid, or helped in advance, in those days that no approval stands for."""
    steps = {key for _flow, key in deciding_steps()}
    agreed = Decision.objects.filter(step__in=steps, verdict=Verdict.AGREE).values("case")
    days = (first, last)
    handed = Q(payment__paid_on__range=days) | Q(aid__advanced_on__range=days, aid__advanced_fen__gt=0)
    found = Case.objects.filter(path_range(area.path, "area_path"), handed).select_related("area")
    found = found.exclude(pk__in=agreed, state=CaseState.DONE)
    waiting = found.filter(pk__in=agreed, state=CaseState.ACTIVE)
    standing = {case.pk for case in waiting if not _undone(case)}
    cases = [case for case in found.order_by("pk") if case.pk not in standing]
    paid, kinds = _paid(cases), (GapKind.PAID_UNAPPROVED,)
    return [Gap(case.number, case.area.name, kinds, 0, None, paid[case.pk]) for case in cases]
