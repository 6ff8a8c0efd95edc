"""Reading an untrusted xlsx: looked through as a stream first, so that no file costs more than it may.

The order matters. Size, kind and archive are judged before anything is unpacked, then each sheet is read as a
stream that keeps nothing, to learn how large it is and what it hides; only a table that is small and plain
comes to calamine, which holds it whole.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import InputSource

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from portal.configuration.services import value
from portal.files.documents import MAIN_TYPES, check_office
from portal.files.errors import RefusedFile
from workflows.registry.errors import TableRefused
from workflows.registry.keys import LARGEST_MEGABYTES, MOST_ROWS

from .columns import PLAIN, SHEET, letter

MEGABYTE = 1024 * 1024
# A table of two thousand people unpacks to a few megabytes.
LARGEST_UNPACKED = 40 * MEGABYTE
# Lists of sheets and relations are parsed whole.
LARGEST_PART = MEGABYTE
MOST_SHEETS = 8
MOST_COLUMNS = 60
MOST_DEPTH = 24
TOLD = 5
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_BROKEN = (zipfile.BadZipFile, EOFError, KeyError, NotImplementedError, OSError, SAXException, ValueError)


@dataclass
class Sheet:
    """What a sheet holds: its cells by row, row 1 first, and what stands in the way, by address."""

    rows: list[list[Any]] = field(default_factory=list)
    obstacles: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Bounds:
    """How large a table may be, and what to do with a larger one; that of households where none is given."""

    megabytes: int
    rows: int
    larger: str


def too_large(size: int) -> str:
    """Return why a file of `size` bytes is not taken, empty where it is; asked before it is read."""
    megabytes = value(LARGEST_MEGABYTES)
    if size <= megabytes * MEGABYTE:
        return ""
    return _("文件太大，农户表格不能超过 %(n)d MB，请按村分开上传") % {"n": megabytes}


def read(data: bytes, wanted: str = SHEET) -> Sheet:
    """Return the sheet `wanted` (households) of `data`; raise TableRefused, with what to do, for all else."""
    if said := too_large(len(data)):
        raise TableRefused(said)
    name, obstacles = _safely(data, wanted)
    return Sheet([list(row) for row in _cells(data, name)], obstacles)


def read_list(data: bytes, wanted: str, bounds: Bounds) -> Iterator[Sequence[Any]]:
    """Yield the rows of the sheet `wanted` of `data`, a table that is not ours, or of its only sheet.

    Nothing stands in its way but its size: hidden rows and merged cells are read as they are. Raises
    TableRefused as `read` does.
    """
    if len(data) > bounds.megabytes * MEGABYTE:
        said = _("文件太大，最多 %(n)d MB，%(larger)s")
        raise TableRefused(said % {"n": bounds.megabytes, "larger": bounds.larger})
    name, _obstacles = _safely(data, wanted, bounds)
    yield from _cells(data, name)


def _safely(data: bytes, wanted: str, bounds: Bounds | None = None) -> tuple[str, list[tuple[str, str]]]:
    """Return the name of the sheet to read and what stands in the way. Raises TableRefused."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableRefused(_("这是旧格式（xls）或者设有密码的文件，请去掉密码，另存为 xlsx 再上传"))
    if not data.startswith(b"PK\x03\x04"):
        raise TableRefused(_("这不是 Excel 表格（xlsx），请下载模板，填好后上传"))
    try:
        return _looked_through(data, wanted, bounds)
    except RefusedFile as error:
        raise TableRefused(str(error)) from error
    except (DefusedXmlException, *_BROKEN) as error:
        raise TableRefused(_("表格损坏或者不合规范，请用 Excel 或 WPS 另存为 xlsx 再上传")) from error


