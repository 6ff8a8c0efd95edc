"""Who may enter which screen of the desk. What may be done on it, the services decide."""

from typing import Any

from django.http import Http404

from disclosure.errata.models import READERS as ERRATA_ROLES
from disclosure.pages import site_facts
from disclosure.publicity import outages
from disclosure.publicity.owed import CORRECTING_ROLE
from disclosure.publicity.redacting import ASKING_ROLES, DECIDING_ROLES
from disclosure.publicity.services import ANSWERING_ROLES, POSTING_ROLES
from portal.outbox.robots import KEEPERS
from portal.people import joint
from portal.people.models import COUNTY_ROLES, ROLES_WITHOUT_CASES, TOWNSHIP_ROLES, VILLAGE_ROLES, Role
from portal.people.scope import scope_of
from workflows.assessment import models as assessment
from workflows.engine import catalogue
from workflows.notices.services import SERVING_ROLES
from workflows.programmes.services import SETTING_ROLES
from workflows.programmes.visits import VISITING_ROLES
from workflows.rectification import models as rectification
from workflows.registry.services import REGISTERING_ROLES as REGISTERING_HOUSEHOLDS
from workflows.spotchecks.models import CHECKING_ROLES

# They watch over the deadlines of others and call in what is late (督办).
OVERSEERS = frozenset([*TOWNSHIP_ROLES, *COUNTY_ROLES, Role.CITY_ASSESSOR, Role.SUPERVISOR])
# They read the trail and the radar, and nobody else does.
SUPERVISORS = frozenset([Role.SUPERVISOR])
# They do business; supervisors and assessors read it.
OFFICIALS = frozenset([*VILLAGE_ROLES, *TOWNSHIP_ROLES, *COUNTY_ROLES])
READERS = frozenset(role for role in Role if role not in ROLES_WITHOUT_CASES)
# Objections carry what people said in confidence: those who answer them, and those who watch the answering.
OBJECTION_READERS = frozenset([*ANSWERING_ROLES, Role.SUPERVISOR])
# Those who see to it that a list is corrected after an objection to it was upheld too late to act by itself.
CORRECTORS = frozenset([CORRECTING_ROLE])
# An objection by telephone or on paper is registered by whoever of them it reaches.
REGISTERING_ROLES = OFFICIALS
POSTERS = frozenset(POSTING_ROLES)
SERVERS = frozenset(SERVING_ROLES)
VISITORS = frozenset(VISITING_ROLES)
# Accounts and offices: kept by one administrator, audited by another; neither sees any case.
ACCOUNT_KEEPERS = frozenset([Role.SECURITY_ADMIN])
ACCOUNT_READERS = frozenset([Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
# What inspectors searched is opened by supervisors of the county, two of them.
INQUIRY_OPENERS = frozenset([Role.SUPERVISOR])
# What nobody does alone about an account: who may be the second person (`portal.people.joint`).
SECOND_PERSONS = joint.SECONDS
# Each administrator's own desk; none of them sees a case or a household.
SYSTEM_KEEPERS = frozenset([Role.SYSTEM_ADMIN])
AUDITORS = frozenset([Role.AUDIT_ADMIN])
# Who goes on leave, and who confirms the substitute.
LEAVE_KEEPERS = OFFICIALS | {Role.SECURITY_ADMIN}
# Settings of business are the county's, watched by supervisors; technical ones are the administrators'.
SETTING_KEEPERS = frozenset([Role.COUNTY_REVIEWER, Role.COUNTY_HEAD])
TECHNICAL_KEEPERS = frozenset([Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
SETTING_READERS = SETTING_KEEPERS | TECHNICAL_KEEPERS | {Role.SUPERVISOR, Role.AUDIT_ADMIN}
# Whoever holds an office has messages; a group robot that fails shows to those who can mend it.
EVERYBODY = frozenset(Role)
ROBOT_KEEPERS = frozenset(KEEPERS)
PROGRAMME_KEEPERS = frozenset(SETTING_ROLES)
REGISTRARS = frozenset(REGISTERING_HOUSEHOLDS)
# Errors reported on public pages, and the catalogue: those who answer for pages, and supervisors.
ERRATA_READERS = frozenset(ERRATA_ROLES)
# The head and foot of every public page.
FOOTER_KEEPERS = site_facts.KEEPERS
# Requests of households: whoever of the officials hears one registers it; supervisors read them.
REQUEST_ROLES = OFFICIALS | {Role.SUPERVISOR}
# Whoever asks for, decides on, or watches the taking out of a personal datum; and outages of the site.
REDACTION_READERS = frozenset([*ASKING_ROLES, Role.SUPERVISOR])
REDACTION_DECIDERS = frozenset(DECIDING_ROLES)
# Who publishes how funds that were handed down were divided.
ALLOCATORS = frozenset([Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER])
OUTAGE_READERS = frozenset([*outages.DECLARING_ROLES, *outages.CONFIRMING_ROLES, Role.SUPERVISOR])

# Rectification: those who open tickets, and those who own or watch them.
TICKET_OPENERS = frozenset(rectification.OPENING_ROLES)
TICKET_READERS = frozenset(rectification.READING_ROLES)
WATCHERS = frozenset(rectification.WATCHING_ROLES)
REPORT_READERS = frozenset([*rectification.WRITING_ROLES, *rectification.SIGNING_ROLES, Role.CITY_ASSESSOR])
# Spot checks: nobody else knows of them before the visit.
CHECKERS = frozenset(CHECKING_ROLES)
# Assessment: those who open and score, and those who decide or are assessed.
ASSESSORS = frozenset(role for roles in assessment.SCORING.values() for role in roles)
ASSESSMENT_READERS = frozenset(assessment.READING_ROLES)


def filing_roles() -> frozenset[str]:
    """Return the roles that open cases: the seats of the first step of every flow."""
    return frozenset(seat.role for flow in catalogue.all_flows() for seat in flow.steps[0].seats)


def holds(user: Any, roles: frozenset[str]) -> bool:
    """Return whether `user` holds one of `roles` today, wherever."""
    return bool(scope_of(user).roles & roles)


def require(user: Any, roles: frozenset[str]) -> None:
    """Raise Http404 unless `user` holds one of `roles`: a closed screen answers like a missing one."""
    if not holds(user, roles):
        raise Http404
