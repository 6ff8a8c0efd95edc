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
# A sheet is unpacked and held whole; a CSV goes by line for line.
MOST_ROWS = 60_000
HEAD_SHOWN = 60
SHEET = "名单"
OLD_SHEET = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Numbers:
    """The different ID numbers of a list, how many lines it had, and in how many no number could be read."""

    numbers: frozenset[str]
    lines: int
    unread: int


def read(data: bytes) -> Numbers:
    """Return the ID numbers in `data`; raises BadFlagAct with what to do where it is no such list."""
    if len(data) > MOST_BYTES:
        raise BadFlagAct({"file": too_large()})
    numbers, lines, unread, head = set(), 0, 0, ""
    for cells in _rows(data):
        said = [cell.strip().upper() for cell in cells if cell.strip()]
        if not said:
            continue
        found = next((cell for cell in said if is_valid(cell)), "")
        # A first line without a digit is the head.
        if not lines and not found and not any(letter.isdigit() for letter in "".join(said)):
            head = head or "、".join(said)[:HEAD_SHOWN]
            continue
        lines += 1
        unread += not found
        if lines > MOST_LINES:
            raise BadFlagAct({"file": _("名单太长，一次不超过 30 万行，请分开上传。")})
        if found:
            numbers.add(found)
    if not numbers:
        raise BadFlagAct({"file": _nothing_read(lines, head)})
    return Numbers(frozenset(numbers), lines, unread)


def too_large() -> str:
    """Return what to do with a file that is larger than a list may be."""
    return _("文件太大，一次不超过 20 MB，请分开上传。")


def _nothing_read(lines: int, head: str) -> str:
    """Return what to do with a list of `lines` without a number, whose first row is called `head`."""
    if not lines and not head:
        return _("文件是空的，里面没有一行。请核对是不是选错了文件。")
    words = _("没有读到身份证号：%(lines)d 行里没有一个完整、校验得过的 18 位号码。")
    if head:
        words += _("表头是“%(head)s”。")
    words += _("请核对是不是选错了文件；号码不能打星号，Excel 里那一列要设成文本，存成数字的后三位已经丢了。")
    return words % {"lines": lines, "head": head}


def _rows(data: bytes) -> Iterator[list[str]]:
    if data[:2] == b"PK":
        try:
            larger = _("请另存为 CSV（最多 30 万行），或者分开上传")
            bounds = workbook.Bounds(MOST_BYTES // workbook.MEGABYTE, MOST_ROWS, larger)
            for row in workbook.read_list(data, SHEET, bounds):
                yield ["" if cell is None else str(cell) for cell in row]
        except TableRefused as error:
            raise BadFlagAct({"file": f"{error}。"}) from error
        return
    if data[:4] == OLD_SHEET:
        raise BadFlagAct(
            {"file": _("这是旧格式（xls）或者设有密码的文件，请去掉密码，另存为 xlsx 或 CSV 再传。")}
        )
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
