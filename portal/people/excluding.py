"""What the rows of offices must never say, held against them by `compare_offices`: no service wrote it.

Nobody holds, on any same day, an administrator's office and another one (三员), or one that excludes the
office they stand in for; and no office lasts of which the ledger does not know who granted it.
"""

from itertools import combinations

from portal import clock
from portal.ledger.models import Event

from .models import ADMINISTRATOR_ROLES, Office, Substitution
from .standing_in import excluded


def overlap(one: Office, other: Office) -> bool:
    """Return whether there is a day on which both are held."""
    first, last = max(one.starts_on, other.starts_on), [one.ends_on, other.ends_on]
    return all(end is None or first < end for end in last)


def findings() -> list[str]:
    """Return a line (in Chinese) for each office that cannot have come about by the services."""
    rows = Office.objects.select_related("user", "area").order_by("user__username", "pk")
    mixed = rows.filter(user__offices__role__in=ADMINISTRATOR_ROLES).distinct()
    lines = [
        f"三员不能兼任：{one.user.username} 同时是 {one} 和 {other}"
        for one, other in combinations(mixed, 2)
        if one.user_id == other.user_id
        and {one.role, other.role} & set(ADMINISTRATOR_ROLES)
        and overlap(one, other)
    ]
    lines += _standing_in_for_the_excluded()
    granted = set(Event.objects.filter(kind="office.granted").values_list("object_id", flat=True))
    in_force = rows.filter(pk__in=Office.objects.in_force(clock.today()).values("pk"))
    unknown = [one for one in in_force if str(one.pk) not in granted]
    return lines + [f"账本里没有授予记录的任职：{one.user.username} {one}" for one in unknown]


def _standing_in_for_the_excluded() -> list[str]:
    lasting = Substitution.objects.exclude(confirmed_at=None).filter(
        last_on__gte=clock.today(), ended_at=None, declined_at=None
    )
    lines = []
    for one in lasting.select_related("office__area", "substitute").order_by("pk"):
        own = Office.objects.filter(user=one.substitute_id, starts_on__lte=one.last_on)
        for held in own.lasting(one.starts_on).select_related("area"):
            if held.ends_on != held.starts_on and excluded(one.office, held):
                lines.append(f"不能代办：{one.substitute.username} 是 {held}，又替 {one.office} 代办")
    return lines
