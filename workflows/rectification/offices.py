"""Which offices own, open, read and accept tickets."""

import json
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level
from portal.files.access import Owner
from portal.ledger.models import Event
from portal.people import recusal
from portal.people.models import ROLE_LEVEL, Line, Office, Role, Substitution, User
from portal.people.scope import scope_of
from workflows.engine import authority
from workflows.engine.definitions import Seat

from . import events
from .models import OPENING_ROLES, OWNING_ROLES, WATCHING_ROLES, Ticket

FILE_KIND = "ticket"


def may_open_file(user: User, ticket_id: str) -> bool:
    """Return whether `user` may open the evidence of a ticket: whoever may read the ticket."""
    return ticket_id.isdecimal() and Ticket.objects.visible_to(user).filter(pk=int(ticket_id)).exists()


def file_owner(ticket_id: str) -> Owner:
    """Return the ticket that its evidence belongs to."""
    ticket = Ticket.objects.select_related("owner_area").get(pk=int(ticket_id))
    said = _("整改单 %(number)s") % {"number": ticket.number}
    return Owner("ticket", ticket.number, said, ticket.owner_area, ticket.line)


def opening_office(user: User, area: Area, line: str, *, fresh: bool = False) -> Office | None:
    """Return the office by which `user` may open a ticket at `area` on `line`, or None."""
    return scope_of(user, fresh=fresh).holds(OPENING_ROLES, area.path, line)


def owner_area(role: str, area: Area) -> Area | None:
    """Return the area over `area` (or itself) at which `role` is held; None for none and for no owner."""
    level = ROLE_LEVEL.get(Role(role)) if role in OWNING_ROLES else None
    if level is None:
        return None
    paths = [area.path[:end] for end in range(Area.steplen, len(area.path) + 1, Area.steplen)]
    return Area.objects.filter(path__in=paths, level=level).first()


def owners(ticket: Ticket, offices: Sequence[Office] | None = None) -> list[Office]:
    """Return the offices in force that own `ticket`, without whom it concerns in person."""
    held = authority.offices_over(ticket.owner_path) if offices is None else offices
    apart = ticket.apart()
    return [
        one
        for one in authority.holders(Seat(Role(ticket.owner_role), ticket.line), held)
        if one.area_id == ticket.owner_area_id and one.user_id not in apart
    ]


def ever_owned(user: User, ticket: Ticket) -> bool:
    """Return whether `user` held an office that owns `ticket` or owned it, or stood in for its holder.

    At any time since it was opened; the offices that it was passed on from are those of the ledger.
    """
    opened, today = clock.day_of(ticket.opened_at), clock.today()
    passed = Event.objects.filter(kind=events.PASSED, object_type="ticket", object_id=ticket.number)
    seats = {(ticket.owner_role, ticket.owner_area.code)}
    for record in passed.values_list("record", flat=True):
        role, _colon, code = json.loads(record)["body"]["from"].partition(":")
        seats.add((role, code))
    owning = Q(pk__in=[])
    for role, code in seats:
        owning |= Q(role=role, area__code=code)
    held = Office.objects.filter(owning, line__in=[Line.ALL, ticket.line], starts_on__lte=today)
    held = held.filter(Q(ends_on=None) | Q(ends_on__gte=opened))
    stood_in = Substitution.objects.exclude(confirmed_at=None).filter(
        office__in=held.values("pk"), substitute=user, starts_on__lte=today, last_on__gte=opened
    )
    return held.filter(user=user).exists() or stood_in.exists()


def owning_office(user: User, ticket: Ticket, *, fresh: bool = False) -> Office | None:
    """Return the office by which `user` owns `ticket`; somebody who stands in for its holder owns it too."""
    scope_of(user, fresh=fresh)
    return next((one for one in owners(ticket) if one.user_id == user.pk), None)


def accepting_roles(ticket: Ticket) -> list[Role]:
    """Return who may accept: what a supervisor opened, supervisors; what the line opened, both."""
    watched = ticket.opened_office.role in WATCHING_ROLES
    return list(WATCHING_ROLES if watched else OPENING_ROLES)


