"""Who is told when a step stays red: the seat's next superior, then the one above. Nothing moves by it."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from portal.people.models import TOWNSHIP_ROLES, VILLAGE_ROLES, Office, Role, User
from workflows.engine import authority
from workflows.engine.definitions import Seat

# Who answers for whom. Not the map of recusal (`authority.SUPERIOR`), by which the work itself passes upward.
ABOVE: dict[Role, Role] = {
    **dict.fromkeys(VILLAGE_ROLES, Role.TOWNSHIP_REVIEWER),
    Role.TOWNSHIP_REVIEWER: Role.TOWNSHIP_HEAD,
    Role.TOWNSHIP_HEAD: Role.COUNTY_HEAD,
    Role.COUNTY_REVIEWER: Role.COUNTY_HEAD,
    Role.COUNTY_FINANCE: Role.COUNTY_HEAD,
    Role.COUNTY_HEAD: Role.SUPERVISOR,
}
assert set(TOWNSHIP_ROLES) <= set(ABOVE)


def chain(role: Role) -> list[Role]:
    """Return the superiors of `role`, the next one first."""
    found: list[Role] = []
    while (above := ABOVE.get(found[-1] if found else role)) is not None:
        found.append(above)
    return found


LEVELS_ABOVE = max(len(chain(role)) for role in ABOVE)


def superiors(seats: Iterable[Seat], level: int, offices: Sequence[Office]) -> list[Office]:
    """Return the offices at the `level`-th superior (from 1) of each of `seats`, among those over the area.

    A level that nobody holds is passed over to the next that somebody does; empty where there is none.
    """
    found: dict[int, Office] = {}
    for seat in seats:
        held = [authority.holders(Seat(role, seat.line), offices) for role in chain(seat.role)]
        held = [people for people in held if people]
        if level <= len(held):
            found |= {office.pk: office for office in held[level - 1]}
    return list(found.values())


def in_words(told: Iterable[Office]) -> list[str]:
    """Return who was told, as a reminder keeps it: each name with its office."""
    return [_("%(name)s（%(office)s）") % {"name": office.user, "office": office} for office in told]


def in_record(told: Iterable[Office]) -> list[str]:
    """Return who was told, as the ledger keeps it: role and place, no name."""
    return [f"{office.role}:{office.area.code}" for office in told]


def people_of(told: Iterable[Office]) -> list[User]:
    """Return the people behind the offices, each once, in order of their accounts."""
    people = {office.user_id: office.user for office in told}
    return [people[pk] for pk in sorted(people)]
