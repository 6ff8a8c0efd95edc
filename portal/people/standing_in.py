"""An office in the hands of whoever stands in for its holder."""

import copy
from collections.abc import Sequence

from .models import ADMINISTRATOR_ROLES, SUBSTITUTABLE, Line, Office, User, watches


def standing_in(office: Office, own: Sequence[Office]) -> list[Office]:
    """Return `office` as held by the person whose offices `own` are, one at most.

    None where they hold none of business of the same area and line any more (a substitute obeys both), or one
    that excludes `office`.
    """
    if any(excluded(office, held) for held in own):
        return []
    for held in own:
        same = held.area_id == office.area_id and held.line in (Line.ALL, office.line)
        if same and held.role in SUBSTITUTABLE:
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


def excluded(office: Office, held: Office) -> bool:
    """Return whether the holder of `held` may not stand in by `office`, whatever else they hold.

    Administrators do no business, and the committee and those it watches do not stand in for each other.
    """
    return held.role in ADMINISTRATOR_ROLES or (
        held.area_id == office.area_id and watches(held.role, office.role)
    )
