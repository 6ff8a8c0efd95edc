"""Which events of the ledger a supervisor may read: those of the areas and lines of the own offices."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q, QuerySet

from disclosure.publicity.models import Complaint
from portal.areas.models import Area, Level
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from portal.people.models import Line, Office, User
from portal.people.scope import Scope, scope_of
from workflows.desk import gates
from workflows.rectification.models import Ticket

# How many digits of an area's code stand for each level; the rest are noughts (portal.areas checks it).
DIGITS = {Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}


# What upper rooms keep from the person whom it is about: object type and ids.
Finder = Callable[[User], tuple[str, Iterable[str]]]
_finders: list[Finder] = []


def keep_back(finder: Finder) -> None:
    """Have the events of the objects that `finder(user)` names kept from `user`."""
    if finder not in _finders:
        _finders.append(finder)


def offices_of(user: User) -> list[Office]:
    """Return the offices by which `user` supervises today."""
    return [office for office in scope_of(user).offices if office.role in gates.SUPERVISORS]


def scope_as_supervisor(user: User) -> Scope:
    """Return the scope of `user` less every office that does not supervise.

    Who supervises one village and helps in another reads the other by the helper's screens alone.
    """
    return Scope(scope_of(user).on, tuple(offices_of(user)))


def codes_within(area: Area, field: str = "area_code") -> Q:
    """Return the condition that `field` is the code of `area` or of one below it: one range of an index."""
    head = area.code[: DIGITS[Level(area.level)]]
    # Codes are twelve digits, so that the range is the same in every collation.
    return Q(**{f"{field}__gte": head.ljust(12, "0"), f"{field}__lte": head.ljust(12, "9")})


def reach_of(user: User) -> Q:
    """Return the condition that an event lies within the areas and lines of `user`; none without an office.

    Events of no area (the whole portal's: a restore, a page of the site) are read at the top of the tree
    alone. An office of one line reads the events of that line, not those of none.
    """
    condition = Q(pk__in=[])
    for office in offices_of(user):
        within = codes_within(office.area)
        if office.area.depth == 1:
            within |= Q(area_code="")
        if office.line != Line.ALL:
            within &= Q(line=office.line)
        condition |= within
    return condition


def events_within(user: User) -> QuerySet[Event]:
    """Return the events that `user` may read as a supervisor.

    Those of an objection that complains of the reader are kept from them, as the objection itself is; so are
    those of a ticket (with its files) and of a clue that are about the reader.
    """
    found = Event.objects.filter(reach_of(user))
    for object_type, ids in [_objections(user), *_tickets(user), *(finder(user) for finder in _finders)]:
        if kept_back := list(ids):
            found = found.exclude(object_type=object_type, object_id__in=kept_back)
    return found


def _objections(user: User) -> tuple[str, list[str]]:
    own = Complaint.objects.filter(person=user.pk).values_list("objection", flat=True)
    return "objection", [str(pk) for pk in own]


def _tickets(user: User) -> list[tuple[str, list[str]]]:
    numbers = dict(Ticket.objects.concerning(user).values_list("pk", "number"))
    if not numbers:
        return []
    files = PrivateFile.objects.filter(reference__in=[f"ticket:{pk}" for pk in numbers])
    return [
        ("ticket", list(numbers.values())),
        ("file", [str(pk) for pk in files.values_list("pk", flat=True)]),
    ]


def areas_within(user: User) -> QuerySet[Any]:
    """Return the areas that `user` supervises."""
    return scope_as_supervisor(user).filter_areas(Area.objects.all())
