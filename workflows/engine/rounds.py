"""What of a case's way still stands: where it may be returned to, and whether it may go straight back.

退回 goes to a step that the case has completed and that no later return undid; what follows is done again
(design.md rule 5). 直送 skips those levels only while what they vouched for is what it was.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.ledger.canonical import canonical
from portal.sealing.keys import keyed_hash

from . import options
from .acting import Acting, Row
from .definitions import ANY_STEP, Flow, Step, Verdict
from .models import ActKind, Case, Decision


@dataclass
class Way:
    """How far a case came: `done` are its completed steps that stand, in order, with their decisions.

    `aside` are those that the last return undid, `returned` that return itself.
    """

    done: dict[str, Decision] = field(default_factory=dict)
    aside: dict[str, Decision] = field(default_factory=dict)
    returned: Decision | None = None


def way_of(flow: Flow, decisions: Iterable[Decision]) -> Way:
    """Return the way of one case from its decisions in order, each with its act."""
    way = before = Way()
    for decision in decisions:
        if decision.act.kind == ActKind.TAKE_BACK:
            way = before
        elif decision.verdict == Verdict.RETURN:
            before, back = way, flow.position(decision.to_step)
            left = {key: one for key, one in way.done.items() if flow.position(key) < back}
            way = Way(left, {**way.aside, **way.done}, decision)
        elif decision.verdict == Verdict.AGREE and decision.to_step != decision.step:
            before = way
            done = {**way.done, decision.step: decision}
            for key in skipped(flow, decision):
                if key in way.aside:
                    done[key] = way.aside[key]
            way = Way(done, way.aside, way.returned)
    return way


def skipped(flow: Flow, decision: Decision) -> list[str]:
    """Return the keys of the steps past which the agreed row of `decision` went straight; usually none."""
    end = flow.position(decision.to_step) if decision.to_step else len(flow.steps)
    between = flow.steps[flow.position(decision.step) + 1 : end]
    # An optional step may have been left out by its own rule; a mandatory one only by going straight.
    return [step.key for step in between] if any(not step.optional for step in between) else []


def ways(flow: Flow, cases: Sequence[Case]) -> dict[int, Way]:
    """Return the way of each case by its id (one query)."""
    found: dict[int, list[Decision]] = defaultdict(list)
    decisions = Decision.objects.filter(case__in=[case.pk for case in cases]).select_related("act")
    for decision in decisions.order_by("pk"):
        found[decision.case_id].append(decision)
    return {case.pk: way_of(flow, found[case.pk]) for case in cases}


def may_return_to(flow: Flow, step: Step, way: Way) -> list[Step]:
    """Return the steps to which `step` may return a case that came `way`: completed ones that it names."""
    before = flow.steps[: flow.position(step.key)]
    named = set(step.returns_to)
    return [one for one in before if one.key in way.done and (ANY_STEP in named or one.key in named)]


def check_returns(acting: Acting) -> None:
    """Settle where returned rows go, and bar those that never completed that step."""
    rows = [row for row in acting.rows if row.verdict == Verdict.RETURN and not row.barred]
    if not rows:
        return
    found = ways(acting.flow, [row.case for row in rows])
    for row in rows:
        allowed = [one.key for one in may_return_to(acting.flow, acting.step, found[row.case.pk])]
        names = "、".join(acting.flow.step(key).name for key in allowed)
        if not allowed:
            row.barred = _("这户前面没有可以退回的环节")
        elif not row.to_step:
            row.to_step = _usual(acting.step, allowed)
        elif row.to_step not in allowed:
            row.barred = _("这户这一轮没有办过那个环节，只能退回到：%(names)s") % {"names": names}


def _usual(step: Step, allowed: list[str]) -> str:
    named = [key for key in step.returns_to if key in allowed]
    return named[-1] if named else allowed[-1]


def straighten(acting: Acting) -> None:
    """Let rows that ask for it go straight back to who returned them, or say why they must go the whole way.

    The steps between must have agreed before the return to what the case applies for now, at the amount
    that it now has. What an objection sent back is published anew. A step whose commitment the return freed
    is not skipped: the way ends there.
    """
    rows = [row for row in acting.agreed if row.straight]
    if not rows:
        return
    found = ways(acting.flow, [row.case for row in rows])
    now = digests(acting)
    for row in rows:
        row.straight = False
        if acting.flow.vouched is None:
            row.note = _("这个流程退回来的都要逐级再办，不能直送")
            continue
        way, here = found[row.case.pk], acting.flow.position(acting.step.key)
        if way.returned is None or acting.flow.position(way.returned.step) <= here:
            row.note = _("这户不是退回来的，逐级往上办")
            continue
        if way.returned.act.kind != ActKind.SIGN:
            row.note = _("异议成立退回的，要重新核查、重新公示，不能直送")
            continue
        there = _goal(acting.flow, here, way.returned.step)
        why = _changed(acting, row, way, now[row.case.pk], there)
        if why:
            row.note = _("%(why)s，不能直送，要逐级再办一遍") % {"why": why}
            continue
        row.straight, row.to_step = True, there.key
        row.note = (
            _("直送%(step)s")
            if there.key == way.returned.step
            else _("直送%(step)s：退回时放出的资金要由它重新核定")
        ) % {"step": there.name}


def _goal(flow: Flow, here: int, returned_by: str) -> Step:
    """Return the step to which a row at position `here`, returned by the step `returned_by`, goes straight.

    That is who returned it, unless the return took back what a step between had written, as money that it had
    committed: that step takes it again, and under its own guards.
    """
    goal = flow.step(returned_by)
    freed = set(goal.effects)
    between = flow.steps[here + 1 : flow.position(returned_by)]
    return next((step for step in between if freed & set(step.undo)), goal)


def _changed(acting: Acting, row: Row, way: Way, digest: str, goal: Step) -> str:
    """Return what of `row` the steps before `goal` did not vouch for; empty where nothing."""
    here, there = (acting.flow.position(key) for key in (acting.step.key, goal.key))
    amount = None
    for step in acting.flow.steps[here + 1 : there]:
        agreed = way.aside.get(step.key)
        if agreed is None:
            if _taken(acting.flow, step, row):
                return _("“%(step)s”还没有办过") % {"step": step.name}
            continue
        if agreed.vouched != digest:
            return _("“%(step)s”核过的申报内容改过了") % {"step": step.name}
        amount = agreed.amount_after_fen
    if amount is not None and amount != row.amount_fen:
        return _("金额和上一轮核过的不一样了")
    return ""


def _taken(flow: Flow, step: Step, row: Row) -> bool:
    """Return whether `row` takes `step` now; an optional one may have been left out before."""
    if not step.optional:
        return True
    return options.takes(flow, step, row.case.area_path) and flow.applies[step.optional](row)


def digests(acting: Acting) -> dict[int, str]:
    """Return, for each row that moves, a keyed digest of what the levels vouch for, by the case's id."""
    moving = [row.case for row in acting.rows if row.agreed]
    if not moving:
        return {}
    values = acting.flow.vouched(acting) if acting.flow.vouched else {}
    return {
        case.pk: keyed_hash(
            canonical([case.number, case.subject, case.requested_fen, values.get(case.pk)]), "vouched"
        )
        for case in moving
    }
