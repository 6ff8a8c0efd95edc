"""The table of a village matter as it is typed, pasted or uploaded at the desk, given back with errors."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from disclosure.village.models import VillageMatter
from disclosure.village.rows import columns_of, from_paste, from_table
from disclosure.village.services import standing, values_of
from workflows.registry.errors import TableRefused
from workflows.registry.imports.workbook import read, too_large

SHEET = "村务"
# Empty lines below what is there, to type into.
SPARE = 5
# More lines than anyone types on one screen; longer lists are pasted or uploaded.
TYPED_MOST = 200


@dataclass
class Cell:
    """One input of the table: its name, what stands in it, and what is wrong."""

    name: str
    value: str
    title: str
    error: str = ""


def cells_of(data: Mapping[str, Any], upload: Any, kind: str) -> list[dict[str, str]]:
    """Return the rows that a POST brings, by column key: an uploaded table, what was pasted, or the inputs.

    Raises TableRefused for a file that is no plain table.
    """
    if upload is not None:
        if said := too_large(upload.size):
            raise TableRefused(said)
        sheet = read(upload.read(), SHEET)
        if sheet.obstacles:
            told = "；".join(f"{where}：{why}" for where, why in sheet.obstacles[:5])
            raise TableRefused(_("表格里有看不懂的地方：%(told)s") % {"told": told})
        return from_table(sheet.rows, kind)
    if pasted := str(data.get("pasted", "")).strip():
        return from_paste(pasted, kind)
    rows = []
    for place in range(1, TYPED_MOST + SPARE + 1):
        row = {column.key: str(data.get(f"{column.key}-{place}", "")).strip() for column in columns_of(kind)}
        if any(row.values()):
            rows.append(row)
    return rows


def kept_rows(matter: VillageMatter) -> list[dict[str, str]]:
    """Return the cells of the list as it stands (two queries)."""
    version = standing(matter)
    return [
        {
            "name": row.name,
            "group": row.group,
            "item": row.item,
            "amount": amount(row.amount_fen),
            "note": row.note,
        }
        for row in (values_of(version) if version else [])
    ]


def amount(fen: int) -> str:
    """Return fen as an amount is typed: 3600, or 3600.50."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def table_of(
    rows: Sequence[Mapping[str, str]], kind: str, wrong: Mapping[tuple[int, str], str] | None = None
) -> list[list[Cell]]:
    """Return the inputs of the table with what is wrong at which, and some empty lines below."""
    wrong = wrong or {}
    lines = [*rows, *({} for _spare in range(SPARE))][: TYPED_MOST + SPARE]
    return [
        [
            Cell(
                f"{column.key}-{place}",
                str(row.get(column.key, "")),
                str(column.title),
                wrong.get((place, column.key), ""),
            )
            for column in columns_of(kind)
        ]
        for place, row in enumerate(lines, 1)
    ]


def template(kind: str) -> bytes:
    """Return the empty table of `kind` as an xlsx file."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    heading = book.add_format({"bold": True, "bg_color": "#F2EBDD", "border": 1, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(SHEET)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns_of(kind)):
        is_amount = column.key == "amount"
        sheet.set_column(place, place, 30 if column.key == "item" else 16, None if is_amount else text)
        sheet.write_string(0, place, str(column.title), heading)
    book.close()
    return out.getvalue()