def _looked_through(data: bytes, wanted: str, bounds: Bounds | None) -> tuple[str, list[tuple[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            small = entry.filename.endswith(".rels") or entry.filename in (
                "[Content_Types].xml",
                "xl/workbook.xml",
            )
            if small and entry.file_size > LARGEST_PART:
                raise TableRefused(_("表格的结构不合规范，请用 Excel 或 WPS 另存为 xlsx 再上传"))
        if check_office(data, LARGEST_UNPACKED) != next(
            kind for kind, ending in MAIN_TYPES.items() if ending == ".xlsx"
        ):
            raise TableRefused(_("这是 Word 文档，不是表格，请上传 Excel 表格（xlsx）"))
        sheets = _sheets(archive)
        if bounds and len(sheets) == 1:
            # What others send is seldom called as asked; of one sheet it is clear which is meant.
            wanted = sheets[0][0]
        obstacles: list[tuple[str, str]] = []
        found = False
        for name, hidden, part in sheets:
            seen = _Looking(name, bounds)
            _parse(archive, part, seen)
            if hidden:
                obstacles.append((name, _("有隐藏的工作表，请取消隐藏或者删掉")))
            if name == wanted:
                found = True
                obstacles += seen.told()
        # Texts and styles are read by calamine: they too may declare nothing.
        for part in ("xl/sharedStrings.xml", "xl/styles.xml"):
            if part in archive.namelist():
                _parse(archive, part, ContentHandler())
        if not found:
            said = _("有几张工作表，没有一张叫“%(name)s”：请把要用的那张改成这个名字，或者只留那一张")
            ours = _("没有名为“%(name)s”的工作表，请下载模板，填在模板里")
            raise TableRefused((said if bounds else ours) % {"name": wanted})
        return wanted, obstacles


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, bool, str]]:
    """Return name, whether hidden, and part of every sheet."""
    listed, targets = _Listing(), _Listing()
    _parse(archive, "xl/workbook.xml", listed)
    _parse(archive, "xl/_rels/workbook.xml.rels", targets)
    if not 0 < len(listed.sheets) <= MOST_SHEETS:
        raise TableRefused(_("工作表太多，请只留要用的"))
    sheets = []
    for name, state, relation in listed.sheets:
        target = targets.targets.get(relation, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        sheets.append((name, state not in ("", "visible"), part))
    return sheets


def _parse(archive: zipfile.ZipFile, part: str, handler: ContentHandler) -> None:
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setFeature(feature_namespaces, False)
    parser.setContentHandler(handler)
    with archive.open(part) as stream:
        source = InputSource()
        source.setByteStream(stream)
        parser.parse(source)


class _Listing(ContentHandler):
    """Collects sheets of a workbook and targets of relations."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, str]] = []
        self.targets: dict[str, str] = {}

    def startElement(self, name: str, attrs: Any) -> None:
        """Take what is told of a sheet or a relation."""
        local = name.rpartition(":")[2]
        if local == "sheet":
            relation = next((attrs[key] for key in attrs.getNames() if key.endswith(":id")), "")
            self.sheets.append((attrs.get("name", ""), attrs.get("state", ""), relation))
        elif local == "Relationship":
            self.targets[attrs.get("Id", "")] = attrs.get("Target", "")


class _Looking(ContentHandler):
    """Reads a sheet as it streams by: how large it is, and what in it is hidden, merged or computed."""

    def __init__(self, sheet: str, bounds: Bounds | None = None) -> None:
        super().__init__()
        self.bounds = bounds
        self.sheet, self.depth, self.row, self.column, self.cells = sheet, 0, 0, 0, 0
        self.most_rows = (bounds.rows if bounds else int(value(MOST_ROWS))) + 1
        self.found: dict[str, list[str]] = {
            "merged": [],
            "hidden_row": [],
            "hidden_column": [],
            "formula": [],
        }

    def startElement(self, name: str, attrs: Any) -> None:
        """Judge one element; TableRefused as soon as there is too much."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise TableRefused(_("表格的结构不合规范，请用 Excel 或 WPS 另存为 xlsx 再上传"))
        local = name.rpartition(":")[2]
        if local == "dimension":
            for column, row in _CELL.findall(attrs.get("ref", "")):
                self._bounded(_number(column), int(row))
        elif local == "row":
            self.row = int(attrs.get("r") or self.row + 1)
            self.column = 0
            self._bounded(1, self.row)
            if attrs.get("hidden", "0") in ("1", "true"):
                self.found["hidden_row"].append(str(self.row))
        elif local == "c":
            self._cell(attrs.get("r", ""))
        elif local == "f":
            self.found["formula"].append(f"{letter(self.column - 1)}{self.row}")
        elif local == "mergeCell":
            self.found["merged"].append(attrs.get("ref", ""))
        elif local == "col" and attrs.get("hidden", "0") in ("1", "true"):
            first = int(attrs.get("min", "1"))
            # Hiding all that is right of the table is a habit of the eye: nothing stands there.
            if first <= len(PLAIN):
                self.found["hidden_column"].append(letter(first - 1))

    def endElement(self, name: str) -> None:
        """Leave an element."""
        self.depth -= 1

    def _cell(self, reference: str) -> None:
        self.cells += 1
        self.column += 1
        if match := _CELL.fullmatch(reference):
            self.column, row = _number(match[1]), int(match[2])
            self._bounded(self.column, row)
        self._bounded(self.column, self.row)

    def _bounded(self, column: int, row: int) -> None:
        if row > self.most_rows and self.bounds:
            told = {"sheet": self.sheet, "most": self.most_rows, "larger": self.bounds.larger}
            raise TableRefused(_("“%(sheet)s”超过 %(most)d 行，%(larger)s") % told)
        if row > self.most_rows:
            said = _(
                "“%(sheet)s”里的内容或格式到了第 %(row)s 行，最多 %(most)s 行：请删掉多余的行，或者按村分开"
            )
            raise TableRefused(said % {"sheet": self.sheet, "row": row, "most": self.most_rows})
        if column > MOST_COLUMNS or self.cells > self.most_rows * MOST_COLUMNS:
            said = _("“%(sheet)s”的列太多，请照模板的列填，删掉右边多余的列")
            if self.bounds:
                said = _("“%(sheet)s”的列太多，请删掉右边多余的列")
            raise TableRefused(said % {"sheet": self.sheet})

    def told(self) -> list[tuple[str, str]]:
        """Return what is in the way, by address, a few of each kind."""
        words = {
            "merged": _("有合并的单元格，请取消合并，每一格都填"),
            "hidden_row": _("这一行是隐藏的，请取消隐藏，核对后再上传"),
            "hidden_column": _("这一列是隐藏的，请取消隐藏，核对后再上传"),
            "formula": _("是公式，请改成直接填写的内容（复制后“只粘贴值”）"),
        }
        return [(where, words[kind]) for kind, places in self.found.items() for where in places[:TOLD]]


def _number(letters: str) -> int:
    number = 0
    for one in letters:
        number = number * 26 + ord(one) - 64
    return number


def _cells(data: bytes, wanted: str) -> Iterator[Sequence[Any]]:
    """Yield the rows of the sheet, from row 1 on."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            yield from book.get_sheet_by_name(wanted).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise TableRefused(_("表格读不出来，请用 Excel 或 WPS 另存为 xlsx 再上传")) from error
    except BaseException as error:
        # A panic of the reader is no Exception; it ends the reading and nothing else.
        if type(error).__name__ != "PanicException":
            raise
        raise TableRefused(_("表格读不出来，请用 Excel 或 WPS 另存为 xlsx 再上传")) from error
