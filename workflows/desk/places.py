"""A place typed by code or by part of its name, found within the person's own offices."""

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level
from portal.areas.names import full_name
from portal.people.models import User
from portal.people.scope import scope_of

MOST = 12
LONGEST = 30


def find_places(user: User, words: str) -> list[Area]:
    """Return at most MOST areas in force within the reach of `user` with that code or name.

    A name in full, or a code, gives that area alone.
    """
    words = words.replace("\x00", "").strip()[:LONGEST]
    if not words:
        return []
    reach = scope_of(user).filter_areas(Area.objects.in_force(clock.today()))
    exact = list(reach.filter(Q(code=words) | Q(name=words))[:MOST])
    return exact or list(reach.filter(Q(name__contains=words) | Q(code__startswith=words))[:MOST])


def asked_place(request: HttpRequest, user: User) -> tuple[Area | None, dict[str, object]]:
    """Return the area that the address names (``?place=``), and what the page shows to find one."""
    words = request.GET.get("place", "").replace("\x00", "")[:LONGEST]
    found = find_places(user, words)
    area = found[0] if len(found) == 1 else None
    several = [] if area else [{"code": one.code, "name": full_name(one)} for one in found]
    refusal = _("您管的地方里没有这个名字或代码，请核对。") if words and not found else ""
    return area, {"place": area, "place_words": words, "several": several, "place_refusal": refusal}


def villages_in(area: Area) -> list[Area]:
    """Return the villages in force within `area`, or the area itself where it is one."""
    return list(Area.objects.within(area).in_force(clock.today()).filter(level=Level.VILLAGE))
