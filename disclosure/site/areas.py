"""Pages of areas, from the county down to the village: what is open now, what was, who takes complaints."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from disclosure.publicity import public
from disclosure.publicity.models import ListState, PublicList
from portal import clock
from portal.areas.models import LEVELS, Area, Level, path_range

from . import registry
from .objection_figures import ObjectionFigures, objection_figures
from .responses import public_page

RUNNING_SHOWN, ENDED_SHOWN, ENDED_SHOWN_ABOVE = 40, 30, 10


@dataclass
class Figures:
    """What an area's lists and objections come to. Rows and fen are of results published."""

    lists: int = 0
    running: int = 0
    rows: int = 0
    fen: int = 0
    said: ObjectionFigures = field(default_factory=ObjectionFigures)
    running_by_path: dict[str, int] = field(default_factory=dict)


@require_safe
def entry(request: HttpRequest) -> HttpResponse:
    """Show where to begin: counties, and the townships where there is one county only."""
    areas = Area.objects.in_force(clock.today())
    top = [*areas.filter(level__in=[Level.CITY, Level.COUNTY]).order_by("path")]
    counties = [area for area in top if area.level == Level.COUNTY]
    below: Sequence[Area] = ()
    if len(counties) == 1:
        below = [*areas.filter(path_range(counties[0].path, "path"), level=Level.TOWNSHIP).order_by("path")]
    return public_page(request, "public/areas.html", {"top": top, "below": below})


@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """Show the area with that code. Ten queries at most, whatever lies below it."""
    found = Area.objects.select_related("successor").filter(code=code).first()
    if found is None:
        raise Http404
    figures = figures_of(found)
    lists = PublicList.objects.published().filter(path_range(found.path)).select_related("area")
    newest = ("-published_at", "-pk")
    running = [*lists.filter(is_running()).order_by(*newest)[:RUNNING_SHOWN]]
    is_village = found.level == Level.VILLAGE
    most = ENDED_SHOWN if is_village else ENDED_SHOWN_ABOVE
    ended = [*lists.filter(is_ended()).order_by(*newest)[:most]]
    above, below = around(found)
    context = {
        "area": found,
        "trail": above,
        "children": [(child, _below(figures, child)) for child in below],
        "running": by_matter(running),
        "ended": by_matter(ended),
        "more_ended": figures.lists - figures.running > len(ended),
        "more_running": figures.running > len(running),
        "figures": figures,
        "programmes": registry.programmes_of(found),
        "charts": registry.charts_of(found),
        "contact": public.contact(found),
        "is_village": is_village,
    }
    return public_page(request, "public/area.html", context)


def by_matter(lists: Sequence[PublicList]) -> list[PublicList]:
    """Return `lists`, given newest first, with those of one matter together, the newest matter first.

    A matter is published three times: what the village resolved, what the township checked, what came of it.
    Lists of one deliberation are of one matter even where its batch was split.
    """
    matters: dict[tuple[int, str], list[PublicList]] = {}
    for one in lists:
        key = (one.deliberation_id, "") if one.deliberation_id else (0, one.reference)
        matters.setdefault(key, []).append(one)
    return [one for matter in matters.values() for one in matter]


def children(area: Area) -> list[Area]:
    """Return the areas one level below `area`, in force today, in the tree's order (one query)."""
    if area.level == Level.VILLAGE:
        return []
    below = Area.objects.in_force(clock.today()).filter(path_range(area.path, "path"))
    return [*below.filter(depth=area.depth + 1).order_by("path")]


def around(area: Area) -> tuple[list[Area], list[Area]]:
    """Return what `trail` and `children` do, in one query for both."""
    ends = range(Area.steplen, len(area.path), Area.steplen)
    in_force = Area.objects.in_force(clock.today()).filter(path_range(area.path, "path"))
    next_level = in_force.filter(depth=area.depth + 1).values("pk")
    found = Area.objects.filter(Q(path__in=[area.path[:end] for end in ends]) | Q(pk__in=next_level))
    skip = [] if area.level in LEVELS[:2] else [Level.CITY]
    listed = [*found.order_by("path")]
    above = [one for one in listed if one.depth < area.depth and one.level not in skip]
    below = [one for one in listed if one.depth > area.depth and area.level != Level.VILLAGE]
    return above, below


def trail(area: Area) -> list[Area]:
    """Return the areas above `area`, from the county down (one query); a city stands above in no address."""
    ends = range(Area.steplen, len(area.path), Area.steplen)
    above = Area.objects.filter(path__in=[area.path[:end] for end in ends]).order_by("path")
    skip = [] if area.level in LEVELS[:2] else [Level.CITY]
    return [one for one in above if one.level not in skip]


def is_running() -> Q:
    """Return the condition that a list's period runs today, whether or not the clock's job has been."""
    return Q(state=ListState.RUNNING, closes_on__gte=clock.today())


def is_ended() -> Q:
    """Return the condition that a list's period is over and no corrected version took its place."""
    return Q(state=ListState.ENDED) | Q(state=ListState.RUNNING, closes_on__lt=clock.today())


def figures_of(area: Area) -> Figures:
    """Return what the lists of `area` and all below it come to, in three queries. Amounts are fen."""
    figures = Figures()
    lists = PublicList.objects.published().filter(path_range(area.path)).exclude(state=ListState.SUPERSEDED)
    for path, count, running, rows, fen in (
        lists.order_by()
        .values_list("area_path")
        .annotate(
            count=Count("pk"),
            running=Count("pk", filter=is_running()),
            # A matter is published three times; its households and its money are counted once, when paid out.
            rows=Sum("row_count", filter=Q(kind="result"), default=0),
            fen=Sum("total_fen", filter=Q(kind="result"), default=0),
        )
    ):
        figures.lists += count
        figures.running += running
        figures.rows += rows
        figures.fen += fen
        figures.running_by_path[path] = running
    figures.said = objection_figures(area)
    return figures


def _below(figures: Figures, child: Area) -> int:
    found: Iterable[int] = (
        count for path, count in figures.running_by_path.items() if path.startswith(child.path)
    )
    return sum(found)
