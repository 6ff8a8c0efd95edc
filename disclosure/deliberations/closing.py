"""Closing a deliberation whose matter was taken down: openly, with the reason, its meetings kept."""

from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft
from portal.people.models import Office, User

from .errors import NotYourOffice
from .events import WITHDRAWN
from .models import Deliberation, DeliberationState
from .offices import covers

LONGEST_WHY = 200


def close_withdrawn(*, by: User, office: Office, reference: str, why: str) -> list[Draft]:
    """Close what is still open on `reference` since its matter was taken down, and return the ledger drafts.

    Called inside the transaction of the act that takes the matter down, which has locked the village's row
    and appends the drafts after its own event. `why` is read by the public. Meetings that were held stay as
    they were recorded; a deliberation that passed or failed is not touched. Raises NotYourOffice.
    """
    found = Deliberation.objects.select_for_update(of=("self",)).select_related("area")
    drafts = []
    for one in found.filter(reference=reference, state=DeliberationState.OPEN).order_by("pk"):
        if not covers(office, one.area_path, one.line):
            raise NotYourOffice(_("这个职务管不到这个村的事项，请换一个职务再办。"))
        held = one.meetings.order_by("pk").values_list("step", flat=True)
        one.state, one.closed_why, one.closed_at = DeliberationState.WITHDRAWN, why, clock.now()
        one.save(update_fields=["state", "closed_why", "closed_at"])
        drafts.append(
            Draft(
                kind=WITHDRAWN,
                object_type="deliberation",
                object_id=one.number,
                actor=by,
                office=office,
                area_code=one.area.code,
                line=one.line,
                body={
                    "reference": reference,
                    "list_digest": one.list_digest,
                    "held": [str(step) for step in held],
                },
                sealed={"why": why},
            )
        )
    return drafts
