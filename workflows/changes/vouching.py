"""What the levels vouch for when they agree to a change, an exit or an aid: what is asked and what was found.

An agreement keeps a digest of it. A row that was returned goes straight back to who returned it only where
every step that it skips agreed to the same (`workflows.engine.rounds`); anything else goes the whole way.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import prefetch_related_objects

from portal import clock
from workflows.engine.acting import Acting
from workflows.engine.records import plain
from workflows.registry.models import Household

from . import aiding, rules

# What a check at home finds and every later level rests on. The comparison rests on the authorisation:
# another signature asks for another comparison. On which day a check was signed says nothing of its findings.
FOUND = ("income_fen", "income_reason", "authorised_on", "authorised_how")


def asked_and_found(acting: Acting) -> dict[int, object]:
    """Return, by the case's id, what a change asks for, what was found, and the household as it stands now.

    A finding of the act in the making counts before what was found earlier.
    """
    requests = rules.requests(acting)
    homes = _as_they_stand(request.household for request in requests.values())
    here = {wanted.key for wanted in acting.step.fields}
    vouched: dict[int, object] = {}
    for row in acting.rows:
        request = requests.get(row.case.pk)
        if request is None:
            continue
        known = request.findings
        found = {key: (row.changes if key in here else known).get(key) or None for key in FOUND}
        vouched[row.case.pk] = plain(
            [request.wanted, request.urgent, request.details, found, homes[request.household_id]]
        )
    return vouched


def aid_asked(acting: Acting) -> dict[int, object]:
    """Return, by the case's id, which aid is asked for and why, what was handed over, and the household."""
    aids = aiding.aids(acting)
    homes = _as_they_stand(aid.household for aid in aids.values())
    vouched: dict[int, object] = {}
    for row in acting.rows:
        aid = aids.get(row.case.pk)
        if aid is None:
            continue
        said = [str(aid.sealed_need), aid.reason, aid.aid_first, aid.requested_fen]
        handed = [aid.advanced_fen, aid.advanced_on, aid.received_how]
        vouched[row.case.pk] = plain([said, handed, homes[aid.household_id]])
    return vouched


def _as_they_stand(households: Iterable[Household]) -> dict[int, list[Any]]:
    """Return by id where each household lives, its name in public, what it counts as, and who belongs to it.

    One query. Under another name it is published anew (design.md rule 5).
    """
    homes = {one.pk: one for one in households}
    prefetch_related_objects(list(homes.values()), "members")
    today = clock.today()
    return {
        pk: [
            *[pk, one.area_id, one.group_name, one.public_name(today), str(one.category), str(one.standing)],
            [member.pk for member in one.present_members],
        ]
        for pk, one in homes.items()
    }
