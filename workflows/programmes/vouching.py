"""What the levels vouch for when they agree to an application: what was applied for, and by whom."""

from workflows.engine.acting import Acting
from workflows.engine.records import plain

from .rules import applications


def applied_for(acting: Acting) -> dict[int, object]:
    """Return the household and its answers by the case's id; each agreement keeps a digest of it."""
    found = applications(acting)
    return {
        row.case.pk: plain([found[row.case.pk].household_id, found[row.case.pk].answers])
        for row in acting.rows
        if row.case.pk in found
    }
