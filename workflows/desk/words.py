"""The desk's words: what a verdict is called at each kind of step, and the usual phrases of an opinion."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.areas.models import Area
from portal.configuration.services import value
from workflows.engine.catalogue import flow
from workflows.engine.definitions import Step, StepKind, Verdict
from workflows.engine.models import Batch, Case
from workflows.programmes import matters

from .keys import phrase_key, phrases_at

AGREEING: dict[str, str | Promise] = {
    StepKind.FILE: _("报送"),
    StepKind.DELIBERATE: _("上会"),
    StepKind.APPRAISE: _("上会"),
    StepKind.PUBLISH: _("列入"),
    StepKind.RECORD: _("备案"),
    StepKind.START: _("已开工"),
    StepKind.ACCEPT: _("合格"),
    StepKind.PAY: _("已拨付"),
    StepKind.ANNOUNCE: _("公开"),
}
# Steps of these kinds do different things in different flows; where they do not, the short word stands.
NAMED_BY_ACT = [StepKind.RECORD, StepKind.PAY]
USUAL_STEPS = ["record", "pay"]
REFUSING: dict[str, str | Promise] = {StepKind.ACCEPT: _("不合格")}


def flow_words(key: str, version: int) -> str:
    """Return the flow `key` by name with the version by which a case runs (design.md rule 7)."""
    course = flow(key, version)
    return gettext("%(name)s（第 %(version)s 版）") % {"name": course.name, "version": course.version}


def basis_words(case: Case) -> str:
    """Return on what the case rests, and by which version of its programme where it has one."""
    said = matters.of(case).basis(case).label
    application = getattr(case, "application", None)
    if application is None:
        return said
    number = application.programme_version.number
    return gettext("%(basis)s，项目第 %(number)s 版") % {"basis": said, "number": number}


def verdict_word(step: Step, verdict: str) -> str:
    """Return what `verdict` is called at `step`."""
    if verdict == Verdict.AGREE and step.kind in NAMED_BY_ACT and step.key not in USUAL_STEPS:
        return step.act_name
    if verdict == Verdict.AGREE and step.kind in AGREEING:
        return str(AGREEING[step.kind])
    if verdict == Verdict.REFUSE and step.kind in REFUSING:
        return str(REFUSING[step.kind])
    return str(Verdict(verdict).label)


def phrases(step: Step, area: Area | None = None, used: Mapping[str, Any] | None = None) -> list[str]:
    """Return the usual opinions at `step` as the county of `area` has them, those most used first.

    `used` is the person's habit: ``{step kind: {phrase: times}}``.
    """
    name = phrases_at(step)
    if not name:
        return []
    counts = (used or {}).get(step.kind, {})
    return sorted(value(phrase_key(name), area), key=lambda phrase: -counts.get(phrase, 0))


def step_of(batch: Batch | Case, key: str = "") -> Step:
    """Return the step `key` (where it stands, unless given) in the flow of a batch or case."""
    return flow(batch.flow_key, batch.flow_version).step(key or batch.step)


def step_name(batch: Batch | Case, key: str = "") -> str:
    """Return the name of the step `key` (its own, unless given) in the flow of a batch or case."""
    key = key or batch.step
    try:
        return flow(batch.flow_key, batch.flow_version).step(key).name
    except KeyError:
        return key
