"""What happens to a batch when its list runs out or an objection to a row is answered."""

from typing import Any

from django.utils.translation import gettext as _

from disclosure.publicity import signals
from disclosure.publicity.models import ListKind, ListState, Objection, ObjectionState, PublicList
from portal.ledger.services import Draft
from workflows.engine import services as engine
from workflows.engine.models import Case

from .publication import SUBJECT


def connect() -> None:
    """Listen to the publicity room."""
    signals.list_ran_out.connect(on_list_ran_out, dispatch_uid="programmes")
    signals.objection_answered.connect(on_objection_answered, dispatch_uid="programmes")


def on_list_ran_out(*, open_subjects: set[str], **signal: Any) -> list[Draft]:
    """Move on the rows without an open objection; the others are held in a batch of their own."""
    published: PublicList = signal["list"]
    if not published.reference.startswith("batch:"):
        return []
    return engine.move_by_clock(
        batch_number=published.reference.removeprefix("batch:"),
        awaited=published.number,
        held={subject.removeprefix(SUBJECT) for subject in open_subjects},
        why=_("公示期满，没有未了结的异议"),
    )


def on_objection_answered(*, objection: Objection, open_subjects: set[str], **signal: Any) -> list[Draft]:
    """Send back the row of an upheld objection; let go of rows that a dismissed one alone held back."""
    published: PublicList = signal["list"]
    if published.kind != ListKind.APPLICATION:
        return []
    drafts: list[Draft] = []
    if objection.state == ObjectionState.UPHELD and objection.row_id:
        drafts += engine.send_back(
            case_number=objection.row.subject.removeprefix(SUBJECT),
            actor=objection.answered_by,
            why=_("异议成立，退回重新核查"),
        )
    if published.state == ListState.ENDED:
        drafts += _let_go(published, open_subjects)
    return drafts


def _let_go(published: PublicList, open_subjects: set[str]) -> list[Draft]:
    """Move on what still waits for the ended list and is held by no other objection."""
    held = {subject.removeprefix(SUBJECT) for subject in open_subjects}
    waiting = (
        Case.objects.filter(batch__waits=published.number).values_list("batch__number", flat=True).distinct()
    )
    drafts: list[Draft] = []
    for number in waiting.order_by():
        drafts += engine.move_by_clock(
            batch_number=number, awaited=published.number, held=held, why=_("异议已经答复，公示期满")
        )
    return drafts
