"""The frame of a spot check: what a programme paid, each case an opaque key in its village."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from portal.areas.models import Area, path_range
from portal.ledger.draws import Row
from portal.people.models import User
from workflows.engine.models import Case, CaseState
from workflows.programmes.models import Programme


@dataclass(frozen=True)
class Wanted:
    """What is to be sampled: a programme's money in an area, paid from `first` to `last`, both included.

    `with_unpaid` adds what was approved of cases that were opened in those days and not paid yet: money due
    that does not arrive is what XY-44 asks for.
    """

    programme: Programme
    area: Area
    first: date
    last: date
    with_unpaid: bool = False


def all_cases(user: User, programme: Programme, area: Area) -> QuerySet[Case]:
    """Return every case of `programme` in `area` that `user` may see, with place and payment."""
    schemes = [version.scheme for version in programme.versions.all()]
    found = Case.objects.visible_to(user).filter(path_range(area.path), scheme__in=schemes)
    return found.select_related("area", "payment").order_by("pk")


def cases_of(user: User, wanted: Wanted) -> list[Case]:
    """Return the cases that `wanted` names and `user` may see, with payment and application."""
    found = all_cases(user, wanted.programme, wanted.area)
    cases = list(found.filter(payment__paid_on__range=(wanted.first, wanted.last)))
    if wanted.with_unpaid:
        waiting = found.filter(
            payment=None,
            state=CaseState.ACTIVE,
            application__approved_fen__gt=0,
            opened_at__date__range=(wanted.first, wanted.last),
        )
        cases += list(waiting)
    return cases


def key_of(salt: str, case: Case) -> str:
    """Return the opaque key of `case` in the frame salted with `salt` (hex)."""
    return hashlib.sha256(bytes.fromhex(salt) + case.number.encode()).hexdigest()[:32]


def paid_digest(salt: str, paid: Sequence[int]) -> str:
    """Return the salted digest of what the books said of the drawn cases, in fen, by position."""
    return hashlib.sha256(bytes.fromhex(salt) + ",".join(map(str, paid)).encode()).hexdigest()


def rows_of(salt: str, cases: list[Case]) -> list[Row]:
    """Return village and key of each of `cases`."""
    return [(case.area.code, key_of(salt, case)) for case in cases]


def take_of(held: Mapping[str, int], per_village: int, percent: int) -> dict[str, int]:
    """Return how many to draw of each village: the larger of a number and a share, never more than it has."""
    return {
        village: min(count, max(per_village, math.ceil(count * percent / 100)))
        for village, count in held.items()
    }
