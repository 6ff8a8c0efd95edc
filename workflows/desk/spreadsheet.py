"""Writing a table as XLSX row by row: nothing in it runs, every page says whose it is, memory stays flat."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

import xlsxwriter
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.printing.cells import inert as inert

LONGEST_HEADER = 80


@dataclass(frozen=True)
class Column:
    """A column: its head, width in characters, and kind (text, code, yuan for int fen, count, day)."""

    head: str | Promise
    width: int = 14
    kind: str = "text"


@dataclass(frozen=True)
class Mark:
    """Whose table it is: stands in a line of its own and at head and foot of every printed page."""

    title: str
    office: str
    at: str
    number: str


def write(
    out: IO[bytes],
    mark: Mark,
    sheets: Iterable[tuple[str, Sequence[Column], Iterable[Sequence[Any]]]],
    *,
    made_at: Any,
) -> int:
    """Write `sheets` (name, columns, rows) to `out` and return how many rows; each row goes to disk at once.

    Formulas, links and numbers are never guessed from text; a code stays a text whatever it looks like.
    """
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": mark.number, "author": "", "company": "", "created": made_at})
    formats = {
        "text": book.add_format({"text_wrap": False}),
        "code": book.add_format({"num_format": "@"}),
        "yuan": book.add_format({"num_format": "#,##0.00"}),
        "count": book.add_format({"num_format": "0"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
    }
    head = book.add_format({"bold": True, "bg_color": "#E8ECEF", "border": 1, "align": "center"})
    note = book.add_format({"font_color": "#A01818", "bold": True})
    count = 0
    for name, columns, rows in sheets:
        sheet = book.add_worksheet(name)
        _furnish(sheet, mark, columns)
        sheet.write_string(0, 0, inert(_line(mark)), note)
        for place, column in enumerate(columns):
            sheet.write_string(1, place, inert(str(column.head)), head)
        last = 1
        for last, row in enumerate(rows, 2):
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                _cell(sheet, last, place, column.kind, value, formats)
            count += 1
        sheet.autofilter(1, 0, last, len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
    book.close()
    return count


def _line(mark: Mark) -> str:
    return _("内部资料 · %(title)s · %(office)s · %(at)s 导出 · 导出号 %(number)s · 不得外传") % {
        "title": mark.title,
        "office": mark.office,
        "at": mark.at,
        "number": mark.number,
    }


def _furnish(sheet: Any, mark: Mark, columns: Sequence[Column]) -> None:
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    # An ampersand begins a code in heads and feet.
    office = inert(mark.office)[:LONGEST_HEADER].replace("&", "&&")
    sheet.set_header(f"&L{office}&R{_('内部资料 不得外传')}")
    sheet.set_footer(f"&L{mark.number}　{mark.at}&R&P / &N")
    # Nobody knows the word: the mark stays, the table can still be sorted, filtered and copied from.
    sheet.protect(
        secrets.token_hex(8),
        {"sort": True, "autofilter": True, "format_columns": True, "format_rows": True},
    )


def _cell(sheet: Any, row: int, place: int, kind: str, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if kind == "yuan":
        sheet.write_number(row, place, value / 100, formats[kind])
    elif kind == "count":
        sheet.write_number(row, place, value, formats[kind])
    elif kind == "day" and isinstance(value, date):
        sheet.write_datetime(row, place, value, formats[kind])
    else:
        sheet.write_string(row, place, inert(str(value)), formats.get(kind, formats["text"]))
