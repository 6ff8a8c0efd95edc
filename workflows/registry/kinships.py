"""Who of the officials is related to which household: declared, recorded, and read by the engine."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.configuration.services import value
from portal.ledger.services import Draft, append
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of

from . import events
from .keys import RECUSAL_DEGREES
from .models import Degree, Household, Kinship
from .rows import with_rows

HOUSEHOLD = "household:"
RECORDING_ROLES = [Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER]


class KinshipRefused(Exception):
    """A relation that could not be recorded; `str()` says who may."""


def kinships_of(user: User, households: Collection[str]) -> QuerySet[Kinship]:
    """Return the relations of `user` to `households` (keys such as ``household:17``) that bar from acting."""
    keys = [key.removeprefix(HOUSEHOLD) for key in households if key.startswith(HOUSEHOLD)]
    return Kinship.objects.filter(user=user, household__in=keys, degree__in=value(RECUSAL_DEGREES))


def declare(*, by: User, office: Office | None, user: User, household: Household, degree: Degree) -> Kinship:
    """Record that `user` is related to `household` in `degree`; the event names no villager.

    Officials declare their own, once; a township or county reviewer of the place may record somebody else's
    and put right what was declared.
    Raises KinshipRefused.
    """
    with transaction.atomic():
        recording = scope_of(by, fresh=True).holds(RECORDING_ROLES, household.area_path, None)
        if by.pk != user.pk and recording is None:
            raise KinshipRefused(_("亲属关系由本人申报，或者由管这个村的经办登记。"))
        office = office or recording
        earlier = Kinship.objects.select_for_update().filter(user=user, household=household).first()
        if earlier and earlier.degree != degree and by.pk == user.pk:
            # Else an official would talk themselves out of a recusal.
            raise KinshipRefused(_("已经申报过这一户，要改关系请找管这个村的另一位经办登记。"))
        kinship, _created = Kinship.objects.update_or_create(
            user=user, household=household, defaults={"degree": degree}
        )
        draft = Draft(
            events.KINSHIP_DECLARED,
            "household",
            str(household.pk),
            actor=by,
            office=office,
            area_code=household.area.code,
            body={"official": user.username, "degree": Degree(degree).value},
        )
        append(with_rows(draft, kinship))
    return kinship
