"""Visits of a whole batch on one page: a day's round of the village is typed once, household by household."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.files.errors import FileError
from portal.people.models import User
from workflows.engine.models import Batch, Case, CaseState
from workflows.programmes import matters
from workflows.programmes.visits import VisitRefused, record_visit, unvisited

# A form of twenty with a photo each stays below what the web server takes at once.
SHOWN = 20


@dataclass
class Unvisited:
    """A household that must be visited and was not, with what was typed of it and what was wrong."""

    case: Case
    name: str
    group: str
    item: str
    fen: int
    note: str = ""
    error: str = ""


@dataclass
class Round:
    """What stands on the page: `rows` to visit now, and how many `more` come after them."""

    rows: list[Unvisited]
    more: int


def to_visit(batch: Batch) -> Round:
    """Return the households of `batch` that still want a visit in this round, in the batch's order."""
    cases = list(batch.cases.filter(state=CaseState.ACTIVE).select_related(*matters.related()).order_by("pk"))
    missing = unvisited(batch, cases)
    waiting = [case for case in cases if case.pk in missing]
    return Round([_row(case) for case in waiting[:SHOWN]], max(len(waiting) - SHOWN, 0))


def type_in(rows: Sequence[Unvisited], typed: Mapping[str, Any], errors: Mapping[int, str]) -> None:
    """Put what was typed, and what was wrong with it, back into `rows`."""
    for row in rows:
        row.note = str(typed.get(f"note-{row.case.pk}", ""))
        row.error = errors.get(row.case.pk, "")


def record(
    *,
    by: User,
    rows: Sequence[Unvisited],
    visited_on: date,
    visitors: tuple[str, str],
    typed: Mapping[str, Any],
    photos: Mapping[int, Sequence[Any]],
) -> tuple[int, dict[int, str]]:
    """Record a visit to each of `rows` of which something was typed or chosen.

    Every household stands for itself: return how many were recorded, and by the id of its case why one was
    not.
    """
    done, errors = 0, {}
    for row in rows:
        note, chosen = str(typed.get(f"note-{row.case.pk}", "")).strip(), photos.get(row.case.pk, [])
        if not note and not chosen:
            continue
        try:
            record_visit(
                by=by,
                case=row.case,
                visited_on=visited_on,
                first_visitor=visitors[0],
                second_visitor=visitors[1],
                note=note,
                photos=chosen,
            )
            done += 1
        except (VisitRefused, FileError) as error:
            errors[row.case.pk] = str(error)
    return done, errors


def _row(case: Case) -> Unvisited:
    face = matters.of(case).face(case)
    return Unvisited(case, face.household.head_name, face.household.group_name, face.item, case.amount_fen)
