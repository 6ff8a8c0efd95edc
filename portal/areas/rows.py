"""Reading a file of divisions row by row, and refusing what cannot be an area."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .errors import BadRow
from .models import LEVELS, Area, Level

COLUMNS = ["code", "name", "level", "parent_code"]
# How many digits of the code belong to each level (domain.md section 6); the rest are zeros.
DIGITS = {Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}
CODE = re.compile(r"[0-9]{12}")
NAME_LENGTH: int = Area._meta.get_field("name").max_length


@dataclass(frozen=True)
class Row:
    """One division of the file; `line` is its line number, `parent_code` empty for a city."""

    line: int
    code: str
    name: str
    level: Level
    parent_code: str


def read(content: bytes) -> list[Row]:
    """Return the rows of the CSV file `content` (UTF-8; code, name, level, parent_code) in any order.

    Raises BadRow for the first row that is wrong in itself or repeats a code.
    """
    rows: dict[str, Row] = {}
    for row in _parsed(_text(content)):
        if row.code in rows:
            raise BadRow(row.line, _("代码 %s 和第 %d 行重复") % (row.code, rows[row.code].line))
        rows[row.code] = row
    return list(rows.values())


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadRow(line, _("文字不是 UTF-8 编码，请另存为 UTF-8 的 CSV 再载入")) from error


def _parsed(text: str) -> Iterator[Row]:
    lines = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = next(lines, [])
        if header != COLUMNS:
            raise BadRow(1, _("表头应当是 %s") % ",".join(COLUMNS))
        for cells in lines:
            yield _row(lines.line_num, cells)
    except csv.Error as error:
        raise BadRow(lines.line_num, _("引号或逗号不成对，读不出四列")) from error


def _row(line: int, cells: Iterable[str]) -> Row:
    values = [cell.strip() for cell in cells]
    if len(values) != len(COLUMNS):
        raise BadRow(line, _("应当有 %d 列，这里有 %d 列") % (len(COLUMNS), len(values)))
    code, name, level, parent_code = values
    if not CODE.fullmatch(code):
        raise BadRow(line, _("代码“%s”不是 12 位数字") % code)
    if level not in Level.values:
        raise BadRow(line, _("级别“%s”不认识，应当是 %s 之一") % (level, "、".join(Level.values)))
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        raise BadRow(line, _("名称要有 1 到 %d 个字，不能有控制字符") % NAME_LENGTH)
    rank = LEVELS.index(Level(level))
    used = DIGITS[Level(level)]
    above = DIGITS[LEVELS[rank - 1]] if rank else 0
    if code[used:].strip("0") or not code[above:used].strip("0"):
        raise BadRow(line, _("代码 %s 的位数和级别 %s 不符") % (code, level))
    if rank == 0 and parent_code:
        raise BadRow(line, _("市一级没有上级，上级代码应当空着"))
    if rank and not CODE.fullmatch(parent_code):
        raise BadRow(line, _("上级代码“%s”不是 12 位数字") % parent_code)
    if rank and parent_code[:above] != code[:above]:
        raise BadRow(line, _("代码 %s 不在上级 %s 之下") % (code, parent_code))
    return Row(line, code, name, Level(level), parent_code)
