"""The sheet of a meeting's minutes, of a batch or of a village matter: blank before it, filled in after."""

from disclosure.deliberations.agenda import Agenda, print_minutes
from disclosure.deliberations.models import Meeting, MeetingStep
from disclosure.village.models import VillageMatter
from disclosure.village.services import agenda_of as agenda_of_matter
from disclosure.village.services import standing
from portal.people.models import User
from portal.people.scope import scope_of
from workflows.engine.acting import Row
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch
from workflows.programmes.publication import agenda_of, reference

from . import batch_page, gates
from .paper import Printed

MINUTES = "minutes"


def of_batch(*, by: User, batch: Batch, step: str) -> Printed | None:
    """Return the sheet of the meeting `step` on `batch`, or None where nothing of it can be printed."""
    page = batch_page.gather(by, batch)
    rows = [Row(case=row.case, verdict=Verdict.AGREE, amount_fen=row.case.amount_fen) for row in page.rows]
    standing_list = agenda_of(batch, rows) if rows else None
    return _printed(by, reference(batch), batch.number, standing_list, step)


def of_matter(*, by: User, matter: VillageMatter, step: str) -> Printed | None:
    """Return the sheet of the meeting `step` on `matter`, or None where nothing of it can be printed."""
    version = standing(matter)
    agenda = agenda_of_matter(matter, version) if version else None
    return _printed(by, matter.reference, matter.number, agenda, step)


def _printed(by: User, key: str, number: str, agenda: Agenda | None, step: str) -> Printed | None:
    if step not in MeetingStep.values:
        return None
    held = Meeting.objects.filter(deliberation__reference=key, step=step)
    if agenda is not None:
        # What was voted on another list is no record of this one.
        held = held.filter(deliberation__list_digest=agenda.list_digest)
    meeting = held.select_related("deliberation__area").order_by("-pk").first()
    if meeting is not None:
        voted = meeting.deliberation
        agenda = Agenda(
            reference=key,
            matter=voted.matter,
            area=voted.area,
            line=voted.line,
            list_digest=voted.list_digest,
            rows=[],
            with_money=agenda.with_money if agenda else bool(voted.amount_fen),
            unit=agenda.unit if agenda else "户",
            counted=(voted.item_count, voted.amount_fen),
        )
    if agenda is None:
        return None
    office = scope_of(by).holds(gates.READERS, agenda.area.path, agenda.line)
    if office is None:
        return None
    pdf = print_minutes(by=by, office=office, agenda=agenda, step=step, meeting=meeting)
    return Printed(pdf, f"{number}-{step}.pdf")
