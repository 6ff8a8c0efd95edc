"""The form by which a public list is corrected: what each row starts with, and the rows that it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from disclosure.publicity.models import KINDS_WITH_CLOCK, ListKind, PublicList
from disclosure.publicity.services import RowDraft
from workflows.programmes.answers import fen_of, yuan
from workflows.programmes.corrections import Change, RowEffect, as_draft, effects_of

# More rows than a person corrects at once: of a long list only the rows asked for are opened.
ROWS_OPEN = 60
TEXTS = ("name", "group", "item", "effect")
LONGEST_NOTE = 60


@dataclass
class OpenRow:
    """A row that may be changed: its present draft and what stands in its inputs."""

    position: int
    draft: RowDraft
    values: dict[str, str] = field(default_factory=dict)
    removed: bool = False
    error: str = ""
    effect: RowEffect | None = None


@dataclass
class Correction:
    """The whole form: every row as it would be published, and those that are open to change."""

    published: PublicList
    rows: list[OpenRow]
    reason: str = ""
    chosen: str = ""
    all_open: bool = True

    @property
    def rows_leave(self) -> bool:
        """Whether rows may be taken out here: of other kinds they were voted on or paid."""
        return self.published.kind in KINDS_WITH_CLOCK

    @property
    def amounts_open(self) -> bool:
        """Whether amounts may change here: only where rows may, and where the list has any."""
        return self.rows_leave and self.published.with_money

    @property
    def with_effects(self) -> bool:
        """Whether rows tell what the project brought."""
        return bool(self.published.kind == ListKind.RESULT)

    @property
    def errors(self) -> Sequence[str]:
        """What cannot be read, row by row."""
        return [
            _("第%(n)s行：%(error)s") % {"n": row.position, "error": row.error}
            for row in self.rows
            if row.error
        ]

    @property
    def changed(self) -> list[OpenRow]:
        """The rows that differ from what is published, with what becomes of them."""
        return [row for row in self.rows if row.effect and row.effect.change != Change.NONE]

    @property
    def unchanged(self) -> dict[str, int]:
        """How many of the other rows go each way, by what becomes of them."""
        counts: dict[str, int] = {}
        for row in self.rows:
            if row.effect and row.effect.change == Change.NONE:
                words = str(row.effect.effect.label)
                counts[words] = counts.get(words, 0) + 1
        return counts

    @property
    def refused(self) -> bool:
        """Whether a change cannot be made at all."""
        return any(row.effect and row.effect.why_not for row in self.rows)

    def drafts(self) -> list[RowDraft]:
        """Return the rows of the new version."""
        return [row.draft for row in self.rows if not row.removed]


def start(list: PublicList, chosen: str = "") -> Correction:
    """Return the form as the list stands; `chosen` names the rows of a long list that are to be opened."""
    rows = [OpenRow(row.position, as_draft(row)) for row in list.rows.order_by("position")]
    all_open = len(rows) <= ROWS_OPEN
    wanted = _positions(chosen)
    for row in rows:
        if all_open or row.position in wanted:
            row.values = {name: getattr(row.draft, name) for name in TEXTS}
            row.values["amount"] = yuan(row.draft.amount_fen)
    return Correction(list, rows, chosen=chosen, all_open=all_open)


def read(list: PublicList, data: Mapping[str, Any]) -> Correction:
    """Return the form with what was typed, and what the correction would do with the cases."""
    form = start(list, str(data.get("chosen", "")))
    form.reason = str(data.get("reason", "")).strip()
    for row in form.rows:
        if row.values:
            _read_row(form, row, data)
    if not form.errors:
        for row, effect in zip(form.rows, effects_of(list, form.drafts()), strict=True):
            row.effect = effect
    return form


def _read_row(form: Correction, row: OpenRow, data: Mapping[str, Any]) -> None:
    for name in (*TEXTS, "amount"):
        row.values[name] = str(data.get(f"{name}-{row.position}", row.values[name])).strip()
    row.removed = form.rows_leave and bool(data.get(f"remove-{row.position}"))
    old = row.draft
    amount_fen = old.amount_fen
    if form.amounts_open:
        try:
            amount_fen = fen_of(row.values["amount"])
        except ValueError:
            row.error = _("金额要填数字，单位元，最多两位小数")
            return
    new = replace(
        old,
        name=row.values["name"],
        group=row.values["group"],
        item=row.values["item"],
        effect=row.values["effect"],
        amount_fen=amount_fen,
        reduced_fen=max(old.reduced_fen + old.amount_fen - amount_fen, 0),
    )
    if new != old:
        row.draft = replace(new, note=_marked(old.note))


def _marked(note: str) -> str:
    """Return the row's note saying that this version corrects it."""
    mark = _("这一版更正")
    joined = note if note.endswith(mark) else "，".join(part for part in (note, mark) if part)
    return joined if len(joined) <= LONGEST_NOTE else mark


def _positions(chosen: str) -> set[int]:
    for mark in "，,；; 　":
        chosen = chosen.replace(mark, "、")
    parts = [part.strip() for part in chosen.split("、")][:ROWS_OPEN]
    return {int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 7}
