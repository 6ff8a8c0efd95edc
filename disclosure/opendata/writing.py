"""Writing lists and their lines as CSV, JSON and XLSX into a file, line by line: memory stays flat."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from portal.printing.cells import inert

from .answering import written

Lists = Iterable[tuple[Mapping[str, Any], Iterable[Mapping[str, Any]]]]

# Head, width in a sheet, kind (text, fen, count, day), and where the value stands.
_OF_LIST: tuple[tuple[Any, int, str, Callable[[Mapping[str, Any]], Any]], ...] = (
    (_("名单编号"), 26, "text", lambda one: one["number"]),
    (_("地方"), 22, "text", lambda one: one["area"]["full_name"]),
    (_("标题"), 40, "text", lambda one: one["title"]),
    (_("哪一次公开"), 12, "text", lambda one: one["kind_label"]),
    (_("内容"), 12, "text", lambda one: one["content_label"]),
    (_("状态"), 10, "text", lambda one: one["state_label"]),
    (_("公示开始"), 12, "day", lambda one: one["starts_on"]),
    (_("公示截止"), 12, "day", lambda one: one["closes_on"]),
)
_OF_LINE: tuple[tuple[Any, int, str, Callable[[Mapping[str, Any]], Any]], ...] = (
    (_("名单上第几行"), 12, "count", lambda line: line["position"]),
    (_("事项"), 20, "text", lambda line: line["item"]),
    (_("数量"), 8, "count", lambda line: line["count"]),
    (_("单位"), 8, "text", lambda line: line["unit"]),
    (_("金额（元）"), 14, "fen", lambda line: line["amount_fen"]),
    (_("比村里报的少（元）"), 16, "fen", lambda line: line["reduced_fen"]),
    (_("说明"), 18, "text", lambda line: line["note"]),
    (_("为什么"), 30, "text", lambda line: line["reason"]),
    (_("依据"), 30, "text", lambda line: line["basis"]),
    (_("哪一级定的"), 12, "text", lambda line: line["level"]),
    (_("成效"), 20, "text", lambda line: line["effect"]),
    (_("异议"), 18, "text", lambda line: str(_("异议成立，退回重查")) if line["sent_back"] else ""),
)
_MORE_OF_LIST: tuple[tuple[Any, int, str, Callable[[Mapping[str, Any]], Any]], ...] = (
    (_("区划代码"), 14, "text", lambda one: one["area"]["code"]),
    (_("数量"), 8, "count", lambda one: one["count"]),
    (_("单位"), 8, "text", lambda one: one["unit"]),
    (_("合计（元）"), 14, "fen", lambda one: one["total_fen"]),
    (_("网页"), 50, "text", lambda one: one["url"]),
    (_("名单指纹"), 66, "text", lambda one: one["digest"]),
)
BYTE_ORDER_MARK = "\ufeff"
# A sheet of XLSX ends here; what is more goes on in the next one.
MOST_ROWS = 1_048_000


def write_csv(out: IO[bytes], lists: Lists, head: Mapping[str, Any] | None = None) -> None:
    """Write one line of CSV for each line, with what its list is; Excel goes by the byte order mark.

    Amounts are yuan. No cell begins with what a spreadsheet would run.
    """
    text = io.TextIOWrapper(out, encoding="utf-8", errors="replace", newline="", write_through=True)
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow([str(column[0]) for column in (*_OF_LIST, *_OF_LINE)])
    for one, lines in lists:
        same = [_cell(kind, value(one)) for _head, _width, kind, value in _OF_LIST]
        for line in lines:
            told = {**line, "unit": one["unit"]}
            writer.writerow([*same, *(_cell(kind, value(told)) for _head, _width, kind, value in _OF_LINE)])
    text.flush()
    text.detach()


def _cell(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "fen":
        return f"{value // 100}.{value % 100:02d}" if value >= 0 else f"-{-value // 100}.{-value % 100:02d}"
    return str(value) if kind == "count" else inert(str(value))


def write_json(out: IO[bytes], lists: Lists, head: Mapping[str, Any] | None = None) -> None:
    """Write the lists below what `head` tells of their area; without it the one list alone."""
    if head is not None:
        out.write(f'{{"area":{written(head)},"lists":['.encode())
    for place, (one, lines) in enumerate(lists):
        if place:
            out.write(b",\n")
        out.write(f'{{"list":{written(one)},"lines":['.encode())
        for number, line in enumerate(lines):
            out.write((",\n" if number else "").encode() + written(line).encode())
        out.write(b"]}")
    if head is not None:
        out.write(b"]}")


def write_xlsx(out: IO[bytes], lists: Lists, head: Mapping[str, Any] | None = None) -> None:
    """Write a sheet of lists and one of lines; nothing is guessed from text, rows go to disk at once."""
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # The same data give the same bytes, and so the same ETag.
    book.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
    formats = {
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "@"}),
        "fen": book.add_format({"num_format": "#,##0.00"}),
        "count": book.add_format({"num_format": "0"}),
        "head": book.add_format({"bold": True, "bottom": 1}),
    }
    # A list's own row is written once its lines are being read: two sheets grow side by side.
    told = _Sheet(book, str(_("名单")), (*_OF_LIST, *_MORE_OF_LIST), formats)
    detail = _Sheet(book, str(_("明细")), (*_OF_LIST[:4], *_OF_LINE), formats)
    for one, lines in lists:
        told.add([value(one) for _head, _width, _kind, value in told.columns])
        same = [value(one) for _head, _width, _kind, value in _OF_LIST[:4]]
        for line in lines:
            wide = {**line, "unit": one["unit"]}
            detail.add([*same, *(value(wide) for _head, _width, _kind, value in _OF_LINE)])
    book.close()


class _Sheet:
    """Rows under a head, going on in another sheet where one is full."""

    def __init__(self, book: Any, name: str, columns: Any, formats: Mapping[str, Any]) -> None:
        self.book, self.name, self.columns, self.formats, self.count = book, name, columns, formats, 0
        self.sheets = 0
        self._begin()

    def _begin(self) -> None:
        self.sheets += 1
        self.row = 1
        self.sheet = self.book.add_worksheet(self.name if self.sheets == 1 else f"{self.name}{self.sheets}")
        self.sheet.freeze_panes(1, 0)
        for place, (head, width, _kind, _value) in enumerate(self.columns):
            self.sheet.set_column(place, place, width)
            self.sheet.write_string(0, place, str(head), self.formats["head"])

    def add(self, values: list[Any]) -> None:
        if self.row >= MOST_ROWS:
            self._begin()
        for place, ((_head, _width, kind, _value), value) in enumerate(
            zip(self.columns, values, strict=True)
        ):
            if value is None or value == "":
                continue
            if kind == "fen":
                self.sheet.write_number(self.row, place, value / 100, self.formats[kind])
            elif kind == "count":
                self.sheet.write_number(self.row, place, value, self.formats[kind])
            else:
                self.sheet.write_string(self.row, place, inert(str(value)), self.formats[kind])
        self.row += 1


WRITERS: Mapping[str, Callable[..., None]] = {"csv": write_csv, "json": write_json, "xlsx": write_xlsx}


def each(one: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    """Yield the one list with its lines, as the writers take them."""
    yield one, lines
