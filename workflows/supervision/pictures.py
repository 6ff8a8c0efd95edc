"""Pictures of an area: progress, lights, objections, money from fund to household. No household named.

A few queries for all, whatever the size: each counts groups by place and brings no row.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from disclosure.publicity.models import ListKind, ListRow, ListState, Objection, ObjectionState
from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.people.models import User
from workflows.changes.models import Aid, Reserve
from workflows.desk.overview import GREEN, PAUSED, RED, UNTIMED, YELLOW, overseen
from workflows.engine.models import Case, CaseState
from workflows.programmes.answers import yuan
from workflows.programmes.matters import SUBJECT
from workflows.programmes.models import Application, Budget, ProgrammeVersion

from .drawing import Part, Picture, Stack
from .reach import scope_as_supervisor

MOST_PLACES = 40
# The key of temporary aid among those of programmes.
AID = 0


def places_below(area: Area) -> list[Area]:
    """Return the places next below `area`, or itself where there is none (one query)."""
    below = Area.objects.filter(path_range(area.path, "path"), depth=area.depth + 1)
    found = list(below.order_by("code")[:MOST_PLACES])
    return found or [area]


def gather(user: User, area: Area, year: int) -> list[Picture]:
    """Return the pictures of `area` as far as `user` supervises it; money of `year`, else as it stands."""
    places = places_below(area)
    cases = scope_as_supervisor(user).filter(Case.objects.filter(path_range(area.path)))
    return [
        _progress(places, cases),
        _lights(user, area, places),
        _objections(user, area, places),
        _money(area, cases, year, user),
    ]


def _by_place(places: Sequence[Area], counted: Iterable[tuple[str, str, int]]) -> dict[str, Counter[str]]:
    """Return for each place (by path) how many of each thing lie below it."""
    found: dict[str, Counter[str]] = {place.path: Counter() for place in places}
    length = len(places[0].path)
    for path, thing, number in counted:
        if path[:length] in found:
            found[path[:length]][thing] += number
    return found


def _picture(
    key: str,
    title: str,
    about: str,
    parts: Mapping[str, Part],
    places: Sequence[Area],
    counted: Mapping[str, Counter[str]],
    unit: str,
    more: tuple[str, str] | None = None,
) -> Picture:
    """Return the picture of things counted by place, with a line of the table for each place and all."""
    stacks, rows = [], []
    total: Counter[str] = Counter()
    for place in places:
        numbers = [counted[place.path][thing] for thing in parts]
        total.update(counted[place.path])
        stacks.append(Stack(place.name, numbers, f"{sum(numbers)} {unit}"))
        rows.append((place.name, *(str(number) for number in numbers), str(sum(numbers))))
    sums = [total[thing] for thing in parts]
    rows.append((_("合计"), *(str(number) for number in sums), str(sum(sums))))
    heads = (_("地方"), *(part.label for part in parts.values()), _("合计"))
    # A village has nothing below it to be compared.
    below = [f"?area={place.code}" if place.level != Level.VILLAGE else "" for place in places]
    return Picture(key, title, about, list(parts.values()), stacks, heads, rows, below, more)


def _progress(places: Sequence[Area], cases: QuerySet[Any]) -> Picture:
    found = cases.order_by().values_list("area_path", "state").annotate(n=Count("pk"))
    parts = {
        CaseState.DONE.value: Part(_("办结"), "pic-done"),
        CaseState.ACTIVE.value: Part(_("在办"), "pic-going"),
        CaseState.REFUSED.value: Part(_("不予批准"), "pic-no"),
        CaseState.WITHDRAWN.value: Part(_("撤销"), "pic-none"),
    }
    about = _("申报上来的每一件，现在办到哪了。")
    return _picture("progress", _("各地办理进度"), about, parts, places, _by_place(places, found), _("件"))


def _lights(user: User, area: Area, places: Sequence[Area]) -> Picture:
    found = overseen(user, area).order_by().values_list("batch__area_path", "light").annotate(n=Count("pk"))
    parts = {
        GREEN: Part(_("绿灯"), "pic-green"),
        YELLOW: Part(_("黄灯"), "pic-yellow"),
        RED: Part(_("红灯"), "pic-red"),
        PAUSED: Part(_("停表"), "pic-none"),
        UNTIMED: Part(_("没有期限"), "pic-going"),
    }
    about = _("没有办完的批次，离期限多远。公示期间停表，不亮灯。")
    more = (f"{reverse('desk:overview')}?area={area.code}", _("到督办看是哪几批"))
    return _picture("lights", _("亮灯"), about, parts, places, _by_place(places, found), _("批"), more)


def _objections(user: User, area: Area, places: Sequence[Area]) -> Picture:
    seen = scope_as_supervisor(user).filter(
        Objection.objects.apart_from(user), "list__area_path", "list__line"
    )
    found = (
        seen.filter(path_range(area.path, "list__area_path"))
        .order_by()
        .values_list("list__area_path", "state")
        .annotate(n=Count("pk"))
    )
    parts = {
        ObjectionState.OPEN.value: Part(_("正在查"), "pic-yellow"),
        ObjectionState.UPHELD.value: Part(_("成立"), "pic-red"),
        ObjectionState.DISMISSED.value: Part(_("不成立"), "pic-going"),
        ObjectionState.WITHDRAWN.value: Part(_("本人撤回"), "pic-none"),
    }
    about = _("收到的每一件异议，后来怎样了。成立的多，说明审核不细；一件没有，要看是不是没人敢提。")
    more = (reverse("desk:objections"), _("到异议看是哪几件"))
    counted = _by_place(places, found)
    return _picture("objections", _("异议和结果"), about, parts, places, counted, _("件"), more)


@dataclass
class Sums:
    """What one programme, or temporary aid, came to: fen, and how many households were granted and paid."""

    title: str
    fund: int | None = None
    granted: int = 0
    granted_n: int = 0
    shown: int = 0
    paid: int = 0
    paid_n: int = 0


def _money(area: Area, cases: QuerySet[Any], year: int, user: User) -> Picture:
    """Return how much of each fund was approved, disclosed and paid: the three should meet.

    All of it is of the cases that were opened in `year`: one that is paid in January stays with its own.
    """
    sums = _sums(area, cases.filter(opened_at__year=year), year, user)
    stacks, rows = [], []
    for one in sorted(sums.values(), key=lambda sums: sums.title):
        owed = max(one.granted - one.paid, 0)
        values = [one.paid, owed, max((one.fund or 0) - max(one.granted, one.paid), 0)]
        whole = _("%(yuan)s 元") % {"yuan": yuan(sum(values))}
        stacks.append(Stack(one.title, values, whole, [yuan(value) for value in values]))
        fund = "—" if one.fund is None else yuan(one.fund)
        said = [fund, yuan(one.granted), yuan(one.shown), yuan(one.paid)]
        rows.append((one.title, *said, str(one.granted_n), str(one.paid_n)))
    if len(rows) > 1:
        rows.append(_all(list(sums.values())))
    parts = [
        Part(_("已到户"), "pic-done"),
        Part(_("批了还没发"), "pic-yellow"),
        Part(_("预算还剩"), "pic-none"),
    ]
    heads = (
        *(_("项目"), _("预算（元）"), _("批准（元）"), _("公开（元）")),
        *(_("发到户（元）"), _("批准户"), _("到账户")),
    )
    about = _("%(year)s 年申报的，从预算到批准、公开、发到一卡通。批准、公开、发放三个数最后应当一样。")
    return Picture("money", _("钱从哪里到了户"), about % {"year": year}, parts, stacks, heads, rows)


def _all(sums: Sequence[Sums]) -> tuple[str, ...]:
    """Return the last line of the table of money: all programmes together; no fund where one is not here."""
    funds = [one.fund for one in sums if one.fund is not None]
    fen = [sum(one.granted for one in sums), sum(one.shown for one in sums), sum(one.paid for one in sums)]
    households = [sum(one.granted_n for one in sums), sum(one.paid_n for one in sums)]
    return (
        _("合计"),
        yuan(sum(funds)) if len(funds) == len(sums) else "—",
        *map(yuan, fen),
        *map(str, households),
    )


def _sums(area: Area, cases: QuerySet[Any], year: int, user: User) -> dict[int, Sums]:
    """Return the sums by programme (its key), under AID those of temporary aid; a query for each column."""
    within = Q(case__in=cases.order_by().values("pk"))
    forms = Application.objects.filter(within).order_by()
    programme = ("programme_version__programme", "programme_version__programme__title")
    sums: dict[int, Sums] = {}
    granted = forms.values_list(*programme).annotate(
        fen=Sum("approved_fen"), n=Count("pk", filter=Q(approved_fen__gt=0))
    )
    for key, title, fen, n in granted:
        sums[key] = Sums(str(title), granted=int(fen or 0), granted_n=n)
    paid = forms.exclude(case__payment=None).values_list(*programme[:1])
    for key, fen, n in paid.annotate(fen=Sum("case__payment__amount_fen"), n=Count("pk")):
        sums[key].paid, sums[key].paid_n = int(fen or 0), n
    aid = Aid.objects.filter(within).aggregate(
        granted=Sum("approved_fen"),
        granted_n=Count("pk", filter=Q(approved_fen__gt=0)),
        advanced=Sum("advanced_fen"),
        paid=Sum("case__payment__amount_fen"),
        paid_n=Count("pk", filter=Q(advanced_fen__gt=0) | Q(case__payment__isnull=False)),
        n=Count("pk"),
    )
    covered = [office.area.path for office in scope_as_supervisor(user).offices]
    reserves = [
        one.total_fen
        for one in Reserve.objects.filter(path_range(area.path), year=year)
        if any(one.area_path.startswith(path) for path in covered)
    ]
    if aid["n"] or reserves:
        given = int(aid["paid"] or 0) + int(aid["advanced"] or 0)
        fund = sum(reserves) if reserves else None
        granted_fen = int(aid["granted"] or 0)
        sums[AID] = Sums(_("临时救助"), fund, granted_fen, aid["granted_n"], 0, given, aid["paid_n"])
    for key, fen in _disclosed(cases).items():
        if key in sums:
            sums[key].shown = fen
    for budget in Budget.objects.filter(year=year).select_related("programme"):
        place = budget.programme.area_path
        # A budget is the county's: it stands in the picture of the county and of what lies above.
        if place.startswith(area.path) and any(place.startswith(path) for path in covered):
            sums.setdefault(budget.programme_id, Sums(budget.programme.title)).fund = budget.total_fen
    return sums


def _disclosed(cases: QuerySet[Any]) -> dict[int, int]:
    """Return the sums of the results published of `cases` by programme, without superseded versions."""
    named = cases.order_by().annotate(named=Concat(Value(SUBJECT), "number")).values("named")
    rows = ListRow.objects.filter(list__kind=ListKind.RESULT, subject__in=named)
    by_scheme = rows.exclude(list__state=ListState.SUPERSEDED).order_by().values_list("list__scheme")
    found = dict(by_scheme.annotate(fen=Sum("amount_fen")))
    ids = [int(key) for scheme in found if (key := scheme.removeprefix("programme:")).isdecimal()]
    versions = dict(ProgrammeVersion.objects.filter(pk__in=ids).values_list("pk", "programme"))
    sums: dict[int, int] = defaultdict(int)
    for scheme, fen in found.items():
        key = scheme.removeprefix("programme:")
        sums[versions.get(int(key), 0) if key.isdecimal() else AID] += int(fen or 0)
    return sums


def years() -> list[int]:
    """Return the years that may be asked for, this one first."""
    this = clock.today().year
    return [this, this - 1, this - 2]
