"""Who of the officials is related to which household: declared, recorded, and read by the engine."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from portal.configuration.services import value
from portal.ledger.services import Draft, append
from portal.people.models import Office, User

from . import events
from .keys import RECUSAL_DEGREES
from .models import Degree, Household, Kinship


def related(user: User, subjects: Sequence[str]) -> dict[str, str]:
    """Return the reason of recusal for each of `subjects` whose household is related to `user`."""
    by_id = {key.removeprefix("household:"): key for key in subjects if key.startswith("household:")}
    if not by_id:
        return {}
    found = Kinship.objects.filter(user=user, household__in=by_id, degree__in=value(RECUSAL_DEGREES))
    return {
        by_id[str(household)]: _("与这户是%(degree)s关系") % {"degree": Degree(degree).label}
        for household, degree in found.values_list("household_id", "degree")
    }


def declare(*, by: User, office: Office | None, user: User, household: Household, degree: Degree) -> Kinship:
    """Record that `user` is related to `household` in `degree`; the event names no villager."""
    with transaction.atomic():
        kinship, _created = Kinship.objects.update_or_create(
            user=user, household=household, defaults={"degree": degree}
        )
        append(
            Draft(
                events.KINSHIP_DECLARED,
                "household",
                str(household.pk),
                actor=by,
                office=office,
                area_code=household.area.code,
                body={"official": user.username, "degree": Degree(degree).value},
            )
        )
    return kinship
