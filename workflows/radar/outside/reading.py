"""Reading a list from outside: the ID numbers in it and nothing else, from CSV or from a sheet."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from workflows.registry.errors import TableRefused
from workflows.registry.id_numbers import is_valid
from workflows.registry.imports import workbook

from ..errors import BadFlagAct

MOST_BYTES = 20 * 1024 * 1024
MOST_LINES = 300_000
SHEET = "名单"


@dataclass(frozen=True)
class Numbers:
    """The different ID numbers of a list, how many lines it had, and in how many no number could be read."""

    numbers: frozenset[str]
    lines: int
    unread: int


def read(data: bytes) -> Numbers:
    """Return the ID numbers in `data`; raises BadFlagAct with what to do where it is no such list."""
    if len(data) > MOST_BYTES:
        raise BadFlagAct({"file": _("文件太大，一次不超过 20 MB，请分开上传。")})
    numbers, lines, unread = set(), 0, 0
    for cells in _rows(data):
        said = [cell.strip().upper() for cell in cells if cell.strip()]
        if not said:
            continue
        found = next((cell for cell in said if is_valid(cell)), "")
        # A first line without a digit is the head.
        if not lines and not found and not any(letter.isdigit() for letter in "".join(said)):
            continue
        lines += 1
        unread += not found
        if lines > MOST_LINES:
            raise BadFlagAct({"file": _("名单太长，一次不超过 30 万行，请分开上传。")})
        if found:
            numbers.add(found)
    if not numbers:
        raise BadFlagAct(
            {"file": _("没有读到身份证号。请用 CSV，或者工作表叫“名单”的 XLSX，有一列是 18 位号码。")}
        )
    return Numbers(frozenset(numbers), lines, unread)


def _rows(data: bytes) -> Iterator[list[str]]:
    if data[:2] == b"PK":
        try:
            sheet = workbook.read(data, SHEET)
        except TableRefused as error:
            raise BadFlagAct({"file": str(error)}) from error
        for row in sheet.rows:
            yield ["" if cell is None else str(cell) for cell in row]
        return
    try:
        yield from csv.reader(io.StringIO(_text(data)))
    except csv.Error as error:
        raise BadFlagAct({"file": _("这个文件读不了，请另存为 CSV 再传。")}) from error


def _text(data: bytes) -> str:
    """Return the text of a CSV in UTF-8 or in what Chinese spreadsheets write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise BadFlagAct({"file": _("这个文件读不了，请另存为 CSV 再传。")})
