"""What the levels vouch for when they agree to an application: what was applied for, and by whom."""

from django.db.models import prefetch_related_objects

from portal import clock
from workflows.engine.acting import Acting
from workflows.engine.records import plain

from .rules import applications


def applied_for(acting: Acting) -> dict[int, object]:
    """Return the household, its name and group in public, and its answers by the case's id.

    Each agreement keeps a digest of it: under another name a household is published anew (design.md rule 5).
    """
    found = applications(acting)
    prefetch_related_objects([one.household for one in found.values()], "members")
    today, vouched = clock.today(), dict[int, object]()
    for row in acting.rows:
        one = found.get(row.case.pk)
        if one is not None:
            home = one.household
            vouched[row.case.pk] = plain([home.pk, home.public_name(today), home.group_name, one.answers])
    return vouched
