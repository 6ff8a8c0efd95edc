"""Who must keep away from a request: relatives of the household that asks, and the official complained of.

A request names no household of the register, so the asker's name is looked for in the village: whoever is
related to a household with that name steps aside (design.md rule 3). What is reported may be about an
official: who is named in it, by name or by surname and title, does not answer it.
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
    return _why(user, role, request.area, request.matter, str(request.name), str(request.text))


def free(offices: Sequence[Office], area: Area, matter: str, name: str, text: str) -> list[Office]:
    """Return those of `offices` whose holders may answer what `name` of the village `area` asks."""
    return [one for one in offices if not _why(one.user, one.role, area, matter, name, text)]


def _why(user: User, role: str, area: Area, matter: str, name: str, text: str) -> str:
    hashed = keyed_hash(name, "name")
    named = Q(head_name_hash=hashed) | Q(members__name_hash=hashed, members__left_on=None)
    homes = Household.objects.filter(named, area=area).distinct()
    found = list(dict.fromkeys(recusal.reasons(user, [home.subject for home in homes]).values()))
    if matter == Matter.OTHER and is_called(user, role, text):
        found.append(_("反映的事里说到您本人"))
    return "；".join(found)
