"""Who keeps out of judging a round: whoever is assessed in it, or answers for an area that is."""

from django.db.models import Q

from portal.people.models import Line, User
from portal.people.scope import scope_of

from .models import APPEALING, Round, Subjects


def answers_for(user: User, round_: Round) -> bool:
    """Return whether `user` is a subject of `round_`, or acts by an office that may appeal for one."""
    roles = APPEALING[Subjects(round_.subjects_are)]
    areas = {
        one.area_id
        for one in scope_of(user).acting
        if one.role in roles and one.line in (Line.ALL, round_.line)
    }
    return bool(round_.subjects.filter(Q(person=user.pk) | Q(area__in=areas)).exists())
