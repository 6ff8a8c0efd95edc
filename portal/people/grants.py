"""What follows from an office's dates: guardian's grants on the area, and telling the upper rooms.

Rights are read from offices and their dates alone (`scope`). The guardian permissions repeat them for
packages that ask Django; only this module writes them, and `compare_offices` compares the two.
"""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, remove_perm

from portal import clock
from portal.areas.models import Area

from .models import Announced, Office, User
from .signals import office_ended, office_granted

PREFIX = "hold_"


def announce(office: Office) -> bool:
    """Bring guardian's grants and the upper rooms up to the office's dates; return whether it changed.

    Call it inside the transaction. Doing it twice changes nothing.
    """
    today = clock.today()
    ended = office.ends_on is not None and office.ends_on <= today
    due = Announced.ENDED if ended else Announced.IN_FORCE if office.starts_on <= today else Announced.WAITING
    before = office.announced
    if due == before:
        return False
    office.announced = due
    office.save(update_fields=["announced"])
    if due == Announced.IN_FORCE:
        assign_perm(PREFIX + office.role, office.user, office.area)
        office_granted.send(sender=Office, office=office)
    elif before == Announced.IN_FORCE:
        # The same role at the same area may be held for another line as well.
        others = Office.objects.filter(user=office.user, role=office.role, area=office.area)
        if not others.exclude(pk=office.pk).filter(announced=Announced.IN_FORCE).exists():
            remove_perm(PREFIX + office.role, office.user, office.area)
        office_ended.send(sender=Office, office=office)
    return True


def announce_due() -> int:
    """Announce every office whose first or last day has come (the clock's job); return how many."""
    changed = 0
    for pk in _due().values_list("pk", flat=True):
        with transaction.atomic():
            office = Office.objects.select_for_update(of=("self",)).select_related("area", "user").get(pk=pk)
            changed += announce(office)
    return changed


def _due() -> QuerySet[Office]:
    today = clock.today()
    begun = Q(announced=Announced.WAITING, starts_on__lte=today)
    over = Q(announced__in=[Announced.WAITING, Announced.IN_FORCE], ends_on__lte=today)
    return Office.objects.filter(begun | over).order_by("pk")


@dataclass(frozen=True)
class Differences:
    """Where guardian's grants, superuser flags and the offices in force disagree."""

    without_grant: list[tuple[str, str, str]]
    without_office: list[tuple[str, str, str]]
    superusers: list[str]

    def __bool__(self) -> bool:
        return bool(self.without_grant or self.without_office or self.superusers)


def differences() -> Differences:
    """Compare guardian's grants on areas with the offices in force today, as (username, role, area code)."""
    in_force = Office.objects.in_force(clock.today())
    offices = set(in_force.values_list("user__username", "role", "area__code"))
    codes = {str(pk): code for pk, code in Area.objects.values_list("pk", "code")}
    rows = UserObjectPermission.objects.filter(content_type=ContentType.objects.get_for_model(Area))
    grants = {
        (username, codename.removeprefix(PREFIX), codes.get(pk, pk))
        for username, codename, pk in rows.values_list("user__username", "permission__codename", "object_pk")
    }
    flagged = User.objects.filter(is_superuser=True).values_list("username", flat=True)
    return Differences(sorted(offices - grants), sorted(grants - offices), sorted(flagged))
