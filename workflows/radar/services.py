"""What a supervisor does with a clue: look at it, call it a false alarm with the reason, make it a ticket."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.people import recusal
from portal.people.models import Line, Office, User
from portal.people.scope import scope_of
from workflows.desk import gates
from workflows.engine.models import Case
from workflows.rectification.models import Source, Ticket
from workflows.rectification.services import open_ticket

from . import events, registry
from .errors import BadFlagAct, NoSuchFlag, StaleFlag
from .models import OPEN_FLAG_STATES, Flag, FlagState

LEAST_REASON, LONGEST_REASON = 6, 500


def look(*, by: User, flag_id: int, seen_version: int) -> Flag:
    """Say that `by` is looking at the clue. Raises NoSuchFlag, StaleFlag, BadFlagAct (a relative's)."""
    with transaction.atomic():
        flag, office = _locked(by, flag_id, seen_version)
        if flag.state == FlagState.LOOKED and flag.looked_by_id == by.pk:
            return flag
        flag.state, flag.looked_by, flag.looked_at = FlagState.LOOKED, by, clock.now()
        _save(flag)
        append(_draft(events.LOOKED, flag, by, office))
    return flag


def dismiss(*, by: User, flag_id: int, seen_version: int, reason: str) -> Flag:
    """Close the clue as a false alarm, with the reason. Raises NoSuchFlag, StaleFlag, BadFlagAct."""
    reason = reason.strip()
    if not LEAST_REASON <= len(reason) <= LONGEST_REASON:
        raise BadFlagAct({"reason": _("请写看了什么、为什么是误报（6 到 500 字）。")})
    with transaction.atomic():
        flag, office = _locked(by, flag_id, seen_version)
        flag.why_closed = reason
        _close(flag, by, FlagState.DISMISSED)
        append(_draft(events.DISMISSED, flag, by, office, sealed={"reason": reason}))
    return flag


def make_ticket(
    *, by: User, flag_id: int, seen_version: int, owner_role: str, text: str, wanted: str
) -> tuple[Flag, Ticket]:
    """Make the clue a rectification ticket of the office `owner_role` over its place; return both.

    Raises NoSuchFlag, StaleFlag, and what `open_ticket` raises (BadTicket, NoOwner, NotYours).
    """
    with transaction.atomic():
        flag, office = _locked(by, flag_id, seen_version)
        ticket = open_ticket(
            by=by,
            source=Source.RADAR,
            area=flag.area,
            line=flag.line,
            owner_role=owner_role,
            title=registry.title(flag.rule),
            text=text,
            wanted=wanted,
            reference=f"flag:{flag.pk}",
            subject=subject_of(flag),
            concerns=flag.concerns,
        )
        flag.ticket = ticket
        _close(flag, by, FlagState.TICKETED)
        append(_draft(events.TICKETED, flag, by, office, body={"ticket": ticket.number}))
    return flag, ticket


def subject_of(flag: Flag) -> str:
    """Return the opaque key of the household that the clue is about: its kin keep out of the ticket."""
    for kind, key in flag.objects_at:
        if kind == "household":
            return f"household:{key}"
        if kind == "case":
            return str(Case.objects.filter(number=key).values_list("subject", flat=True).first() or "")
    return ""


def _locked(by: User, flag_id: int, seen_version: int) -> tuple[Flag, Office]:
    """Return the open clue, locked, and the office by which `by` acts on it.

    Whoever must keep away from its household leaves it to another (BadFlagAct).
    """
    scope_of(by, fresh=True)
    seen = Flag.objects.visible_to(by).filter(pk=flag_id).values("pk")
    flag = Flag.objects.select_for_update(of=("self",)).filter(pk__in=seen).select_related("area").first()
    if flag is None:
        raise NoSuchFlag
    if flag.version != seen_version or flag.state not in OPEN_FLAG_STATES:
        raise StaleFlag
    office = scope_of(by).holds(gates.SUPERVISORS, flag.area_path, flag.line)
    if office is None:
        raise NoSuchFlag
    subject = subject_of(flag)
    if subject and (why := recusal.reasons(by, [subject])):
        raise BadFlagAct(
            {"state": _("您要回避：%(why)s。这条线索请别人来看。") % {"why": "；".join(why.values())}}
        )
    return flag, office


def _close(flag: Flag, by: User, state: FlagState) -> None:
    flag.state, flag.closed_by, flag.closed_at = state, by, clock.now()
    _save(flag)


def _save(flag: Flag) -> None:
    flag.version += 1
    flag.save()


def _draft(
    kind: str,
    flag: Flag,
    by: User,
    office: Office,
    body: Mapping[str, Any] | None = None,
    sealed: Mapping[str, str] | None = None,
) -> Draft:
    return Draft(
        kind,
        "flag",
        str(flag.pk),
        actor=by,
        office=office,
        area_code=flag.area.code,
        line=flag.line if flag.line != Line.ALL else "",
        body={"rule": flag.rule, "version": flag.version, **(body or {})},
        sealed=sealed or {},
    )
