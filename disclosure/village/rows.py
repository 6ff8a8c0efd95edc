"""The rows of a matter's list as they are typed, pasted or read from a table: checked cell by cell."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.masking.services import NotForThePublic, refuse_numbers, refuse_private
from portal.ledger.canonical import canonical

from .errors import BadRows
from .models import KINDS_OF_HOUSEHOLDS, MatterKind

MOST_ROWS = 2000
MOST_FEN = 10**13
LONGEST = {"name": 30, "group": 20, "item": 60, "note": 60}


@dataclass(frozen=True)
class Column:
    """One column of the table. `needed` cells may not be empty."""

    key: str
    title: Any
    needed: bool


@dataclass(frozen=True)
class RowValues:
    """One row as it was understood. Amounts are fen; name and group stand for households alone."""

    name: str
    group: str
    item: str
    amount_fen: int
    note: str


_ITEM = {
    MatterKind.DIVIDENDS: gettext_lazy("份额或依据"),
    MatterKind.WORKS: gettext_lazy("工程和内容"),
    MatterKind.ACCOUNTS: gettext_lazy("收入或支出什么"),
    MatterKind.OTHER: gettext_lazy("事项内容"),
}


def columns_of(kind: str) -> list[Column]:
    """Return the columns of the table of `kind`, in their order."""
    household = [Column("name", gettext_lazy("户主"), True), Column("group", gettext_lazy("小组"), False)]
    return [
        *(household if kind in KINDS_OF_HOUSEHOLDS else []),
        Column("item", _ITEM[MatterKind(kind)], True),
        Column("amount", gettext_lazy("金额（元）"), kind != MatterKind.OTHER),
        Column("note", gettext_lazy("说明"), False),
    ]


def from_paste(text: str, kind: str) -> list[dict[str, str]]:
    """Return the cells of what was pasted from a table, or typed with commas, by column key."""
    mark = "\t" if "\t" in text else ","
    lines = csv.reader(io.StringIO(text.replace("，", ",") if mark == "," else text), delimiter=mark)
    try:
        return from_table(list(lines), kind)
    except csv.Error as error:
        raise BadRows(_("粘贴的内容读不懂，请从Excel里选好那几列，复制后再粘贴。")) from error


def from_table(table: Iterable[Sequence[Any]], kind: str) -> list[dict[str, str]]:
    """Return the cells of a table's rows by column key; empty rows and a first row of titles are left out."""
    columns = columns_of(kind)
    titles = [str(column.title) for column in columns]
    rows: list[dict[str, str]] = []
    for line in table:
        cells = [_said(cell) for cell in line]
        if not any(cells) or (not rows and cells[: len(titles)] == titles):
            continue
        over = "，".join(cell for cell in cells[len(columns) :] if cell)
        rows.append({column.key: cell for column, cell in zip(columns, cells, strict=False)} | {"over": over})
    return rows


def read(rows: Sequence[Mapping[str, str]], kind: str) -> list[RowValues]:
    """Return the rows as they are understood; BadRows with every cell that is wrong.

    What may never be shown to the public (numbers of persons, illness) is refused here already, so that
    nobody votes on a list that cannot be published (design.md rule 8).
    """
    if not rows:
        raise BadRows(_("名单里一行也没有，请先填上。"))
    if len(rows) > MOST_ROWS:
        raise BadRows(
            _("最多%(most)s行，这里有%(n)s行，请分成几件事。") % {"most": MOST_ROWS, "n": len(rows)}
        )
    wrong: dict[tuple[int, str], str] = {}
    read_rows: list[RowValues] = []
    seen: dict[tuple[str, str], int] = {}
    for place, row in enumerate(rows, 1):
        values = {key: _said(row.get(key, "")) for key in ("name", "group", "item", "amount", "note")}
        for column in columns_of(kind):
            if complaint := _complaint(column, values[column.key]):
                wrong[place, column.key] = complaint
        if row.get("over"):
            wrong[place, "note"] = _("这一行多出一格：%(what)s") % {"what": row["over"][:40]}
        if kind in KINDS_OF_HOUSEHOLDS and values["name"]:
            same = (values["name"], values["group"])
            if same in seen:
                wrong[place, "name"] = _(
                    "和第%(n)s行是同一组同一个名字；是两户的，请在名字后面写明，例如“（二）”"
                ) % {"n": seen[same]}
            seen.setdefault(same, place)
        if not any(where == place for where, _key in wrong):
            fen = fen_of(values["amount"]) if values["amount"] else 0
            read_rows.append(RowValues(values["name"], values["group"], values["item"], fen, values["note"]))
    if wrong:
        raise BadRows(_("有%(n)s处要改，标出来了；改好再存。") % {"n": len(wrong)}, wrong)
    return read_rows


def fen_of(text: str) -> int:
    """Return the fen of an amount typed in yuan; ValueError for anything else."""
    try:
        fen = Decimal(text.replace(",", "").replace("，", "").replace("元", "").strip()) * 100
        whole = fen.is_finite() and 0 <= fen <= MOST_FEN and fen == fen.to_integral_value()
    except ArithmeticError:  # no number, a signalling NaN, an exponent beyond reckoning
        raise ValueError(text) from None
    if not whole:
        raise ValueError(text)
    return int(fen)


def digest_of(salt: str, rows: Iterable[RowValues]) -> str:
    """Return the digest of the list that the village votes on. The salt keeps names from being guessed."""
    said = [[row.name, row.group, row.item, row.amount_fen, row.note] for row in rows]
    return hashlib.sha256(canonical([salt, said]).encode()).hexdigest()


def _said(cell: Any) -> str:
    """Return a cell as text: a whole number from Excel comes as 3.0 and is 3."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell if cell is not None else "").strip()


def _complaint(column: Column, said: str) -> str:
    """Return what is wrong with a cell, or an empty text."""
    if not said:
        return _("这一格不能空") if column.needed else ""
    if column.key == "amount":
        try:
            fen_of(said)
        except ValueError:
            return _("要填数字，单位元，最多两位小数")
        return ""
    if len(said) > LONGEST[column.key]:
        return _("太长，最多%(n)s字") % {"n": LONGEST[column.key]}
    try:
        if column.key == "name":
            refuse_numbers(str(column.title), [said])
        else:
            refuse_private(str(column.title), [said])
    except NotForThePublic as error:
        return str(error)
    return ""
