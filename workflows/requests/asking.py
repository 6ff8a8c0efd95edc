"""What one may ask for, as choices of a form: programmes open there, changes of a household, hardship, other.

The public's form and the desk's offer the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.areas.models import Area
from workflows.changes.models import Wanted
from workflows.programmes.models import Programme

from .models import Matter

HARDSHIP, OTHER = "hardship", "other"
PROGRAMME, CHANGE = "p-", "c-"
MOST_PROGRAMMES = 50
# Of the changes those that a household itself brings; of a helper or a category the office does.
CHANGES = [
    Wanted.BIRTH,
    Wanted.DEATH,
    Wanted.MARRY_IN,
    Wanted.MARRY_OUT,
    Wanted.MOVE_OUT,
    Wanted.MOVE,
    Wanted.SPLIT,
    Wanted.HEAD,
    Wanted.EXIT,
]
IN_NEED = [Wanted.ENTER, Wanted.REENTER]
Group = tuple[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Chosen:
    """What was chosen: the matter, with the programme or the change where there is one."""

    matter: str
    programme: Programme | None = None
    wanted: str = ""


def programmes_at(area: Area) -> Sequence[Programme]:
    """Return the programmes that are open to people of `area` (one query)."""
    above = [area.path[:end] for end in range(Area.steplen, len(area.path) + 1, Area.steplen)]
    found = Programme.objects.published().filter(area_path__in=above)
    return list(found.order_by("title", "pk")[:MOST_PROGRAMMES])


def groups(programmes: Sequence[Programme]) -> list[Group]:
    """Return the choices in groups, each a value and words; what is urgent stands first."""
    need: list[tuple[str, str]] = [(HARDSHIP, _("突然遇到急难：大病、受灾、出了事"))]
    labels = {Wanted.ENTER: _("家里困难，想纳入帮扶"), Wanted.REENTER: _("以前脱贫了，现在又困难")}
    need += [(CHANGE + one, labels[one]) for one in IN_NEED]
    found: list[Group] = [(_("遇到困难"), need)]
    if programmes:
        found.append((_("申请项目"), [(PROGRAMME + one.slug, one.title) for one in programmes]))
    found.append((_("家里有变化"), [(CHANGE + one, str(one.label)) for one in CHANGES]))
    found.append((_("其他"), [(OTHER, _("反映情况，或者别的事"))]))
    return found


def chosen(value: str, programmes: Sequence[Programme]) -> Chosen | None:
    """Return what the choice `value` means, or None for one that is not offered."""
    if value == HARDSHIP:
        return Chosen(Matter.HARDSHIP)
    if value == OTHER:
        return Chosen(Matter.OTHER)
    if value.startswith(PROGRAMME):
        slug = value.removeprefix(PROGRAMME)
        found = next((one for one in programmes if one.slug == slug), None)
        return Chosen(Matter.PROGRAMME, found) if found else None
    wanted = value.removeprefix(CHANGE)
    if value.startswith(CHANGE) and wanted in [*CHANGES, *IN_NEED]:
        return Chosen(Matter.CHANGE, wanted=wanted)
    return None
