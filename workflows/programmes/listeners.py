"""What happens to a batch when its list runs out, is corrected, or an objection to it is answered."""

from typing import Any

from django.utils.translation import gettext as _

from disclosure.publicity import signals
from disclosure.publicity.models import Correction, ListKind, ListState, Objection, ObjectionState, PublicList
from portal.ledger.services import Draft
from workflows.engine import consequences
from workflows.engine.models import Batch, Case

from . import corrections
from .matters import SUBJECT


def connect() -> None:
    """Listen to the publicity room."""
    signals.list_ran_out.connect(on_list_ran_out, dispatch_uid="programmes")
    signals.list_published.connect(on_list_published, dispatch_uid="programmes")
    signals.objection_answered.connect(on_objection_answered, dispatch_uid="programmes")


def on_list_ran_out(*, open_subjects: set[str], **signal: Any) -> list[Draft]:
    """Move on the rows without an open objection; the others are held in a batch of their own."""
    return _let_go(signal["list"], open_subjects, _("公示期满，没有未了结的异议"))


def on_list_published(**signal: Any) -> list[Draft]:
    """Let cases wait, or be checked or published again, where a correction changed what stands of them."""
    return corrections.follow(signal["list"])


def on_objection_answered(*, objection: Objection, open_subjects: set[str], **signal: Any) -> list[Draft]:
    """Send back what an upheld objection was about; let go of rows that a dismissed one alone held back."""
    published: PublicList = signal["list"]
    if published.kind != ListKind.APPLICATION:
        return []
    drafts: list[Draft] = []
    if objection.state == ObjectionState.UPHELD:
        # An objection to the list as a whole is about every row of it.
        about = [objection.row] if objection.row else list(objection.list.rows.only("subject"))
        numbers = {row.subject.removeprefix(SUBJECT) for row in about}
        before = _steps(numbers)
        drafts += consequences.send_back(
            case_numbers=numbers,
            actor=objection.answered_by,
            office=signal.get("office"),
            why=_("异议成立，退回重新核查"),
        )
        after = _steps(numbers)
        if before and all(after[number] != step for number, step in before.items()):
            # What is checked and published again needs no correction of this list.
            objection.correction = Correction.RETURNED
    if published.state == ListState.ENDED:
        drafts += _let_go(published, open_subjects, _("异议已经答复，公示期满"))
    return drafts


def _steps(numbers: set[str]) -> dict[str, str]:
    return dict(Case.objects.filter(number__in=numbers).values_list("number", "step"))


def _let_go(published: PublicList, open_subjects: set[str], why: str) -> list[Draft]:
    """Move on what waits for the ended list and is held by no open objection."""
    held = {subject.removeprefix(SUBJECT) for subject in open_subjects}
    waiting = Batch.objects.filter(waits=published.number).order_by("pk").values_list("number", flat=True)
    drafts: list[Draft] = []
    for number in list(waiting):
        drafts += consequences.move_by_clock(
            batch_number=number, awaited=published.number, held=held, why=why
        )
    return drafts
