"""Public pages of programmes: who may apply, how much, on what paragraph, how, what became of the money."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Q, Sum, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from disclosure.publicity import public
from disclosure.publicity.models import ListState, PublicList
from disclosure.publicity.tombstones import sentences
from disclosure.site.areas import is_running
from disclosure.site.charts import Bar, Chart
from disclosure.site.responses import public_page
from disclosure.site.words import yuan as in_yuan
from portal import clock
from portal.areas.models import Level
from workflows.engine.definitions import Step, StepKind
from workflows.engine.models import CaseState

from .answers import amount_words
from .course import steps_of
from .definitions import takes_own
from .freed import WAITING
from .models import Budget, Programme, ProgrammeVersion
from .ranking import is_ranked, window_of
from .services import current_version

LISTS_SHOWN = 10

LEVEL_WORDS = {
    Level.VILLAGE: _("村里"),
    Level.TOWNSHIP: _("乡镇"),
    Level.COUNTY: _("县里"),
    Level.CITY: _("市里"),
}
# What each kind of step means to the household that waits for it.
STEP_WORDS = {
    StepKind.FILE: _("您提出来，村里帮您填好、报上去"),
    StepKind.DELIBERATE: _("开四次会议定，定了就公开"),
    StepKind.APPRAISE: _("村里开会评议"),
    StepKind.CHECK: _("来核查，该查看的到家里看；减了、不同意都会书面告诉您"),
    StepKind.PUBLISH: _("名单贴出来、网上也登，谁都可以提异议"),
    StepKind.DECIDE: _("公示没有问题，领导签批"),
    StepKind.RECORD: _("存档备查"),
    StepKind.START: _("开工，登记日期"),
    StepKind.ACCEPT: _("建好了来验收，按验收的数补"),
    StepKind.PAY: _("钱打到一卡通"),
    StepKind.ANNOUNCE: _("结果再公开一次：做了什么、给了多少、见了什么效"),
}
CITATION_WORDS = {
    "basis": _("项目的依据"),
    "who": _("谁能申请"),
    "amount": _("补多少"),
    "visit": _("怎样核查"),
    "how": _("怎样办"),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List every programme that has a version in force."""
    programmes = (
        Programme.objects.published().with_terms().select_related("area").order_by("area_path", "title")
    )
    told = [(one, amount_words(one.terms).rstrip("。")) for one in programmes]
    return public_page(request, "public/programmes.html", {"programmes": told})


@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the version in force of the programme `slug`, its money in sums only, and its newest lists."""
    found = Programme.objects.published().select_related("area").filter(slug=slug).first()
    version = current_version(found) if found else None
    if found is None or version is None:
        raise Http404
    definition = version.definition
    lists = _lists(found)
    budget = _budget(found)
    context = {
        "programme": found,
        "version": version,
        "definition": definition,
        "amount": definition["amount"],
        "rules": [rule["text"] for rule in definition["eligibility"]],
        "citations": _citations(version),
        "steps": _steps(version),
        "own": takes_own(definition),
        "window": window_of(definition),
        "ranked": is_ranked(definition),
        "budget": budget,
        "chart": _chart(budget) if budget else None,
        "running": [one for one in lists if one.runs],
        "ended": [one for one in lists if not one.runs],
        "contact": public.contact(found.area),
        "tombstones": sentences(found.redactions),
    }
    return public_page(request, "public/programme.html", context)


def _citations(version: ProgrammeVersion) -> list[dict[str, Any]]:
    """Return the cited paragraphs with label, words and path; no path while the policy is a draft."""
    policy = version.policy
    parts = policy.get_url_parts() if policy.live else None
    cited: Mapping[str, Mapping[str, str]] = version.definition["citations"]
    return [
        {
            "what": CITATION_WORDS.get(name, _("依据")),
            "label": citation["label"],
            "path": f"{parts[2]}#{citation['anchor']}" if parts else "",
        }
        for name, citation in cited.items()
    ]


def _steps(version: ProgrammeVersion) -> list[dict[str, Any]]:
    """Return the flow's steps in plain words; those that some cases take are said to be so."""
    return [
        {"who": LEVEL_WORDS[step.level], "words": _words(step), "optional": sometimes}
        for step, sometimes in steps_of(version)
    ]


def _words(step: Step) -> Any:
    if step.key == WAITING:
        return _("钱不够的时候先候补，有了钱按困难程度往下补")
    return STEP_WORDS[step.kind]


def _budget(programme: Programme) -> dict[str, Any] | None:
    """Return the newest year's budget, what of it is committed and what was paid, in fen (two queries)."""
    budget = (
        Budget.objects.filter(programme=programme, year__lte=clock.today().year).order_by("-year").first()
    )
    if budget is None:
        return None
    standing = Q(case__state__in=[CaseState.ACTIVE, CaseState.DONE])
    sums = budget.applications.aggregate(
        committed=Sum("case__amount_fen", filter=standing), paid=Sum("case__payment__amount_fen")
    )
    committed = sums["committed"] or 0
    return {
        "year": budget.year,
        "total": budget.total_fen,
        "source": budget.source,
        "committed": committed,
        "left": budget.total_fen - committed,
        "paid": sums["paid"] or 0,
    }


def _chart(budget: Mapping[str, Any]) -> Chart | None:
    """Return the drawing of a year's budget, what is committed of it and what was paid; amounts are fen."""
    told = ((_("预算"), "total"), (_("已经定下"), "committed"), (_("已经发下"), "paid"))
    bars = [
        Bar(str(label), budget[name], translate("%(yuan)s元") % {"yuan": in_yuan(budget[name])})
        for label, name in told
    ]
    title = translate("%(year)s年的钱用到哪一步") % {"year": budget["year"]}
    chart = Chart("money-chart", title, translate("定下的是批准了、没有撤回的；发下的是打到一卡通的。"), bars)
    return None if chart.is_empty else chart


def _lists(programme: Programme) -> Sequence[Any]:
    """Return the newest lists of all versions of the programme, those that run first (two queries)."""
    keys = [f"programme:{pk}" for pk in programme.versions.values_list("pk", flat=True)]
    lists = PublicList.objects.published().filter(scheme__in=keys).exclude(state=ListState.SUPERSEDED)
    runs = Choose(When(is_running(), then=Value(True)), default=Value(False))
    return [
        *lists.select_related("area")
        .annotate(runs=runs)
        .order_by("-runs", "-published_at", "-pk")[:LISTS_SHOWN]
    ]
