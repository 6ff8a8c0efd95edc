"""An office in the hands of whoever stands in for its holder."""

import copy
from collections.abc import Sequence

from .models import Line, Office, User


def standing_in(office: Office, own: Sequence[Office]) -> list[Office]:
    """Return `office` as held by the person whose offices `own` are, one at most.

    None where they hold none of the same area and line any more: a substitute obeys both.
    """
    for held in own:
        if held.area_id == office.area_id and held.line in (Line.ALL, office.line):
            taken = copy.copy(office)
            taken._state = copy.copy(office._state)
            taken._state.fields_cache = dict(office._state.fields_cache)
            taken.user = held.user
            taken.instead_of = office.user
            return [taken]
    return []


def stood_in_for(office: Office | None) -> User | None:
    """Return whose office it is where its holder is on leave and somebody else acts by it, else None."""
    principal: User | None = getattr(office, "instead_of", None)
    return principal
