"""What objections ask of this room: who filed for a case, and an appeal that holds its case again."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from disclosure.publicity import handling, signals
from disclosure.publicity.models import KINDS_WITH_CLOCK, ListState, Objection
from portal.ledger.services import Draft
from workflows.engine import consequences
from workflows.engine.models import Case, CaseState

from .matters import SUBJECT


def connect() -> None:
    """Tell who filed, and hold cases again on appeal where the county set it so."""
    handling.register_filers(filers)
    signals.objection_lodged.connect(on_appeal, dispatch_uid="programmes.appeals")


def filers(subjects: Sequence[str]) -> dict[str, list[int]]:
    """Return by subject who opened its case (one query)."""
    numbers = [key.removeprefix(SUBJECT) for key in subjects if key.startswith(SUBJECT)]
    opened = Case.objects.filter(number__in=numbers).values_list("number", "opened_by")
    return {f"{SUBJECT}{number}": [pk] for number, pk in opened if pk}


def on_appeal(*, objection: Objection, **signal: Any) -> list[Draft]:
    """Bring back to wait for its list what went on after the first answer; nothing where it still waits.

    An unpaid case alone: what was paid is not held by waiting. It moves on when the appeal is answered.
    """
    listed = objection.list
    if objection.appeal_of_id is None or not objection.holds or listed.kind not in KINDS_WITH_CLOCK:
        return []
    if listed.state != ListState.ENDED:
        return []
    about = [objection.row] if objection.row else [*listed.rows.only("list", "subject")]
    numbers = [row.subject.removeprefix(SUBJECT) for row in about]
    gone = Case.objects.filter(number__in=numbers, state=CaseState.ACTIVE, payment=None)
    gone = gone.exclude(batch__waits=listed.number)
    return consequences.send_back(
        case_numbers=set(gone.values_list("number", flat=True)),
        actor=None,
        office=None,
        why=_("申请了上一级复核，等复核答复"),
        past=True,
        awaited=listed.number,
    )
