"""Who somebody is to a route, and what they and everybody else get for an answer."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.people.models import COUNTY_ROLES, TOWNSHIP_ROLES, VILLAGE_ROLES, Line, Role

from .stage import COVERING, OTHER_COUNTY, Actor

MISSING, SIGN_IN = 404, 302
OFFICIALS = frozenset([*VILLAGE_ROLES, *TOWNSHIP_ROLES, *COUNTY_ROLES])
READERS = OFFICIALS | {Role.CITY_ASSESSOR, Role.SUPERVISOR}
OVERSEERS = frozenset([*TOWNSHIP_ROLES, *COUNTY_ROLES, Role.CITY_ASSESSOR, Role.SUPERVISOR])
FILERS = frozenset([Role.VILLAGE_CLERK, Role.HELPER, Role.RESIDENT_TEAM])
# Not those who filed: they do not judge what is said against it, and read nothing said in confidence.
ANSWERERS = frozenset(
    [
        Role.VILLAGE_SUPERVISION,
        Role.TOWNSHIP_REVIEWER,
        Role.TOWNSHIP_HEAD,
        Role.COUNTY_REVIEWER,
        Role.COUNTY_HEAD,
    ]
)
OBJECTION_READERS = ANSWERERS | {Role.SUPERVISOR}
REDACTION_ASKERS = frozenset(
    [
        *(Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY, Role.VILLAGE_SUPERVISION),
        *(Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_HEAD, Role.COUNTY_REVIEWER, Role.COUNTY_HEAD),
    ]
)
VISITORS = frozenset([Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER])
POSTERS = frozenset([*VILLAGE_ROLES, *TOWNSHIP_ROLES])
# Who files or answers what a household asks for, and who watches; the committee and the grid do not.
REQUEST_READERS = frozenset(
    [
        *(Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY, Role.RESIDENT_TEAM, Role.HELPER),
        *(Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_HEAD, Role.COUNTY_REVIEWER, Role.COUNTY_HEAD),
        Role.SUPERVISOR,
    ]
)
# Who owns rectification tickets, and who watches over them.
TICKET_READERS = frozenset(
    [
        *(Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_HEAD),
        *(*COUNTY_ROLES, Role.CITY_ASSESSOR, Role.SUPERVISOR),
    ]
)
CHECKERS = frozenset([Role.SUPERVISOR, Role.CITY_ASSESSOR])
REPORT_READERS = frozenset([Role.SUPERVISOR, Role.COUNTY_REVIEWER, Role.COUNTY_HEAD, Role.CITY_ASSESSOR])
ASSESSORS = frozenset([Role.CITY_ASSESSOR, Role.SUPERVISOR, Role.COUNTY_REVIEWER, Role.TOWNSHIP_REVIEWER])
ASSESSMENT_READERS = frozenset(
    [
        *(Role.VILLAGE_SECRETARY, Role.HELPER, *TOWNSHIP_ROLES, *COUNTY_ROLES),
        *(Role.CITY_ASSESSOR, Role.SUPERVISOR),
    ]
)
TICKET_OPENERS = frozenset(
    [Role.SUPERVISOR, Role.CITY_ASSESSOR, Role.COUNTY_HEAD, Role.COUNTY_REVIEWER, Role.TOWNSHIP_HEAD]
)
EDITORS = frozenset([Role.EDITOR])
ERRATA_READERS = frozenset([Role.EDITOR, Role.COUNTY_HEAD, Role.SUPERVISOR])
REGISTRARS = frozenset([Role.VILLAGE_CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER])
COUNTY_OF_LINE = frozenset([Role.COUNTY_REVIEWER, Role.COUNTY_HEAD])
BUSINESS_SETTINGS = frozenset([Role.COUNTY_REVIEWER, Role.COUNTY_HEAD, Role.SUPERVISOR])
SETTING_READERS = BUSINESS_SETTINGS | {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
ACCOUNT_READERS = frozenset([Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])

Opener = Callable[[Actor], bool]


def everyone(actor: Actor) -> bool:
    """Anybody, signed in or not."""
    return True


def nobody(actor: Actor) -> bool:
    """Nobody at all."""
    return False


def account(actor: Actor) -> bool:
    """Whoever is signed in."""
    return actor.signed_in


def office(actor: Actor) -> bool:
    """Whoever holds an office in force today."""
    return actor.role is not None


def holder(*roles: Role) -> Opener:
    """Holders of one of `roles`, wherever and on whatever line."""
    return lambda actor: actor.role in roles


def over(roles: frozenset[Role], *lines: Line) -> Opener:
    """Holders of one of `roles` whose area covers the village and whose line is all, or one of `lines`."""
    return lambda actor: actor.role in roles and actor.area in COVERING and actor.line in (Line.ALL, *lines)


def at(roles: frozenset[Role], areas: tuple[str, ...], *lines: Line) -> Opener:
    """Holders of one of `roles` at one of `areas` on all lines or one of `lines`."""
    return lambda actor: actor.role in roles and actor.area in areas and actor.line in (Line.ALL, *lines)


def near_county(roles: frozenset[Role], *lines: Line) -> Opener:
    """Holders of one of `roles` in the county or around it, on all lines or one of `lines`."""
    return lambda actor: (
        actor.role in roles and actor.area != OTHER_COUNTY and actor.line in (Line.ALL, *lines)
    )


@dataclass(frozen=True)
class Access:
    """Who opens a route and what they get; `shut` is what the others get instead of the one 404."""

    opens: Opener
    get: int = 200
    post: int = 405
    shut: int = MISSING
    shut_post: int | None = None
    visitor: int | None = None
    visitor_post: int | None = None

    def expected(self, actor: Actor, method: str, *, desk: bool) -> int:
        """Return the status of the answer to `actor`; `desk` is whether the route lies under the admin."""
        if self.opens(actor):
            return self.get if method == "get" else self.post
        if desk and not actor.signed_in:
            return SIGN_IN
        if method == "get" and self.visitor is not None and not actor.signed_in:
            return self.visitor
        if method == "post" and self.visitor_post is not None and not actor.signed_in:
            return self.visitor_post
        if method == "post" and self.shut_post is not None:
            return self.shut_post
        return self.shut


PUBLIC = Access(everyone)
SHUT = Access(nobody)
OLD_SIGN_IN = Access(everyone, get=SIGN_IN, post=SIGN_IN)
# The programme's line. That of finance has a batch in sight from the step at which finance has a seat.
BUSINESS = (Line.ASSISTANCE,)
SHARED = (Line.ASSISTANCE, Line.FINANCE)
FORM = {"get": 200, "post": 422}


def private(opens: Opener) -> Access:
    """Return the access to a private file: visitors are sent to sign in, whether there is one or not."""
    return Access(opens, post=303, visitor=SIGN_IN, visitor_post=SIGN_IN)
