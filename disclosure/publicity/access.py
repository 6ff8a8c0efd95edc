"""Who may open the private files of lists and objections: photos of the board show whole names."""

from portal.files.access import register
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


register("list", may_open_posting)
register(PHOTO, may_open_objection)
register(FINDINGS, may_open_objection)
