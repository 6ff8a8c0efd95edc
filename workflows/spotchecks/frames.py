"""The frame of a spot check: what was paid by a programme or as temporary aid, each case an opaque key."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from portal.areas.models import Area, path_range
from portal.ledger.draws import Row
from portal.people.models import User
from workflows.engine.models import Case, CaseState
from workflows.programmes.models import Programme

# The scheme of temporary aid, which has no programme.
AID = "aid:temporary"


@dataclass(frozen=True)
class Wanted:
    """What is to be sampled: a programme's money in an area, paid from `first` to `last`, both included.

    Without a programme it is temporary aid; what was handed over first counts as paid on that day (BZ-23).
    `with_unpaid` adds what was approved of cases that were opened in those days and not paid yet: money due
    that does not arrive is what XY-44 asks for.
    """

    programme: Programme | None
    area: Area
    first: date
    last: date
    with_unpaid: bool = False


def all_cases(user: User, programme: Programme | None, area: Area) -> QuerySet[Case]:
    """Return every case of `programme` (None: temporary aid) in `area` that `user` may see."""
    schemes = [version.scheme for version in programme.versions.all()] if programme else [AID]
    found = Case.objects.visible_to(user).filter(path_range(area.path), scheme__in=schemes)
    return found.select_related("area", "payment", "aid").order_by("pk")


def cases_of(user: User, wanted: Wanted) -> list[Case]:
    """Return the cases that `wanted` names and `user` may see, with what was paid."""
    days = (wanted.first, wanted.last)
    asked = Q(payment__paid_on__range=days) | Q(aid__advanced_on__range=days)
    if wanted.with_unpaid:
        approved = Q(application__approved_fen__gt=0)
        approved |= Q(aid__approved_fen__gt=Coalesce(F("aid__advanced_fen"), 0))
        waiting = Q(payment=None, state=CaseState.ACTIVE, opened_at__date__range=days)
        asked |= waiting & approved
    return list(all_cases(user, wanted.programme, wanted.area).filter(asked))


def handed_over(case: Case, until: date) -> int:
    """Return the fen that stand in the books for `case` up to `until`: its payment, and aid given first."""
    payment, aid = getattr(case, "payment", None), getattr(case, "aid", None)
    paid = payment.amount_fen if payment and payment.paid_on <= until else 0
    first = aid.advanced_fen or 0 if aid and aid.advanced_on and aid.advanced_on <= until else 0
    return int(paid + first)


def last_handed_over(case: Case) -> date | None:
    """Return the last day on which money of `case` was handed over, None where none was."""
    payment, aid = getattr(case, "payment", None), getattr(case, "aid", None)
    day: date | None = payment.paid_on if payment else aid.advanced_on if aid else None
    return day


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
