"""Whether an official may do an act of this floor: whose office it is, until when, where, in which role."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from portal.people.models import ROLES_WITHOUT_CASES, Line, Office, User
from portal.people.scope import scope_of

from .errors import NotYourOffice


def require_own(by: User, office: Office, roles: Collection[str] = ()) -> None:
    """Raise NotYourOffice unless `by` holds `office` today, it opens cases, and has one of `roles` (if any).

    Asks the database anew, inside the caller's transaction: an office ended a moment ago no longer counts.
    """
    if office.pk not in {held.pk for held in scope_of(by, fresh=True).offices}:
        raise NotYourOffice(_("您现在没有担任这个职务，请换一个职务再办，或请管理员核对任职日期。"))
    if office.role in ROLES_WITHOUT_CASES or (roles and office.role not in roles):
        raise NotYourOffice(_("%(role)s不能办这件事，请交给该办的人。") % {"role": office.get_role_display()})


def covers(office: Office, area_path: str, line: str) -> bool:
    """Return whether `office` covers the area at `area_path` for `line`."""
    return office.area.covers(area_path) and office.line in (Line.ALL, line)
