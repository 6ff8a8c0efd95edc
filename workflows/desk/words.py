"""The desk's words: what a verdict is called at each kind of step, and the usual phrases of an opinion."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.engine.catalogue import flow
from workflows.engine.definitions import Step, StepKind, Verdict
from workflows.engine.models import Batch, Case

AGREEING: dict[str, str | Promise] = {
    StepKind.FILE: _("报送"),
    StepKind.DELIBERATE: _("上会"),
    StepKind.PUBLISH: _("列入"),
    StepKind.RECORD: _("备案"),
    StepKind.START: _("已开工"),
    StepKind.ACCEPT: _("合格"),
    StepKind.PAY: _("已拨付"),
    StepKind.ANNOUNCE: _("公开"),
}
REFUSING: dict[str, str | Promise] = {StepKind.ACCEPT: _("不合格")}
PHRASES: dict[str, list[str | Promise]] = {
    StepKind.FILE: [_("情况属实，请审核")],
    StepKind.CHECK: [_("情况属实，拟同意"), _("拟同意，请阅示"), _("修改后重报")],
    StepKind.DECIDE: [_("同意"), _("拟同意，请阅示"), _("修改后重报")],
    StepKind.RECORD: [_("已备案"), _("已阅")],
    StepKind.ACCEPT: [_("验收合格"), _("按核定数验收")],
    StepKind.PAY: [_("已按验收金额拨付")],
}


def verdict_word(step: Step, verdict: str) -> str:
    """Return what `verdict` is called at `step`."""
    if verdict == Verdict.AGREE and step.kind in AGREEING:
        return str(AGREEING[step.kind])
    if verdict == Verdict.REFUSE and step.kind in REFUSING:
        return str(REFUSING[step.kind])
    return str(Verdict(verdict).label)


def phrases(step: Step) -> list[str]:
    """Return the usual phrases of an opinion at `step`."""
    return [str(phrase) for phrase in PHRASES.get(step.kind, [])]


def step_of(batch: Batch | Case) -> Step:
    """Return the step at which a batch or case stands."""
    return flow(batch.flow_key, batch.flow_version).step(batch.step)


def step_name(batch: Batch | Case, key: str = "") -> str:
    """Return the name of the step `key` (its own, unless given) in the flow of a batch or case."""
    key = key or batch.step
    try:
        return flow(batch.flow_key, batch.flow_version).step(key).name
    except KeyError:
        return key
