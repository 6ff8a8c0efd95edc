"""Telling of an objection those who may answer it, in the transaction in which it is lodged."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from disclosure.deliberations.offices import covers
from disclosure.publicity.handling import complained_of, free_answerers
from disclosure.publicity.models import Objection, Redaction
from disclosure.publicity.owed import CORRECTING_ROLE
from disclosure.publicity.redacting import DECIDING_ROLES
from disclosure.publicity.signals import complaint_marked, correction_owed, objection_lodged, redaction_asked
from disclosure.site.elder import plain
from portal import clock
from portal.outbox.models import Kind
from portal.outbox.services import recall, send
from portal.people.models import Office, Role, User

# The first who look into it; where none of them is there (or free to answer) the next above are told.
FIRST = [Role.VILLAGE_SUPERVISION, Role.TOWNSHIP_REVIEWER]
THEN = [[Role.TOWNSHIP_HEAD], [Role.COUNTY_REVIEWER], [Role.COUNTY_HEAD]]


def listen() -> None:
    """Have objections told of from now on."""
    objection_lodged.connect(on_objection_lodged, dispatch_uid="desk.objection_messages")
    correction_owed.connect(on_correction_owed, dispatch_uid="desk.objection_messages.owed")
    redaction_asked.connect(on_redaction_asked, dispatch_uid="desk.objection_messages.redaction")
    complaint_marked.connect(on_complaint_marked, dispatch_uid="desk.objection_messages.complaint")


def on_objection_lodged(*, objection: Objection, **signal: Any) -> None:
    """Tell whoever answers for the list's area and line; the message says neither who nor what about."""
    words = {"area": objection.list.area.name, "day": objection.due_on.isoformat()}
    title = _("%(area)s的公示有一件新异议，请在 %(day)s 前查证答复")
    if objection.appeal_of_id:
        title = _("%(area)s有一件异议申请复核，请在 %(day)s 前查证答复")
    # Whom it complains of may be in the group that a robot writes to.
    groups = not complained_of(objection)
    send(answerers(objection), title % words, _path(objection), kind=Kind.OBJECTION, groups=groups)


def on_complaint_marked(*, objection: Objection, person: User, moved: bool, **signal: Any) -> None:
    """Take back what the official complained of was told; tell those to whom it went instead."""
    recall([person], _path(objection))
    if moved:
        on_objection_lodged(objection=objection)


def on_correction_owed(*, objection: Objection, **signal: Any) -> None:
    """Tell those who must see the list corrected; the message says neither who nor what about."""
    list = objection.list
    held = Office.objects.in_force(clock.today()).filter(role=CORRECTING_ROLE, user__is_active=True)
    offices = held.exclude(user__in=complained_of(objection)).select_related("user", "area")
    people = {one.user.pk: one.user for one in offices if covers(one, list.area_path, list.line)}
    title = _("%(area)s有一件异议答复成立，名单要更正") % {"area": list.area.name}
    groups = not complained_of(objection)
    send([*people.values()], title, _path(objection), kind=Kind.OBJECTION, groups=groups)


def on_redaction_asked(*, redaction: Redaction, **signal: Any) -> None:
    """Tell at once those who may decide, but for who asked; the message says neither what nor whose."""
    held = Office.objects.in_force(clock.today()).filter(role__in=DECIDING_ROLES, user__is_active=True)
    offices = held.exclude(user=redaction.asked_by_id).select_related("user", "area")
    people = {one.user.pk: one.user for one in offices if covers(one, redaction.area_path, redaction.line)}
    title = _("网上公开了一处个人信息，要马上删去，请确认")
    send([*people.values()], title, plain(reverse("desk:redactions")), kind=Kind.WORK)


def answerers(objection: Objection) -> list[User]:
    """Return who is told of `objection`: those nearest to it who may answer and need not step aside."""
    offices = free_answerers(objection)
    for roles in [FIRST, *THEN]:
        people = {one.user.pk: one.user for one in offices if one.role in roles}
        if people:
            return [*people.values()]
    return []


def _path(objection: Objection) -> str:
    return plain(reverse("desk:objection", args=[objection.pk]))
