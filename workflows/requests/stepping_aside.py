"""Who must keep away from a request: relatives of the household that asks, and the official complained of.

A request names no household of the register, so the asker's name is looked for in the village: whoever is
related to a household with that name steps aside (design.md rule 3). Where several households have somebody
of that name, that may bar the wrong person: the page says so, and somebody who is related to none of them
settles whose request it is (`acting.settle_whose`); from then on that household alone counts. What is
reported may be about an official: who is named in it, by name or by surname and title, does not answer it.
"""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.areas.models import Area
from portal.people import recusal
from portal.people.called import is_called
from portal.people.models import Office, User
from portal.sealing.keys import keyed_hash
from workflows.registry.models import Household

from .models import HelpRequest, Matter


def reasons(user: User, role: str, request: HelpRequest) -> str:
    """Return why `user`, by an office of `role`, may not answer `request`; empty where they may."""
    homes = [request.household] if request.household else homes_named(request.area, str(request.name))
    return _why(user, role, homes, request.matter, str(request.text))


def free(offices: Sequence[Office], area: Area, matter: str, name: str, text: str) -> list[Office]:
    """Return those of `offices` whose holders may answer what `name` of the village `area` asks."""
    homes = homes_named(area, name)
    return [one for one in offices if not _why(one.user, one.role, homes, matter, text)]


def homes_named(area: Area, name: str) -> list[Household]:
    """Return the households of the village `area` with a head or a present member of exactly that name."""
    hashed = keyed_hash(name, "name")
    named = Q(head_name_hash=hashed) | Q(members__name_hash=hashed, members__left_on=None)
    return list(Household.objects.filter(named, area=area).distinct().order_by("pk"))


def passing_words(area: Area, name: str) -> str:
    """Return why a request went to the level above at once, for the asker to read."""
    if len(homes_named(area, name)) > 1:
        return _("村里有同名的户，下一级承办的人和其中一户是亲戚，先由这一级认定是哪一户")
    return _("下一级承办的人要回避，直接由这一级办")


def _why(user: User, role: str, homes: Sequence[Household], matter: str, text: str) -> str:
    related = recusal.reasons(user, [home.subject for home in homes])
    found = list(dict.fromkeys(related.values()))
    if related and len(related) < len(homes):
        found.append(
            _("村里有 %(count)s 户有叫这个名字的，还不知道是不是这一户，要由没有亲戚关系的人先认定")
            % {"count": len(homes)}
        )
    if matter == Matter.OTHER and is_called(user, role, text):
        found.append(_("反映的事里说到您本人"))
    return "；".join(found)
