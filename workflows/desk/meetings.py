"""The form of the next of a village's meetings: what it starts with, and the record that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from disclosure.deliberations import services as deliberations
from disclosure.deliberations.models import (
    STEPS_OF,
    Deliberation,
    DeliberationKind,
    DeliberationState,
    Meeting,
    MeetingStep,
    ResolutionForm,
)
from disclosure.deliberations.papers import papers_of
from disclosure.deliberations.public import timeline
from portal import clock
from workflows.engine.definitions import StepKind
from workflows.engine.models import Batch
from workflows.engine.numbers import ancestors_of
from workflows.programmes.publication import reference

from .signing import BadForm, count_of, day_of
from .words import step_of

BATCH = "batch:"
COUNTS = {
    "due_count": _("应到"),
    "present_count": _("实到"),
    "votes_for": _("赞成"),
    "votes_against": _("反对"),
    "votes_abstained": _("弃权"),
    "stepped_out": _("回避"),
}


@dataclass
class Meetings:
    """The meetings on a batch so far, and the one that comes next (empty where none does)."""

    rounds: list[dict[str, Any]] = field(default_factory=list)
    step: str = ""
    label: str = ""
    left: list[str] = field(default_factory=list)
    start: dict[str, Any] = field(default_factory=dict)


def meetings_of(batch: Batch, *, recording: bool) -> Meetings:
    """Return the meetings on `batch` with their papers: three queries, one more for the form.

    Rows that fell out of a batch were deliberated on with it: the meetings up to then of those that it came
    from stand before its own, each with whose they are (one query more).
    """
    inherited = _of_ancestors(batch)
    found = list(
        Deliberation.objects.filter(reference=reference(batch)).order_by("round").prefetch_related("meetings")
    )
    papers = papers_of(one.number for one in [*inherited, *found])
    rounds = [
        {
            "deliberation": one,
            "steps": timeline(one),
            "papers": papers[one.number],
            "came_from": one.reference.removeprefix(BATCH) if one in inherited else "",
        }
        for one in [*inherited, *found]
    ]
    appraises = step_of(batch).kind == StepKind.APPRAISE
    kind = DeliberationKind.APPRAISAL if appraises else DeliberationKind.FOUR
    current = found[-1] if found and found[-1].state == DeliberationState.OPEN else None
    held = len(current.meetings.all()) if current and current.kind == kind else 0
    left = STEPS_OF[kind][held:]
    if not recording or not left:
        return Meetings(rounds)
    names = [str(one.label) for one in left]
    return Meetings(rounds, left[0].value, names[0], names, _start(batch, left[0]))


def _of_ancestors(batch: Batch) -> list[Deliberation]:
    """Return the deliberations on the batches that `batch` fell out of, as far as opened by then."""
    ancestors = ancestors_of(batch.number)
    if not ancestors:
        return []
    members = [*ancestors, batch.number]
    left_at = dict(Batch.objects.filter(number__in=members).values_list("number", "opened_at"))
    # What a batch deliberated on after these rows had left it was not about them.
    until = dict(zip(ancestors, (left_at[child] for child in members[1:]), strict=True))
    found = Deliberation.objects.filter(reference__in=[f"{BATCH}{number}" for number in ancestors])
    return [
        one
        for one in found.order_by("opened_at", "pk").prefetch_related("meetings")
        if one.opened_at <= until[one.reference.removeprefix(BATCH)]
    ]


def _start(batch: Batch, step: MeetingStep) -> dict[str, Any]:
    """Return what the form starts with: as many as were due the last time, in the same place."""
    last = Meeting.objects.filter(deliberation__area=batch.area, step=step).order_by("-pk").first()
    return {
        "held_on": clock.today().isoformat(),
        "due_count": last.due_count if last else "",
        "place": last.place if last else "",
        "convened_by": last.convened_by if last else deliberations.CONVENERS[step],
        "form": last.form if last and last.form else ResolutionForm.DELEGATES.value,
    }


def payload_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a POST says of the meeting, as the engine takes it; BadForm with what cannot be read."""
    errors: dict[str, str] = {}
    payload: dict[str, Any] = {
        name: str(data.get(name, "")).strip()
        for name in ("step", "place", "convened_by", "witness", "minutes")
    }
    payload["form"] = str(data.get("form", "")) or ResolutionForm.DELEGATES.value
    try:
        payload["held_on"] = day_of(str(data.get("held_on", "")), _("日期"))
    except ValueError as error:
        errors["held_on"] = str(error)
    for name, label in COUNTS.items():
        try:
            payload[name] = count_of(str(data.get(name, "")), label)
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise BadForm("；".join(errors.values()), fields=errors)
    return payload