def accepting_office(user: User, ticket: Ticket, *, fresh: bool = False) -> Office | None:
    """Return the office by which `user` may accept `ticket`: as high as its opener's, never the owner's."""
    held = [one for one in scope_of(user, fresh=fresh).offices if _accepts(one, ticket)]
    return max(held, key=lambda one: len(one.area.path), default=None)


def _accepts(office: Office, ticket: Ticket) -> bool:
    return (
        office.role in accepting_roles(ticket)
        and office.line in (Line.ALL, ticket.line)
        and office.area.covers(ticket.owner_path)
        and len(office.area.path) <= len(ticket.opened_office.area.path)
        and (office.role, office.area_id) != (ticket.owner_role, ticket.owner_area_id)
    )


def barred_from_accepting(user: User, ticket: Ticket) -> str:
    """Return why `user` must leave accepting and passing on to another person, or an empty text."""
    if ticket.answered_by_id == user.pk or ticket.steps.filter(kind="answered", actor=user).exists():
        return _("您报过这张单的整改结果，验收和换承办要由另一个人来做。")
    if any(one.user_id == user.pk for one in owners(ticket)):
        return _("您就是整改责任人，验收和换承办要由另一个人来做。")
    if ever_owned(user, ticket):
        return _("您当过这张单的整改责任人，验收和换承办要由另一个人来做。")
    if ticket.subject and (why := recusal.reasons(user, [ticket.subject])):
        return _("您要回避：%(why)s。验收和换承办要由另一个人来做。") % {"why": "；".join(why.values())}
    return ""


def acceptors(ticket: Ticket) -> list[Office]:
    """Return the offices that may accept `ticket`, for telling them."""
    apart = ticket.apart() | {ticket.answered_by_id}
    held = authority.offices_over(ticket.owner_path)
    return [one for one in held if _accepts(one, ticket) and one.user_id not in apart]


def choices(area: Area, line: str, apart: Collection[int] = ()) -> list[tuple[str, str]]:
    """Return the owners that a ticket at `area` can be given, as (role, words): somebody holds them.

    Somebody besides the people `apart`, whom the ticket is about.
    """
    offices = authority.offices_over(area.path)
    found: dict[str, str] = {}
    for role in OWNING_ROLES:
        for one in authority.holders(Seat(role, line), offices):
            if ROLE_LEVEL.get(role) == one.area.level and one.user_id not in apart:
                found[str(role)] = f"{one.area.name}{role.label}"
    return sorted(found.items(), key=lambda pair: _rank(pair[0]))


def line_for(role: str, line: str) -> str:
    """Return the line of a ticket on `line` that `role` is to own: the county's finance has its own."""
    return Line.FINANCE if role == Role.COUNTY_FINANCE else line


def opening_choices(area: Area, line: str, apart: Collection[int] = ()) -> list[tuple[str, str]]:
    """Return what `choices` does, with the county's finance whatever the line: money is put right there."""
    found = choices(area, line, apart)
    if line == Line.FINANCE:
        return found
    return found + [pair for pair in choices(area, Line.FINANCE, apart) if pair[0] == Role.COUNTY_FINANCE]


def _rank(role: str) -> int:
    order = [Role.TOWNSHIP_HEAD, Role.TOWNSHIP_REVIEWER, Role.VILLAGE_SECRETARY, Role.VILLAGE_CLERK]
    return order.index(Role(role)) if Role(role) in order else len(order)


def county_of(area: Area) -> Area:
    """Return the county over `area`, or the area itself where it lies above one."""
    paths = [area.path[:end] for end in range(Area.steplen, len(area.path) + 1, Area.steplen)]
    return Area.objects.filter(path__in=paths, level=Level.COUNTY).first() or area


def people_of(offices: Iterable[Office]) -> list[User]:
    """Return the people behind the offices, each once."""
    people = {one.user_id: one.user for one in offices}
    return [people[pk] for pk in sorted(people)]


def officials(area: Area) -> list[Office]:
    """Return the offices of business in force over `area`, those of one person once, for whom it concerns."""
    return list({one.user_id: one for one in authority.offices_over(area.path)}.values())
