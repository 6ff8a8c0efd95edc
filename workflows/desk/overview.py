"""督办: who is stuck, where, since when. Counted by the database in a few queries at any number of cases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, Min, Q, QuerySet, Sum, Value, When
from django.http import Http404
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, path_range
from portal.clock.health import missing_now
from portal.people.models import Office, User
from portal.people.scope import scope_of
from workflows.deadlines.models import Stay
from workflows.engine import authority, catalogue
from workflows.engine.models import Batch, BatchState

from .stuck import TOWNSHIP_PATH, Line, flow_named, lines, offices_over, over, step_named

COUNTY_PATH = 8  # characters of an area's path down to its county
MEDIAN_OVER = timedelta(days=90)
PAUSED, RED, YELLOW, GREEN, UNTIMED = "paused", "red", "yellow", "green", "none"
LATE, WHOLE = "late", "total"
Choice = tuple[str, Any]


@dataclass
class Tally:
    """One line of a table: how many batches by light, and since when the oldest of them is due."""

    name: str
    link: str = ""
    under: str = ""
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    rows: int = 0
    over_total: int = 0
    oldest: date | None = None
    median: str = ""

    @property
    def red(self) -> int:
        """Batches past their deadline."""
        return self.counts[RED]

    @property
    def yellow(self) -> int:
        """Batches near it."""
        return self.counts[YELLOW]

    @property
    def green(self) -> int:
        """Batches in time."""
        return self.counts[GREEN] + self.counts[UNTIMED]

    @property
    def paused(self) -> int:
        """Batches whose clock stands still."""
        return self.counts[PAUSED]

    @property
    def batches(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    def add(self, group: Mapping[str, Any]) -> None:
        """Count a group of batches in."""
        self.counts[group["light"]] += group["batches"]
        self.rows += group["rows"] or 0
        self.over_total += group["over_total"]
        if group["light"] == RED and (self.oldest is None or group["oldest"] < self.oldest):
            self.oldest = group["oldest"]


def overseen(user: User, area: Area | None) -> QuerySet[Stay]:
    """Return the stays of open batches that `user` may see, within `area` where given, with their light."""
    batches = Batch.objects.visible_to(user).filter(state=BatchState.OPEN)
    if area is not None:
        batches = batches.filter(path_range(area.path))
    today = clock.today()
    light = Case(
        When(paused_on__isnull=False, then=Value(PAUSED)),
        When(due_on__lt=today, then=Value(RED)),
        When(yellow_on__lte=today, then=Value(YELLOW)),
        When(due_on=None, then=Value(UNTIMED)),
        default=Value(GREEN),
        output_field=CharField(),
    )
    return Stay.objects.filter(left_at=None, batch__in=batches).annotate(light=light)


def narrowed(stays: QuerySet[Stay], light: str) -> QuerySet[Stay]:
    """Return those of `stays` that show `light`: a light, `late` (red, yellow or past the total), `total`."""
    whole = _past_total()
    if light == LATE:
        stays = stays.filter(Q(light__in=[RED, YELLOW]) | whole)
    elif light == WHOLE:
        stays = stays.filter(whole)
    elif light:
        stays = stays.filter(light=light)
    return stays.order_by(F("due_on").asc(nulls_last=True), "entered_at", "pk")


def find_area(user: User, code: str) -> Area | None:
    """Return the area with `code` within the offices of `user`; None for no code; Http404 otherwise."""
    if not code:
        return None
    found: Area | None = scope_of(user).filter_areas(Area.objects.filter(code=code)).first()
    if found is None:
        raise Http404
    return found


class Overview:
    """The counts of one person's overview, in three queries; the list adds a page of lines."""

    def __init__(self, user: User, area: Area | None) -> None:
        self.user, self.area = user, area
        self.stays = overseen(user, area)
        self.groups = list(
            self.stays.values(
                "batch__area_id", "batch__area_path", "flow_key", "step", "batch__pending", "light"
            )
            .order_by()
            .annotate(
                batches=Count("pk"),
                rows=Sum("batch__row_count"),
                oldest=Min("due_on"),
                over_total=Count("pk", filter=_past_total()),
            )
        )
        self.paths = {group["batch__area_path"] for group in self.groups}
        above = {path[:end] for path in self.paths for end in (COUNTY_PATH, TOWNSHIP_PATH)}
        areas = Area.objects.filter(path__in=self.paths | above)
        self.areas: dict[str, Area] = {area.path: area for area in areas}

    def whole(self) -> Tally:
        """Return the sum of everything."""
        return _tally("", self.groups)

    def count(self, light: str) -> int:
        """Return how many lines `narrowed` has; `late` is asked of the database."""
        if light == LATE:
            return narrowed(self.stays, LATE).count()
        whole = self.whole()
        return whole.over_total if light == WHOLE else whole.counts[light] if light else whole.batches

    def places(self) -> list[Tally]:
        """Return a line for each township, or for each village where only one township is looked at."""
        townships = {path[:TOWNSHIP_PATH] for path in self.paths}
        cut = TOWNSHIP_PATH if len(townships) > 1 else None
        return self._by(lambda group: group["batch__area_path"][:cut], self._place)

    def steps(self) -> list[Tally]:
        """Return a line for each step, in the order of its flow, with the median of days that it takes."""
        medians = self._medians()
        order = {
            (flow.key, step.key): (flow.key, place)
            for flow in catalogue.all_flows()
            for place, step in enumerate(flow.steps)
        }
        found = {}
        for key, groups in _grouped(self.groups, lambda group: (group["flow_key"], group["step"])).items():
            tally = _tally(step_named(*key), groups)
            tally.under, tally.median = flow_named(key[0]), medians.get(key, "")
            found[key] = tally
        return [found[key] for key in sorted(found, key=lambda key: order.get(key, ("~", 0)))]

    def people(self, offices: Sequence[Office]) -> list[Tally]:
        """Return a line for each seat that has something late, the most red first, with who holds it."""
        late = [group for group in self.groups if group["light"] in (RED, YELLOW)]
        seats: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for group in late:
            for seat in authority.seats_in(group["batch__pending"]):
                held = authority.holders(seat, over(offices, group["batch__area_path"]))
                names = "、".join(sorted({str(office.user) for office in held}))
                place = held[0].area.name if held else self._place(group["batch__area_path"]).name
                seats[f"{place} {seat.role.label}", names or _("没有人担任")].append(group)
        lines = []
        for (name, people), groups in seats.items():
            tally = _tally(name, groups)
            tally.under = people
            lines.append(tally)
        return sorted(lines, key=lambda line: (-line.red, -line.yellow, line.name))

    def offices(self, stays: Iterable[Stay], also: Iterable[str] = ()) -> list[Office]:
        """Return the offices in force over what is late, over `stays` and the paths `also` (one query)."""
        paths = {group["batch__area_path"] for group in self.groups if group["light"] in (RED, YELLOW)}
        return offices_over(paths | {stay.batch.area_path for stay in stays} | set(also))

    def lines(self, stays: Sequence[Stay], offices: Sequence[Office]) -> list[Line]:
        """Return a page of the list; one query for what was said about it."""
        return lines(stays, offices, self.areas)

    def _by(self, key: Any, name: Any) -> list[Tally]:
        tallies = []
        for found, groups in _grouped(self.groups, key).items():
            area = name(found)
            tally = _tally(area.name, groups)
            tally.link = area.code
            tallies.append(tally)
        return sorted(tallies, key=lambda tally: (-tally.red, -tally.yellow, tally.link))

    def _place(self, path: str) -> Area:
        return self.areas[path]

    def _medians(self) -> dict[tuple[str, str], str]:
        """Return the median working days of the stays that ended in the last quarter, by flow and step."""
        batches = Batch.objects.visible_to(self.user)
        if self.area is not None:
            batches = batches.filter(path_range(self.area.path))
        ended = Stay.objects.filter(left_at__gte=clock.now() - MEDIAN_OVER, batch__in=batches)
        counted = ended.order_by().values("flow_key", "step", "spent_days").annotate(n=Count("pk"))
        found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for flow_key, step, days, n in counted.values_list("flow_key", "step", "spent_days", "n"):
            found[flow_key, step].append((days, n))
        return {key: median(pairs) for key, pairs in found.items()}


