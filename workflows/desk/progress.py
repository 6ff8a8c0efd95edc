"""The bar of steps over a batch or a case: done with its date, now, still to come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from portal import clock
from workflows.engine.catalogue import flow
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch, BatchState, Case, Decision


@dataclass(frozen=True)
class Mark:
    """One step of the bar. `state`: done, now, stopped, next."""

    name: str
    state: str
    when: str = ""


def bar(
    batch: Batch | Case, decisions: Iterable[Decision], *, over: bool = False, stopped: str = ""
) -> list[Mark]:
    """Return the steps of the flow as marks; `over` where nothing is on its way any more.

    `stopped` says in a word why it ended before the last step. `decisions` are those of the cases shown; an
    optional step is left out unless it was, is or is usually taken.
    """
    days: dict[str, list[date]] = {}
    for decision in decisions:
        if decision.verdict == Verdict.AGREE:
            days.setdefault(decision.step, []).append(clock.day_of(decision.at))
    steps = flow(batch.flow_key, batch.flow_version).steps
    here = next((place for place, step in enumerate(steps) if step.key == batch.step), 0)
    marks = []
    for place, step in enumerate(steps):
        expected = step.usual and place > here and not over
        if step.optional and not expected and step.key not in days and place != here:
            continue
        if place == here and (stopped or not over):
            marks.append(Mark(step.name, "stopped" if stopped else "now", stopped or _("现在")))
        elif place < here or (over and step.key in days):
            marks.append(Mark(step.name, "done", _span(days.get(step.key, []))))
        else:
            marks.append(Mark(step.name, "next"))
    return marks


def is_over(batch: Batch) -> bool:
    """Return whether no row of `batch` is on its way any more."""
    return batch.state != BatchState.OPEN


def _span(days: list[date]) -> str:
    if not days:
        return ""
    first, last = min(days), max(days)
    if first == last:
        return f"{first:%m-%d}"
    return _("%(first)s 至 %(last)s") % {"first": f"{first:%m-%d}", "last": f"{last:%m-%d}"}
