"""Who handles an objection: the officials over its place, who is complained of, at which level it stands.

Nobody answers an objection in which they are complained of, filed for the household, or are related to it.
Where that leaves nobody at a level, it goes to the level above by itself, openly (design.md rule 3).
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from portal import clock
from portal.areas.models import LEVELS, Area, Level
from portal.people import recusal
from portal.people.called import is_called
from portal.people.models import ROLES_WITHOUT_CASES, Line, Office, Role, User

from .models import Complaint, Objection, PublicList

# Those who may answer. Who filed for a household does not: the clerk and the helper are not among them.
ANSWERING_ROLES = [
    Role.VILLAGE_SUPERVISION,
    Role.TOWNSHIP_REVIEWER,
    Role.TOWNSHIP_HEAD,
    Role.COUNTY_REVIEWER,
    Role.COUNTY_HEAD,
]
# Of whom a villager may complain by office.
COMPLAINABLE = [
    Role.VILLAGE_CLERK,
    Role.VILLAGE_SECRETARY,
    Role.VILLAGE_SUPERVISION,
    Role.HELPER,
    Role.RESIDENT_TEAM,
    Role.GRID_WORKER,
    Role.TOWNSHIP_REVIEWER,
    Role.TOWNSHIP_HEAD,
    Role.COUNTY_REVIEWER,
    Role.COUNTY_HEAD,
    Role.COUNTY_FINANCE,
]
ANSWERING_LEVELS = [Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY]

Filers = Callable[[Sequence[str]], Mapping[str, Collection[int]]]
_filers: list[Filers] = []


def register_filers(source: Filers) -> None:
    """Let `source(subjects)` give, by subject, the ids of the accounts that filed for it."""
    if source not in _filers:
        _filers.append(source)


def filers_of(subjects: Sequence[str]) -> set[int]:
    """Return the ids of the accounts that filed for any of `subjects`."""
    return {pk for source in _filers for ids in source(subjects).values() for pk in ids}


def subjects_of(objection: Objection) -> list[str]:
    """Return the subjects that the objection is about: its row's, or those of the whole list."""
    if objection.row is not None:
        return [objection.row.subject]
    return [*objection.list.rows.values_list("subject", flat=True)]


def officials_over(list: PublicList) -> list[Office]:
    """Return the offices of business in force today over the list's area and line (one query)."""
    ends = range(Area.steplen, len(list.area_path) + 1, Area.steplen)
    held = Office.objects.filter(area__path__in=[list.area_path[:end] for end in ends], user__is_active=True)
    held = held.exclude(role__in=ROLES_WITHOUT_CASES).in_force(clock.today())
    return [
        one for one in held.select_related("user", "area").order_by("pk") if one.line in (Line.ALL, list.line)
    ]


def complained_of(objection: Objection) -> set[int]:
    """Return the ids of those in whom the objection finds fault."""
    return set(Complaint.objects.filter(objection=objection).values_list("person", flat=True))


def is_complained_of(user: User, objection: Objection) -> bool:
    """Return whether the objection complains of `user`, who then sees nothing of it."""
    return Complaint.objects.filter(objection=objection, person=user).exists()


def spoken_of(list: PublicList, role: str, words: str) -> dict[int, User]:
    """Return whom an objection complains of: the holders of `role` over the list, and whoever `words` name.

    `words` name somebody by the whole name, or by surname and title (`portal.people.called`).
    """
    return {
        office.user_id: office.user
        for office in officials_over(list)
        if (role and office.role == role) or is_called(office.user, office.role, words)
    }


def at_or_above(office: Office, level: str) -> bool:
    """Return whether `office` is held at `level` or above it."""
    return LEVELS.index(Level(office.area.level)) <= LEVELS.index(Level(level))


def level_above(level: str) -> Level | None:
    """Return the next level that answers objections above `level`; None above the county."""
    place = ANSWERING_LEVELS.index(Level(level)) + 1
    return ANSWERING_LEVELS[place] if place < len(ANSWERING_LEVELS) else None


def free_answerers(objection: Objection, barred: Collection[int] = ()) -> list[Office]:
    """Return the offices that may answer `objection`: answering role, high enough, nobody to step aside.

    `barred` are ids of accounts that are kept from it for another reason than those known here.
    """
    subjects = subjects_of(objection)
    out = complained_of(objection) | filers_of(subjects) | set(barred) | first_hands(objection)
    return [
        office
        for office in officials_over(objection.list)
        if office.role in ANSWERING_ROLES
        and at_or_above(office, objection.level)
        and office.user_id not in out
        and not recusal.reasons(office.user, subjects)
    ]


def first_hands(objection: Objection) -> set[int]:
    """Return the ids of those who answered what an appeal is against; empty for what is no appeal."""
    first = objection.appeal_of
    return {first.answered_by_id} if first is not None and first.answered_by_id else set()


def settle_level(objection: Objection) -> bool:
    """Move an open objection up to the first level where somebody may answer it; return whether it moved.

    It stays where it is if its level has nobody at all (an empty pool blocks and says so), or if nobody is
    free anywhere. The caller saves `level` and `passed_up`.
    """
    held = [one for one in officials_over(objection.list) if one.role in ANSWERING_ROLES]
    free = {one.area.level for one in free_answerers(objection)}
    start = ANSWERING_LEVELS.index(Level(objection.level))
    skipped = False
    for level in ANSWERING_LEVELS[start:]:
        if level in free:
            if not skipped or level == objection.level:
                return False
            objection.level, objection.passed_up = level, True
            return True
        skipped = skipped or any(one.area.level == level for one in held)
    return False
