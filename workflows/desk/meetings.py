"""The form of the next of a village's meetings: what it starts with, and the record that it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from disclosure.deliberations import services as deliberations
from disclosure.deliberations.agenda import prefill
from disclosure.deliberations.keys import MERGE_FIRST_TWO, ONLINE_MEETINGS, PROXY_MEETINGS, notice_key
from disclosure.deliberations.models import (
    FORMS_OF,
    STEPS_OF,
    Assets,
    Deliberation,
    DeliberationKind,
    DeliberationState,
    Meeting,
    MeetingStep,
    PaperKind,
    ResolutionForm,
)
from disclosure.deliberations.papers import Paper, papers_of
from disclosure.deliberations.public import timeline
from disclosure.deliberations.rules import rule_for
from portal import clock
from portal.areas.models import Area
from portal.configuration import services as configuration
from workflows.engine.acting import Row
from workflows.engine.definitions import StepKind, Verdict
from workflows.engine.models import Batch, Case
from workflows.engine.numbers import ancestors_of
from workflows.programmes.publication import agenda_of, reference

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


REMOTE = {"online_count": _("其中线上"), "proxy_count": _("其中同户委托")}
# An opaque key of the middle floor's matters, beside that of a batch.
PAPER_KINDS = PaperKind.choices


@dataclass
class Meetings:
    """The meetings on a batch so far, and the one that comes next (empty where none does)."""

    rounds: list[dict[str, Any]] = field(default_factory=list)
    step: str = ""
    label: str = ""
    left: list[str] = field(default_factory=list)
    start: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)


def meetings_of(batch: Batch, *, recording: bool, cases: Sequence[Case] = ()) -> Meetings:
    """Return the meetings on `batch` with their papers: four queries, one more for the form.

    The form's minutes come prefilled from `cases`, the list that is voted on.

    Rows that fell out of a batch were deliberated on with it: the meetings up to then of those that it came
    from stand before its own, each with whose they are (one query more).
    """
    inherited = _of_ancestors(batch)
    found = list(
        Deliberation.objects.filter(reference=reference(batch)).order_by("round").prefetch_related("meetings")
    )
    papers = papers_of(one.number for one in [*inherited, *found])
    rounds = [
        round_of(one, papers, one.reference.removeprefix(BATCH) if one in inherited else "")
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
    start = start_of(batch.area, left[0])
    if cases:
        rows = [Row(case=case, verdict=Verdict.AGREE, amount_fen=case.amount_fen) for case in cases]
        start["minutes"] = prefill(agenda_of(batch, rows), left[0])
    asked = asked_of(batch.area, left[0], Assets.NONE, kind)
    return Meetings(rounds, left[0].value, names[0], names, start, asked)


def round_of(one: Deliberation, papers: Mapping[str, Sequence[Paper]], came_from: str = "") -> dict[str, Any]:
    """Return one time before the meetings: steps with counts, papers, minutes with what was prefilled."""
    minutes = [
        {
            "label": meeting.get_step_display(),
            "step": meeting.step,
            "said": meeting.minutes,
            "prefilled": meeting.prefilled if meeting.prefilled != meeting.minutes else "",
            "convened_by": meeting.convened_by,
            "place": meeting.place,
            "witness": meeting.witness,
            "notified_on": meeting.notified_on,
        }
        for meeting in sorted(one.meetings.all(), key=lambda meeting: meeting.pk)
    ]
    return {
        "deliberation": one,
        "steps": timeline(one),
        "papers": papers[one.number],
        "minutes": minutes,
        "came_from": came_from,
    }


def asked_of(area: Area, step: MeetingStep, assets: str, kind: str) -> dict[str, Any]:
    """Return what the form asks for beyond the counts, by the settings of today, and the pass rules."""
    today = clock.today()
    fourth = step == MeetingStep.RESOLUTION
    forms = FORMS_OF[Assets(assets)] if fourth else []
    named = [form.value for form in forms] if fourth else [step.value]
    notices = {form.label: configuration.value(notice_key(form), area, today) for form in forms}
    rules = [(form.label, rule_for(step, form, area, today).words()) for form in forms] or [
        ("", rule_for(step, "", area, today).words())
    ]
    return {
        "forms": [(form.value, form.label) for form in forms],
        "notice": any(notices.values()),
        "notices": [(label, days) for label, days in notices.items() if days],
        "rules": rules,
        "remote": [
            (name, REMOTE[name])
            for name, key in (("online_count", ONLINE_MEETINGS), ("proxy_count", PROXY_MEETINGS))
            if set(named) & set(configuration.value(key, area, today))
        ],
        "may_merge": step == MeetingStep.PROPOSAL
        and kind == DeliberationKind.FOUR
        and configuration.value(MERGE_FIRST_TWO, area, today),
    }


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


def start_of(area: Area, step: MeetingStep) -> dict[str, Any]:
    """Return what the form starts with: as many as were due the last time, in the same place."""
    last = Meeting.objects.filter(deliberation__area=area, step=step).order_by("-pk").first()
    return {
        "held_on": clock.today().isoformat(),
        "due_count": last.due_count if last else "",
        "place": last.place if last else "",
        "convened_by": last.convened_by if last else deliberations.CONVENERS[step],
        "form": last.form if last and last.form else "",
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
    try:
        notified = str(data.get("notified_on", "")).strip()
        payload["notified_on"] = day_of(notified, _("通知日期")) if notified else None
    except ValueError as error:
        errors["notified_on"] = str(error)
    payload["merged"] = bool(data.get("merged"))
    for name, label in {**COUNTS, **REMOTE}.items():
        try:
            payload[name] = count_of(str(data.get(name, "")), label)
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise BadForm("；".join(errors.values()), fields=errors)
    return payload
