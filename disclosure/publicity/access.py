"""Who may open the private files of lists and objections: photos of the board show whole names."""

from django.utils.translation import gettext as _

from portal.files.access import Owner, register
from portal.people.models import Role, User
from portal.people.scope import scope_of

from .answering import FINDINGS
from .handling import ANSWERING_ROLES
from .models import Objection, PublicList
from .records import PHOTO


def may_open_posting(user: User, number: str) -> bool:
    """Return whether an office of `user` that opens cases covers the list of that number."""
    return scope_of(user).filter(PublicList.objects.published().filter(number=number)).exists()


def may_open_objection(user: User, objection_id: str) -> bool:
    """Return whether `user` may answer the objection with that id, or supervises those who do.

    Whom it complains of never does.
    """
    if not objection_id.isdecimal():
        return False
    found = Objection.objects.apart_from(user).filter(pk=int(objection_id))
    roles = [*ANSWERING_ROLES, Role.SUPERVISOR]
    return scope_of(user).filter(found, "list__area_path", "list__line", roles=roles).exists()


def _list(number: str) -> Owner:
    found = PublicList.objects.select_related("area").get(number=number)
    return Owner("list", number, _("名单 %(number)s") % {"number": number}, found.area, found.line)


def _objection(objection_id: str) -> Owner:
    found = Objection.objects.select_related("list__area").get(pk=int(objection_id))
    said = _("名单 %(number)s 的异议") % {"number": found.list.number}
    return Owner("objection", objection_id, said, found.list.area, found.list.line)


register("list", may_open_posting, owner=_list)
register(PHOTO, may_open_objection, owner=_objection)
register(FINDINGS, may_open_objection, owner=_objection)
