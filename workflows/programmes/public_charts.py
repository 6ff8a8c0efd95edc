"""Charts of an area: how far its cases are, what each programme has paid there. One query, no household."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.site.charts import Bar, Chart
from disclosure.site.words import yuan
from portal.areas.models import Area, path_range
from workflows.engine import catalogue
from workflows.engine.definitions import StepKind
from workflows.engine.models import Case, CaseState

DONE = "done"
# What each kind of step is called where only numbers are told, in the order of the way.
STAGES = {
    StepKind.FILE: gettext_lazy("刚提出来"),
    StepKind.DELIBERATE: gettext_lazy("村里在议"),
    StepKind.APPRAISE: gettext_lazy("村里在议"),
    StepKind.CHECK: gettext_lazy("在核查"),
    StepKind.PUBLISH: gettext_lazy("在公示"),
    StepKind.DECIDE: gettext_lazy("在签批、存档"),
    StepKind.RECORD: gettext_lazy("在签批、存档"),
    StepKind.START: gettext_lazy("在干、在验收"),
    StepKind.ACCEPT: gettext_lazy("在干、在验收"),
    StepKind.PAY: gettext_lazy("在发钱"),
    StepKind.ANNOUNCE: gettext_lazy("发完了，在公布"),
}
PROGRAMMES_SHOWN = 8


def of_area(area: Area) -> Sequence[Chart]:
    """Return the charts of `area` and all below it; amounts are what was paid, in fen."""
    title = "application__programme_version__programme__title"
    found = (
        Case.objects.filter(path_range(area.path), state__in=[CaseState.ACTIVE, CaseState.DONE])
        .order_by()
        .values_list("flow_key", "flow_version", "step", "state", title)
        .annotate(Count("pk"), Sum("payment__amount_fen"))
    )
    stages: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for flow_key, flow_version, step, state, programme, count, fen in found:
        stages[_stage(flow_key, flow_version, step, state)] += count
        if fen:
            paid[programme or _("救助")] += fen
    order = [*dict.fromkeys(str(words) for words in STAGES.values()), _("办完了")]
    progress = [
        Bar(stage, stages[stage], _("%(n)s件") % {"n": stages[stage]}) for stage in order if stages[stage]
    ]
    money = [
        Bar(name, fen, _("%(yuan)s元") % {"yuan": yuan(fen)})
        for name, fen in paid.most_common(PROGRAMMES_SHOWN)
    ]
    return [
        Chart(
            "progress",
            _("办到哪一步了"),
            _("这里所有在办和办完的事，按环节数件数，不含不予批准和撤回的。"),
            progress,
        ),
        Chart("paid", _("每个项目发了多少钱"), _("已经打到一卡通的，按项目加起来。"), money),
    ]


def _stage(flow_key: str, flow_version: int, step: str, state: str) -> str:
    if state == CaseState.DONE:
        return _("办完了")
    kind = catalogue.flow(flow_key, flow_version).step(step).kind
    return str(STAGES[kind])
