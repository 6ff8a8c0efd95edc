"""What an official looks at first in a row: cuts, returns, objections, kin, help given before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from disclosure.publicity.models import ObjectionState
from workflows.engine.definitions import Verdict
from workflows.engine.models import ActKind, Case, CaseState, Decision
from workflows.programmes import matters
from workflows.programmes.answers import yuan

from .past import Past


def hints_of(
    cases: Sequence[Case], decisions: Sequence[Decision], past: Mapping[str, Past]
) -> dict[int, list[str]]:
    """Return what is to be looked at in each case: cuts, returns, objections, kin, help given before."""
    hints: dict[int, list[str]] = defaultdict(list)
    for case in cases:
        face = matters.of(case).face(case)
        hints[case.pk] += face.hints
        cut = face.requested_fen - case.amount_fen
        if cut > 0 and face.has_money:
            hints[case.pk].append(_("比村里报的少 %(yuan)s 元") % {"yuan": yuan(cut)})
    for decision in decisions:
        if decision.reason and decision.to_state == CaseState.ACTIVE:
            hints[decision.case_id].append(_reason(decision))
    for case in cases:
        if case.objection == ObjectionState.OPEN:
            hints[case.pk].append(_("有异议正在查"))
        elif case.objection:
            hints[case.pk].append(_("有过异议：%(state)s") % {"state": ObjectionState(case.objection).label})
        if case.kin:
            hints[case.pk].append(_("与干部%(who)s有亲属关系") % {"who": case.kin})
        hints[case.pk] += _compared(case, past.get(case.subject, Past()))
    return {case.pk: list(dict.fromkeys(hints[case.pk])) for case in cases}


def _reason(decision: Decision) -> str:
    """Return why somebody decided so, and of what came back, that it did."""
    if decision.verdict != Verdict.RETURN:
        return decision.reason
    words = _("撤回过：%(why)s") if decision.act.kind == ActKind.TAKE_BACK else _("退回过：%(why)s")
    return words % {"why": decision.reason}


def _compared(case: Any, past: Past) -> list[str]:
    """Return how the case differs from last year's grant, or that its household was helped before."""
    if case.last_year_fen and case.last_year_fen != case.amount_fen:
        more = case.amount_fen - case.last_year_fen
        words = _("比去年多 %(yuan)s 元") if more > 0 else _("比去年少 %(yuan)s 元")
        return [words % {"yuan": yuan(abs(more))}]
    if case.last_year_fen:
        return [_("去年也享受过")]
    if past.helped:
        return [_("%(year)s 年享受过") % {"year": past.helped[0].year}]
    return []
