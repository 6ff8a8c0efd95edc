"""Who helps which household, and who may: handed over when a helper leaves."""

from datetime import date

from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area
from portal.ledger.services import Draft
from portal.people.errors import NotPermitted
from portal.people.models import Office, Role, User

from . import events
from .models import Household
from .rows import with_rows

HELPING_ROLES = [Role.HELPER, Role.RESIDENT_TEAM, Role.VILLAGE_CLERK]


def helpers_of(household: Household, on: date) -> list[Office]:
    """Return an office on the day `on` of everyone who may help `household`, by name (one query)."""
    path = household.area_path
    reach = [path[:end] for end in range(Area.steplen, len(path) + 1, Area.steplen)]
    offices = Office.objects.filter(role__in=HELPING_ROLES, area__path__in=reach, user__is_active=True)
    found = {one.user_id: one for one in offices.in_force(on).select_related("user", "area").order_by("-pk")}
    return sorted(found.values(), key=lambda one: (one.user.display_name, one.user_id))


def hand_over(*, by: User, from_user: User, to_user: User, reason: str) -> list[Draft]:
    """Give the households that `from_user` helps to `to_user`, and return an event for each.

    Called inside the transaction of `portal.people.services.hand_over`. Raises NotPermitted where `to_user`
    holds no office that helps in a household's village.
    """
    helped = Household.objects.select_for_update(of=("self",)).filter(helper=from_user)
    households = list(helped.select_related("area").order_by("pk"))
    offices = Office.objects.filter(user=to_user, role__in=HELPING_ROLES).in_force(clock.today())
    paths = [office.area.path for office in offices.select_related("area")]
    drafts = []
    for household in households:
        if not any(household.area_path.startswith(path) for path in paths):
            raise NotPermitted(
                _("接手的人在%(village)s没有帮扶职务，请先任职再移交。") % {"village": household.area.name}
            )
        household.helper = to_user
        household.save(update_fields=["helper"])
        body = {"from": from_user.username, "to": to_user.username}
        draft = Draft(
            events.HELPER_ASSIGNED,
            "household",
            str(household.pk),
            actor=by,
            area_code=household.area.code,
            body=body,
            sealed={"reason": reason},
        )
        drafts.append(with_rows(draft, household))
    return drafts
