"""Reaching a list: one error for missing and for out of reach, and one order of locking its versions."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from disclosure.deliberations.offices import covers, require_own
from portal.people.models import Office, User

from .errors import NoSuchList
from .models import ListState, PublicList


def locked_series(list_id: int) -> tuple[PublicList, PublicList]:
    """Return the list and the latest version of its series, all versions locked; NoSuchList if missing.

    Everything that touches a list locks it first, oldest version first: an objection that comes in or is
    answered while the clock's job ends the list is then either before that or after it, never between.
    """
    series = PublicList.objects.published().filter(pk=list_id).values_list("series", flat=True).first()
    if series is None:
        raise missing()
    chain = PublicList.objects.select_for_update(of=("self",), no_key=True)
    chain = chain.select_related("area", "deliberation").filter(series=series).order_by("pk")
    while True:
        versions = {one.pk: one for one in chain.all()}
        latest = max(versions.values(), key=lambda one: one.version)
        # Whoever held the lock before may have added a version that this statement did not see yet.
        if latest.state != ListState.SUPERSEDED:
            return versions[list_id], latest


def require_reach(by: User, office: Office, list: PublicList, roles: Collection[str] = ()) -> None:
    """Raise NotYourOffice where `by` holds no such role by it, NoSuchList where it does not cover."""
    require_own(by, office, roles)
    if not covers(office, list.area_path, list.line):
        raise missing()


def missing() -> NoSuchList:
    """Return the one answer for lists that do not exist and lists that the asker may not know of."""
    return NoSuchList(_("没有找到这份名单，请核对编号。"))
