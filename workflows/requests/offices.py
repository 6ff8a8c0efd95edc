"""Which offices have a request: who handles it, who reads it, to whom it may be passed."""

from collections.abc import Callable, Iterable, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.areas.models import Area, Level
from portal.files.access import Owner
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of
from workflows.engine import authority

from .models import HelpRequest, Matter

# At each level: who files or answers. The first is the one whose superiors are told when it lies.
HANDLING = {
    Level.VILLAGE: [Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY, Role.RESIDENT_TEAM, Role.HELPER],
    Level.TOWNSHIP: [Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_HEAD],
    Level.COUNTY: [Role.COUNTY_REVIEWER, Role.COUNTY_HEAD],
}
HANDLING_ROLES = [role for roles in HANDLING.values() for role in roles]
READING_ROLES = [*HANDLING_ROLES, Role.SUPERVISOR]
LINES = {Matter.CHANGE: Line.ASSISTANCE, Matter.HARDSHIP: Line.CIVIL_AFFAIRS, Matter.OTHER: Line.ASSISTANCE}


def readable(user: User) -> QuerySet[HelpRequest]:
    """Return the requests that `user`'s offices cover, by the office that has each and its line.

    A request that the township has is not shown to the village that it may be about.
    """
    found = HelpRequest.objects.select_related("area", "holder", "programme")
    return scope_of(user).filter(found, "holder_path", "line", roles=READING_ROLES)


def handler(user: User, request: HelpRequest, *, fresh: bool = False) -> Office | None:
    """Return the office by which `user` handles `request`: one at the very area that has it."""
    office = scope_of(user, fresh=fresh).holds(_roles_at(request.holder), request.holder_path, request.line)
    return office if office is not None and office.area_id == request.holder_id else None


def superior(user: User, request: HelpRequest, *, fresh: bool = False) -> Office | None:
    """Return the office above the one that has `request` by which `user` may take it over or pass it on."""
    higher = [role for level, roles in HANDLING.items() for role in roles if level != request.holder.level]
    return scope_of(user, fresh=fresh).holds(higher, request.holder_path, request.line)


def may_open_file(user: User, request_id: str) -> bool:
    """Return whether `user` may open the papers of a request: only who handles it, since they hold names."""
    if not request_id.isdecimal():
        return False
    request = HelpRequest.objects.select_related("holder").filter(pk=int(request_id)).first()
    return request is not None and handler(user, request) is not None


def file_owner(request_id: str) -> Owner:
    """Return the request that its papers belong to, at the office that has it."""
    found = HelpRequest.objects.select_related("area").get(pk=int(request_id))
    return Owner("request", request_id, _("来访申请 %(n)s") % {"n": request_id}, found.area, found.line)


def levels_over(area: Area) -> list[Area]:
    """Return the village `area`, its township and its county, the nearest first (one query)."""
    paths = [area.path[:end] for end in range(Area.steplen, len(area.path) + 1, Area.steplen)]
    found = Area.objects.filter(path__in=paths, level__in=list(HANDLING)).order_by("-path")
    return list(found)


def handlers_at(area: Area, line: str, offices: Iterable[Office]) -> list[Office]:
    """Return those of `offices` that handle requests of `line` at the very area `area`."""
    roles = _roles_at(area)
    return [
        one
        for one in offices
        if one.area_id == area.pk and one.role in roles and one.line in (Line.ALL, line)
    ]


def first_holder(
    area: Area, matter: str, line: str, free: Callable[[list[Office]], list[Office]]
) -> tuple[Area, bool]:
    """Return the area whose office first has a request of the village `area`; True where recusal chose it.

    What is reported goes to the township, since it may be about the village; everything else to the village.
    Where nobody holds an office, or all who do must step aside (`free` leaves out those), the next level
    above has it, the county in the end.
    """
    over = levels_over(area)
    offices = authority.offices_over(area.path)
    start = [one for one in over if matter != Matter.OTHER or one.level != Level.VILLAGE]
    passed = False
    for one in start:
        held = handlers_at(one, line, offices)
        if free(held):
            return one, passed
        passed = passed or bool(held)
    return over[-1], passed


def line_of(matter: str, programme_line: str = "") -> str:
    """Return the line of business of a request."""
    return programme_line or str(LINES[Matter(matter)])


def targets(request: HelpRequest) -> list[tuple[str, str]]:
    """Return where `request` may be passed, as (``area id:line``, words): offices that somebody holds."""
    offices = authority.offices_over(request.area_path)
    found = []
    for area in levels_over(request.area):
        lines: dict[str, None] = {}
        for one in offices:
            if one.area_id == area.pk and one.role in _roles_at(area):
                lines[request.line if one.line == Line.ALL else one.line] = None
        found += [(f"{area.pk}:{line}", words(area, line)) for line in lines]
    here = f"{request.holder_id}:{request.line}"
    return [target for target in found if target[0] != here]


def words(area: Area, line: str) -> str:
    """Return an office in words, without its person: 杉坞镇（民政）."""
    return _("%(area)s（%(line)s）") % {"area": area.name, "line": Line(line).label}


def recipients(offices: Sequence[Office]) -> list[User]:
    """Return the holders of `offices`, each once, in a steady order."""
    people = {office.user_id: office.user for office in offices}
    return [people[pk] for pk in sorted(people)]


def _roles_at(area: Area) -> list[Role]:
    return HANDLING.get(Level(area.level), [])
