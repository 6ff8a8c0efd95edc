"""What a ticket came from (``?from=objection:12``): found within the person's sight, told and linked."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from disclosure.publicity.models import Objection
from portal.people.models import User
from portal.people.scope import scope_of
from workflows.rectification.models import Source

from . import gates

LONGEST = 64


@dataclass(frozen=True)
class Origin:
    """What a ticket is opened for: its opaque reference, its screen, and what the form begins with.

    `subject` and `concerns` go into the ticket as they are here, whatever the form says. `apart` are the
    officials (by key) whom it is about: the form begins with them ticked.
    """

    reference: str
    words: str
    url: str
    subject: str = ""
    concerns: User | None = None
    typed: dict[str, str] = field(default_factory=dict)
    apart: frozenset[int] = frozenset()


Finder = Callable[[User, str], Origin | None]
_finders: dict[str, Finder] = {}


def register(kind: str, finder: Finder) -> None:
    """Have `finder(user, key)` answer for ``"<kind>:<key>"``; None where it is hidden or missing."""
    _finders[kind] = finder


def find(user: User, reference: str) -> Origin | None:
    """Return what `reference` names as `user` may see it, or None."""
    kind, _colon, key = reference[:LONGEST].partition(":")
    finder = _finders.get(kind)
    return finder(user, key) if finder and key else None


def link_of(user: User, reference: str) -> Origin | None:
    """Return the same for the link on a ticket's page."""
    return find(user, reference) if reference else None


def objections_of(user: User) -> QuerySet[Objection]:
    """Return the objections that `user` reads: those who answer them or watch the answering."""
    found = Objection.objects.apart_from(user).select_related("list__area", "row")
    roles = gates.OBJECTION_READERS
    return scope_of(user).filter(found, "list__area_path", "list__line", roles=roles)


def objection(user: User, key: str) -> Origin | None:
    """Return an objection as the origin of a ticket; what was said in confidence is not copied into it."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    found = objections_of(user).filter(pk=int(key)).first()
    if found is None:
        return None
    words = _("对《%(list)s》的异议") % {"list": found.list.title}
    typed = {"source": Source.OBJECTION.value, "line": found.list.line}
    # Whom the objection complains of sees nothing of the ticket either.
    apart = frozenset(found.complaints.values_list("person", flat=True))
    return Origin(
        f"objection:{found.pk}", words, reverse("desk:objection", args=[found.pk]), typed=typed, apart=apart
    )


register("objection", objection)
