"""Telling of an objection those who may answer it, in the transaction in which it is lodged."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from disclosure.deliberations.offices import covers
from disclosure.publicity.models import Objection
from disclosure.publicity.objections import ANSWERING_ROLES
from disclosure.publicity.owed import CORRECTING_ROLE
from disclosure.publicity.signals import correction_owed, objection_lodged
from disclosure.site.elder import plain
from portal import clock
from portal.outbox.models import Kind
from portal.outbox.services import send
from portal.people import recusal
from portal.people.models import Office, Role, User

# The first who look into it; where none of them is there (or free to answer) the next above are told.
FIRST = [Role.VILLAGE_SUPERVISION, Role.TOWNSHIP_REVIEWER]
THEN = [[Role.TOWNSHIP_HEAD], [Role.COUNTY_REVIEWER], [Role.COUNTY_HEAD]]


def listen() -> None:
    """Have objections told of from now on."""
    objection_lodged.connect(on_objection_lodged, dispatch_uid="desk.objection_messages")
    correction_owed.connect(on_correction_owed, dispatch_uid="desk.objection_messages.owed")


def on_objection_lodged(*, objection: Objection, **signal: Any) -> None:
    """Tell whoever answers for the list's area and line; the message says neither who nor what about."""
    words = {"area": objection.list.area.name, "day": objection.due_on.isoformat()}
    title = _("%(area)s的公示有一件新异议，请在 %(day)s 前查证答复") % words
    link = plain(reverse("desk:objection", args=[objection.pk]))
    send(answerers(objection), title, link, kind=Kind.OBJECTION)


def on_correction_owed(*, objection: Objection, **signal: Any) -> None:
    """Tell those who must see the list corrected; the message says neither who nor what about."""
    list = objection.list
    held = Office.objects.in_force(clock.today()).filter(role=CORRECTING_ROLE, user__is_active=True)
    offices = held.select_related("user", "area")
    people = {one.user.pk: one.user for one in offices if covers(one, list.area_path, list.line)}
    title = _("%(area)s有一件异议答复成立，名单要更正") % {"area": list.area.name}
    send(
        [*people.values()], title, plain(reverse("desk:objection", args=[objection.pk])), kind=Kind.OBJECTION
    )


def answerers(objection: Objection) -> list[User]:
    """Return who is told of `objection`: those nearest to it who may answer and need not step aside."""
    list = objection.list
    held = Office.objects.in_force(clock.today()).filter(role__in=ANSWERING_ROLES, user__is_active=True)
    offices = [one for one in held.select_related("user", "area") if covers(one, list.area_path, list.line)]
    rows = [objection.row] if objection.row else list.rows.only("list", "subject")
    subjects = [row.subject for row in rows]
    for roles in [FIRST, *THEN]:
        people = {one.user.pk: one.user for one in offices if one.role in roles}
        free = [user for user in people.values() if not _steps_aside(user, subjects)]
        if free:
            return free
    return []


def _steps_aside(user: User, subjects: Sequence[str]) -> bool:
    return bool(recusal.reasons(user, subjects))