def median(pairs: Iterable[tuple[int, int]]) -> str:
    """Return the median of numbers given as (number, how often), with half a day where it falls between."""
    ordered = sorted(pairs)
    total = sum(n for _days, n in ordered)
    if not total:
        return ""
    low, high = _nth(ordered, (total + 1) // 2), _nth(ordered, total // 2 + 1)
    return f"{(low + high) / 2:g}"


def calendar_doubt(area: Area | None, areas: Mapping[str, Area]) -> str:
    """Return a sentence that names the years whose holidays nobody has entered; empty where all is well."""
    counties = [area] if area else [one for path, one in areas.items() if len(path) == COUNTY_PATH]
    years = sorted({year for one in counties for year in missing_now(one)})
    if not years:
        return ""
    said = "、".join(str(year) for year in years)
    return _(
        "%(years)s年的放假和调休日期还没有录入，跨到这一年的期限暂按周一至周五算。请县里在“配置”里录入。"
    ) % {"years": said}


def _past_total() -> Q:
    return Q(total_due_on__lt=clock.today(), paused_on=None)


def _nth(ordered: Sequence[tuple[int, int]], place: int) -> int:
    for days, n in ordered:
        place -= n
        if place <= 0:
            return days
    return ordered[-1][0]


def _grouped(groups: Iterable[Mapping[str, Any]], key: Any) -> dict[Any, list[Mapping[str, Any]]]:
    found: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for group in groups:
        found[key(group)].append(group)
    return found


def _tally(name: str, groups: Iterable[Mapping[str, Any]]) -> Tally:
    tally = Tally(name)
    for group in groups:
        tally.add(group)
    return tally
