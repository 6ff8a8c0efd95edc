"""The opinions on a 审批表: what each level said and still stands, and what was taken back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure.deliberations.models import Deliberation
from disclosure.deliberations.public import timeline
from workflows.engine.definitions import MEETING_KINDS, Flow, Step, StepKind, Verdict
from workflows.engine.models import Act, ActKind, Case, CaseState, Decision
from workflows.engine.rounds import skipped
from workflows.programmes.answers import yuan

from .words import step_name, verdict_word

# These leave no opinion on the form: the lists have a row of their own, work and its news are told elsewhere.
WITHOUT_OPINION = (StepKind.PUBLISH, StepKind.START, StepKind.ANNOUNCE)
UNSEALED = (StepKind.FILE, StepKind.CHECK)
# An act of these kinds takes the case back; what was said at the steps that run again stands no more.
GOING_BACK = (ActKind.TAKE_BACK, ActKind.SEND_BACK)


def told(
    case: Case, course: Flow, decisions: Iterable[Decision]
) -> tuple[dict[str, list[Decision]], list[str]]:
    """Return what stands at each step, the latest of each person, and in words what was taken back.

    What was said at steps past which the case went straight (直送) stands still.
    """
    standing: dict[str, list[Decision]] = defaultdict(list)
    aside: dict[str, list[Decision]] = {}
    history: list[str] = []
    places = {step.key: place for place, step in enumerate(course.steps)}
    for decision in decisions:
        kind = decision.act.kind
        if decision.verdict == Verdict.RETURN or kind in GOING_BACK:
            back_to = places.get(decision.to_step, 0)
            for key in [key for key in standing if places[key] >= back_to]:
                aside[key] = standing.pop(key)
            history.append(_went_back(case, decision))
        elif kind == ActKind.SIGN and decision.step in places:
            mine = [one for one in standing[decision.step] if one.actor_id != decision.actor_id]
            standing[decision.step] = [*mine, decision]
            if decision.verdict == Verdict.AGREE and decision.to_step != decision.step:
                standing |= {key: aside[key] for key in skipped(course, decision) if key in aside}
    return standing, history


def _went_back(case: Case, decision: Decision) -> str:
    kind = decision.act.kind
    word = str(ActKind(kind).label) if kind in GOING_BACK else str(Verdict(decision.verdict).label)
    said = _("%(at)s　%(who)s在“%(step)s”%(word)s，回到“%(to)s”") % {
        "at": _moment(decision.at),
        "who": decision.actor or _("系统按期办理"),
        "step": step_name(case, decision.step),
        "word": word,
        "to": step_name(case, decision.to_step or case.step),
    }
    why = "　".join(dict.fromkeys(text for text in (decision.reason, decision.act.opinion) if text))
    return f"{said}：{why}" if why else said


def opinion_of(
    case: Case, step: Step, said: Sequence[Decision], rounds: Sequence[Deliberation]
) -> dict[str, Any]:
    """Return a step's row of the form: what was said there, and the blanks for hand and seal."""
    pending = _("（还没有办到这一步）")
    if case.state != CaseState.ACTIVE and not said:
        pending = _("（没有经过这一步：%(state)s）") % {"state": case.get_state_display()}
    if case.state == CaseState.ACTIVE and case.step == step.key:
        pending = _("（正在办）")
    return {
        "label": step.name,
        "pending": pending,
        "blank": case.state == CaseState.ACTIVE or bool(said),
        "signature": _("负责人") if step.kind in (StepKind.DECIDE, *MEETING_KINDS) else _("经办人"),
        "seal": step.kind not in UNSEALED,
        "said": [_entry(step, decision, rounds) for decision in said],
    }


def _entry(step: Step, decision: Decision, rounds: Sequence[Deliberation]) -> dict[str, str]:
    act: Act = decision.act
    amount = ""
    if decision.amount_before_fen != decision.amount_after_fen:
        amount = _("%(before)s 元 → %(after)s 元") % {
            "before": yuan(decision.amount_before_fen),
            "after": yuan(decision.amount_after_fen),
        }
    parts = [act.opinion, _("理由：%(why)s") % {"why": decision.reason} if decision.reason else ""]
    if step.kind in MEETING_KINDS:
        parts.append(_meetings(rounds))
    for wanted in step.fields:
        if wanted.kind != "money" and decision.changes.get(wanted.key):
            parts.append(f"{wanted.label}：{decision.changes[wanted.key]}")
    return {
        "key": f"decision-{decision.pk}",
        "word": verdict_word(step, decision.verdict),
        "amount": amount,
        "text": "　".join(part for part in parts if part),
        "who": str(decision.actor) if decision.actor else _("系统按期办理"),
        "office": str(act.office) if act.office else "",
        "at": _moment(decision.at),
    }


def _meetings(found: Sequence[Deliberation]) -> str:
    """Return the latest round of meetings with its counts."""
    if not found:
        return ""
    held = [one for one in timeline(found[-1]) if one["held"]]
    return "；".join(
        _("%(label)s %(day)s 应到%(due)s实到%(present)s，同意%(votes)s，%(result)s")
        % {
            "label": one["label"],
            "day": one["held_on"].isoformat(),
            "due": one["due"],
            "present": one["present"],
            "votes": one["votes_for"],
            "result": _("通过") if one["passed"] else _("未通过"),
        }
        for one in held
    )


def _moment(value: Any) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
