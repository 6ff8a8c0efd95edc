"""How far a chief supervisor's word reaches in the sealed log: to the inspectors of their own area."""

from django.db.models import Q, QuerySet

from portal.areas.models import Area, Level, path_range
from portal.ledger.models import Event
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of

from . import events
from .models import Opening

CHIEF_LEVELS = (Level.COUNTY, Level.CITY)


def chief_offices(user: User) -> list[Office]:
    """Return the supervisor's offices of a county or city that `user` holds."""
    held = scope_of(user, fresh=True).offices
    return [one for one in held if one.role == Role.SUPERVISOR and one.area.level in CHIEF_LEVELS]


def inspectors(*areas: Area) -> QuerySet[User]:
    """Return who holds, or held, a supervisor's office within one of `areas`."""
    within = Q(pk__in=[])
    for area in areas:
        within |= path_range(area.path, "area__path")
    held = Office.objects.filter(within, role=Role.SUPERVISOR)
    return User.objects.filter(pk__in=held.values("user"))


def readable(user: User) -> QuerySet[Opening]:
    """Return the openings that were asked for within an area of which `user` is a chief supervisor."""
    within = Q(pk__in=[])
    for office in chief_offices(user):
        within |= path_range(office.area.path, "path")
    codes = Area.objects.filter(within).values("code")
    asked = Event.objects.filter(kind=events.ASKED, area_code__in=codes).values_list("object_id", flat=True)
    return Opening.objects.filter(pk__in=[int(pk) for pk in asked])


def area_of(opening: Opening) -> Area:
    """Return the area for which `opening` was asked: the office's that asked, as its event holds it."""
    event = Event.objects.get(kind=events.ASKED, object_type="inquiry_opening", object_id=str(opening.pk))
    return Area.objects.get(code=event.area_code)
