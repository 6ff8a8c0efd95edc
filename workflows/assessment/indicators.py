"""What is assessed: each indicator with its formula in words, its rule, and how it is computed.

A computed figure is a share: `good` of `of`. Nobody can score it otherwise; what the portal cannot count is
typed by two people with their reasons. Where `of` is 0 nothing is to go by and the indicator is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from disclosure.publicity.models import ListKind, Objection, ObjectionState, Posting, PublicList
from disclosure.publicity.proofs import proofs_of
from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.people.models import User
from workflows.deadlines.models import Stay
from workflows.engine import catalogue
from workflows.engine.definitions import StepKind, Verdict
from workflows.engine.models import Case, Decision
from workflows.rectification.models import Ticket, TicketState
from workflows.requests.models import HelpRequest, RequestState
from workflows.spotchecks.models import HomeVisit, Met

# What the letters of a rule's id stand for, for those who look it up.
SOURCES = (
    ("XC", _("许政〔2017〕33号")),
    ("HY", _("河扶〔2016〕10号")),
    ("XY", _("信政办〔2024〕3号")),
    ("WZ", _("温州市2016年9月2日实施意见")),
    ("S", _("公开办法和各地通行做法")),
)
ALL_AREAS = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
HELPER = "helper"


@dataclass(frozen=True)
class Figure:
    """A share as it was counted: `good` of `of`."""

    good: int
    of: int


@dataclass(frozen=True)
class Scope:
    """Of whom and of which days: an area, and of a helper the person, both days included."""

    area: Area
    first: date
    last: date
    person: User | None = None

    @property
    def until(self) -> date:
        """The day up to which something must have been done to count: today, within the days."""
        return min(self.last, clock.today())


@dataclass(frozen=True)
class Indicator:
    """One line of an assessment. `weight` is a default for configuration, `levels` are the subjects'."""

    code: str
    name: Any
    formula: Any
    source: str
    weight: int
    levels: tuple[str, ...]
    compute: Callable[[Scope], Figure] | None = None

    @property
    def computed(self) -> bool:
        """Whether the portal counts it; else two people type it."""
        return self.compute is not None


def _steps_in_time(scope: Scope, kinds: frozenset[str] | None = None) -> Figure:
    """Count the stays at steps that ended in those days, and those that are over their deadline still."""
    place = path_range(scope.area.path, "batch__area_path")
    stays = Stay.objects.filter(place, due_on__isnull=False)
    if kinds is not None or scope.area.level != Level.COUNTY:
        stays = stays.filter(_of_steps(scope.area.level if kinds is None else "", kinds))
    ended = stays.filter(left_at__date__range=(scope.first, scope.last))
    late = stays.filter(left_at=None, paused_on=None, due_on__lt=scope.until, due_on__gte=scope.first)
    in_time = ended.filter(left_at__date__lte=F("due_on")).count()
    return Figure(in_time, ended.count() + late.count())


def _of_steps(level: str, kinds: frozenset[str] | None) -> Q:
    """Return the condition on stays at steps of the area's own level, or of those `kinds`."""
    condition = Q(pk__in=[])
    for flow in catalogue.all_flows():
        steps = [
            step.key for step in flow.steps if (step.level == level if kinds is None else step.kind in kinds)
        ]
        condition |= Q(flow_key=flow.key, step__in=steps)
    return condition


def decisions_in_time(scope: Scope) -> Figure:
    """Steps of the subject's own level that were done by their last day; of a county, all."""
    return _steps_in_time(scope)


def payments_in_time(scope: Scope) -> Figure:
    """Steps of paying that were done by their last day."""
    return _steps_in_time(scope, frozenset([StepKind.PAY]))


def lists_proved(scope: Scope) -> Figure:
    """Lists whose period ended in those days and that hung their days with proof that lacks nothing."""
    lists = PublicList.objects.published().filter(
        path_range(scope.area.path), kind=ListKind.APPLICATION, closes_on__range=(scope.first, scope.last)
    )
    ended = list(lists.filter(closes_on__lt=clock.today()).select_related("area"))
    postings: dict[int, list[Posting]] = {}
    for posting in Posting.objects.filter(list__in=ended).order_by("pk"):
        postings.setdefault(posting.list_id, []).append(posting)
    today = clock.today()
    good = sum(
        not any(proof.lacking for proof in proofs_of(one, postings.get(one.pk, []), today)) for one in ended
    )
    return Figure(good, len(ended))


def objections_in_time(scope: Scope) -> Figure:
    """Objections that were due in those days and answered by the day they were due."""
    due = Objection.objects.filter(
        path_range(scope.area.path, "list__area_path"), due_on__range=(scope.first, scope.last)
    ).exclude(state=ObjectionState.WITHDRAWN)
    return _by_the_day(due, "answered_at", scope)


def requests_in_time(scope: Scope) -> Figure:
    """Requests of households that were due in those days and settled by the day they were due."""
    due = HelpRequest.objects.filter(path_range(scope.area.path), due_on__range=(scope.first, scope.last))
    open_ = Q(state=RequestState.OPEN)
    settled = due.exclude(open_)
    late = due.filter(open_, due_on__lt=clock.today())
    in_time = settled.filter(settled_at__date__lte=F("due_on")).count()
    return Figure(in_time, settled.count() + late.count())


