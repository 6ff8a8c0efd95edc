"""What an event of the register commits to: every row that the act wrote, as it stands in the field history.

A save leaves the row of history on the object that was saved; `with_rows` names these rows in the event and
commits to what they say, salted, so that the record tells nothing of a household. `binding` compares.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from simple_history.signals import post_create_historical_record

from portal.ledger.canonical import canonical
from portal.ledger.services import Draft, stamp

from .models import Household, Kinship, Member, RegisterChange, YearIncome

# The name of the commitment, and of the list of rows in the body.
ROWS = "rows"
MODELS: dict[str, type[Any]] = {
    "household": Household,
    "member": Member,
    "income": YearIncome,
    "change": RegisterChange,
    "kinship": Kinship,
}
NAMES = {model: name for name, model in MODELS.items()}
# What is written once has no history: it is its own row.
WITH_HISTORY = ("household", "member", "income")
# The columns that a commitment covers, by the version that the body names. They stand for ever: a column that
# a model gains comes with a version of its own. Hashes for looking up follow from what is here.
VERSION = 1
COLUMNS: dict[int, dict[str, tuple[str, ...]]] = {
    1: {
        "household": (
            *("id", "area_id", "area_path", "group_name", "category", "cause", "standing", "standing_since"),
            *("split_from_id", "head_name", "phone", "bank_card", "helper_id", "registered_on"),
        ),
        "member": (
            *("id", "household_id", "name", "id_number", "relation", "born_on", "sex", "labour"),
            *("able_to_work", "joined_on", "left_on", "left_why"),
        ),
        "income": (
            *("id", "household_id", "year", "operating_fen", "wage_fen", "property_fen", "transfer_fen"),
            *("people", "source", "recorded_by_id", "recorded_at"),
        ),
        "change": (
            *("id", "household_id", "member_id", "kind", "before", "after", "case_number"),
            *("evidence_id", "at", "by_id"),
        ),
        "kinship": ("id", "user_id", "household_id", "degree", "declared_on"),
    }
}
# name, id, number of the row of history (the id again where there is none)
Named = tuple[str, int, int]


def connect() -> None:
    """Have every save of the register leave its row of history on the object that was saved."""
    for name in WITH_HISTORY:
        kept = MODELS[name].history.model
        post_create_historical_record.connect(_keep, sender=kept, dispatch_uid=f"registry.rows.{name}")


def with_rows(draft: Draft, *saved: Any) -> Draft:
    """Return `draft` with every row that `saved` objects were written as since they were last named.

    An object without field history is named as it stands. Nothing is asked of the database.
    """
    rows: list[tuple[Named, Any]] = []
    for one in saved:
        name = NAMES[type(one)]
        if name in WITH_HISTORY:
            rows += [((name, one.pk, row.history_id), row) for row in one.__dict__.pop("_unnamed", ())]
        else:
            rows.append(((name, one.pk, one.pk), one))
    if not rows:
        return draft
    body = {**draft.body, ROWS: [list(named) for named, _row in rows], "rows_version": VERSION}
    return replace(draft, body=body, sealed={**draft.sealed, ROWS: text(rows, VERSION)})


def text(rows: Iterable[tuple[Named, Any]], version: int) -> str:
    """Return what `rows` say, written in one way: name, numbers, columns, and when history was made."""
    return canonical([[*named, *values(row, named[0], version), _made(row)] for named, row in rows])


def values(row: Any, name: str, version: int) -> list[Any]:
    """Return the columns of `row`, a live one or one of history, that a commitment covers."""
    return [_plain(getattr(row, column)) for column in COLUMNS[version][name]]


def _made(row: Any) -> list[str]:
    if not hasattr(row, "history_id"):
        return []
    return [stamp(row.history_date), row.history_type]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value


def _keep(sender: Any, instance: Any, history_instance: Any, **rest: Any) -> None:
    instance.__dict__.setdefault("_unnamed", []).append(history_instance)
