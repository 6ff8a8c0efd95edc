"""What was typed into a batch's form: read from the request, kept for showing again, made into an act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from workflows.engine.acting import RowVerdict, make_rows
from workflows.engine.definitions import RowField, Step, Verdict
from workflows.engine.models import Case
from workflows.programmes.answers import fen_of


class BadForm(Exception):
    """Something typed that cannot be read; `rows` has a sentence by case id, `fields` by field name."""

    def __init__(
        self, message: str, rows: Mapping[int, str] | None = None, fields: Mapping[str, str] | None = None
    ):
        self.rows = dict(rows or {})
        self.fields = dict(fields or {})
        super().__init__(message)


@dataclass
class Entry:
    """What was typed for one row, as it was typed; `values` by field key."""

    verdict: str = ""
    reason: str = ""
    to_step: str = ""
    values: dict[str, str] = field(default_factory=dict)


def read_entries(step: Step, cases: Sequence[Case], data: Mapping[str, Any]) -> dict[int, Entry]:
    """Return what `data` (a POST) holds for each of `cases`, by case id.

    A field left empty takes what was typed once for all rows under ``all-<key>``.
    """
    entries = {}
    for case in cases:
        values = {}
        for wanted in step.fields:
            typed = str(data.get(f"f-{case.pk}-{wanted.key}", "")).strip()
            values[wanted.key] = typed or str(data.get(f"all-{wanted.key}", "")).strip()
        entries[case.pk] = Entry(
            verdict=str(data.get(f"verdict-{case.pk}", "")),
            reason=str(data.get(f"reason-{case.pk}", "")).strip(),
            to_step=str(data.get(f"to-{case.pk}", "")),
            values=values,
        )
    return entries


def verdicts_of(
    step: Step, cases: Sequence[Case], entries: Mapping[int, Entry], silent: frozenset[int] = frozenset()
) -> dict[int, RowVerdict]:
    """Return the verdicts that `entries` say; raises BadForm with every row that cannot be signed as it is.

    Cases whose id is in `silent` have no verdict to give (the official must keep away from them).
    """
    verdicts: dict[int, RowVerdict] = {}
    errors: dict[int, str] = {}
    for case in cases:
        if case.pk in silent:
            continue
        entry = entries.get(case.pk, Entry())
        if entry.verdict not in step.verdicts:
            errors[case.pk] = (
                _("这户还没有选意见；一时定不了的请选“暂缓”") if _may_hold(step) else _("这户还没有选意见")
            )
            continue
        try:
            changes = _changes(step, entry)
        except ValueError as error:
            errors[case.pk] = str(error)
            continue
        verdicts[case.pk] = RowVerdict(Verdict(entry.verdict), entry.reason, changes, entry.to_step)
    known = [case for case in cases if case.pk in verdicts]
    errors |= {row.case.pk: row.barred for row in make_rows(step, known, verdicts) if row.barred}
    if errors:
        raise BadForm(
            _("有 %(count)s 户还不能办，原因写在各户下面，改好再办。") % {"count": len(errors)}, errors
        )
    return verdicts


def _may_hold(step: Step) -> bool:
    return Verdict.HOLD in step.verdicts


def _changes(step: Step, entry: Entry) -> dict[str, Any]:
    """Return what was filled in: of an agreed row all of it, of a refused one what was found of it too."""
    taken = [
        wanted
        for wanted in step.fields
        if entry.verdict == Verdict.AGREE or (entry.verdict == Verdict.REFUSE and wanted.of_refused)
    ]
    return {
        wanted.key: parsed(wanted, entry.values[wanted.key])
        for wanted in taken
        if entry.values.get(wanted.key)
    }


def parsed(wanted: RowField, typed: str) -> Any:
    """Return what `typed` means: int fen, a date, or the text; ValueError says what to correct."""
    if wanted.kind == "money":
        try:
            return fen_of(typed)
        except ValueError:
            raise ValueError(
                _("“%(label)s”要填数字，单位元，最多两位小数") % {"label": wanted.label}
            ) from None
    if wanted.kind == "choice" and typed not in wanted.choices:
        raise ValueError(_("“%(label)s”请从给出的选项里选") % {"label": wanted.label})
    if wanted.kind == "date":
        return day_of(typed, wanted.label)
    return typed


def day_of(typed: str, label: str) -> date:
    """Return the date typed as 2026-11-21; ValueError says what to correct."""
    try:
        return date.fromisoformat(typed.strip().replace("/", "-"))
    except ValueError:
        raise ValueError(_("“%(label)s”请填成 2026-11-21 这样的日期") % {"label": label}) from None


def count_of(typed: str, label: str) -> int:
    """Return a count typed in digits, 0 where nothing was; ValueError says what to correct."""
    typed = typed.strip()
    if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 7):
        raise ValueError(_("“%(label)s”请填整数") % {"label": label})
    return int(typed or 0)