def rectified_in_time(scope: Scope) -> Figure:
    """Tickets of offices in the area that were to be answered in those days and were, and were accepted."""
    due = Ticket.objects.filter(
        path_range(scope.area.path, "owner_path"), answer_by__range=(scope.first, scope.last)
    )
    closed = due.filter(state=TicketState.CLOSED)
    late = due.filter(state=TicketState.OPEN, answer_by__lt=clock.today())
    return Figure(closed.filter(answered_at__date__lte=F("answer_by")).count(), closed.count() + late.count())


def households_confirm(scope: Scope) -> Figure:
    """Households of spot checks, visited in those days, whose word agrees with the books."""
    visits = HomeVisit.objects.filter(
        path_range(scope.area.path, "drawn__case__area_path"), visited_on__range=(scope.first, scope.last)
    ).exclude(met=Met.NOBODY)
    last: dict[int, bool] = dict(visits.order_by("pk").values_list("drawn_id", "agrees"))
    return Figure(sum(last.values()), len(last))


def filed_right(scope: Scope) -> Figure:
    """Cases that the helper filed in those days and that were never returned."""
    filed = Case.objects.filter(
        path_range(scope.area.path),
        opened_by=scope.person,
        opened_at__date__range=(scope.first, scope.last),
    )
    returned = Decision.objects.filter(verdict=Verdict.RETURN, case__in=filed).values("case").distinct()
    count = filed.count()
    return Figure(count - returned.count(), count)


def _by_the_day(due: QuerySet[Any], done: str, scope: Scope) -> Figure:
    answered = due.filter(**{f"{done}__isnull": False})
    late = due.filter(**{f"{done}__isnull": True}, due_on__lt=clock.today())
    in_time = answered.filter(**{f"{done}__date__lte": F("due_on")}).count()
    return Figure(in_time, answered.count() + late.count())


INDICATORS = (
    Indicator(
        "in_time",
        _("按期办结"),
        _("本级各环节在期限内办完的 ÷ 本级办完的和超期没办的"),
        "HY-37；WZ-26",
        20,
        ALL_AREAS,
        decisions_in_time,
    ),
    Indicator(
        "proved",
        _("公示贴满有证明"),
        _("期满的公示里贴满天数、照片和会签齐全的 ÷ 期满的公示"),
        "HY-38；S11",
        15,
        ALL_AREAS,
        lists_proved,
    ),
    Indicator(
        "objections",
        _("异议按期答复"),
        _("到期的异议里按期答复的 ÷ 到期的异议"),
        "S21；S23",
        10,
        ALL_AREAS,
        objections_in_time,
    ),
    Indicator(
        "requests",
        _("群众申请按期办"),
        _("到期的来访与申请里按期立案或答复的 ÷ 到期的来访与申请"),
        "XC-08；WZ-17",
        10,
        ALL_AREAS,
        requests_in_time,
    ),
    Indicator(
        "payments",
        _("按期拨付"),
        _("拨付环节在期限内办完的 ÷ 办完的和超期没办的"),
        "XC-33；XY-44",
        15,
        (Level.COUNTY, Level.TOWNSHIP),
        payments_in_time,
    ),
    Indicator(
        "rectified",
        _("整改按期到位"),
        _("到期的整改单里按期报结果并验收的 ÷ 到期的整改单"),
        "HY-39；XC-40",
        10,
        ALL_AREAS,
        rectified_in_time,
    ),
    Indicator(
        "confirmed",
        _("农户说和账上一致"),
        _("抽查入户里和账上对得上的 ÷ 见到人的"),
        "XY-44；XC-38",
        20,
        ALL_AREAS,
        households_confirm,
    ),
    Indicator(
        "growth",
        _("收入增长实不实"),
        _("看台账和实物，收入增长有实物工作量支撑的程度，0 到 100 分"),
        "XY-45；XY-04",
        20,
        ALL_AREAS,
    ),
    Indicator(
        "duty",
        _("责任落实"),
        _("看组织、人员、档案、培训，0 到 100 分"),
        "XC-43；HY-25；HY-28；WZ-25",
        10,
        ALL_AREAS,
    ),
    Indicator(
        "filed_right",
        _("申报一次办对"),
        _("经手申报没有被退回的 ÷ 经手申报的"),
        "HY-34；XY-43",
        40,
        (HELPER,),
        filed_right,
    ),
    Indicator(
        "handbook",
        _("帮扶手册和入户"),
        _("看帮扶手册、入户次数和农户评价，0 到 100 分"),
        "HY-31；HY-32；XY-43",
        60,
        (HELPER,),
    ),
)
BY_CODE: Mapping[str, Indicator] = {one.code: one for one in INDICATORS}


def of_level(level: str) -> list[Indicator]:
    """Return the indicators of subjects of `level` (an area's level, or ``helper``)."""
    return [one for one in INDICATORS if level in one.levels]
