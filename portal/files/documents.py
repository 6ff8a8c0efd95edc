"""Word and Excel documents: taken as they are, once nothing in them runs, hides or calls outside.

They are archives of XML. Everything is unpacked in small pieces and dropped again, so that no bomb (packed
zeros, a directory that lies, entities that multiply, elements without end) costs more than a little memory.
"""

import io
import re
import struct
import zipfile
import zlib
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from .errors import RefusedFile

PIECE = 64 * 1024
MEGABYTE = 1024 * 1024
MOST_ENTRIES = 5000
LARGEST_DIRECTORY = 2 * MEGABYTE
# The parts that are read whole: the list of content types and relations.
LARGEST_LIST = MEGABYTE
LONGEST_TOKEN = 4 * MEGABYTE
DEEPEST = 256
MOST_ELEMENTS = 8_000_000
MOST_NAMES = 10_000
MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
# Other ways of packing are not what Word, Excel and WPS write; some of them ask for gigabytes at once.
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ACTIVE_PARTS = re.compile(
    r"vbaproject|activex|/embeddings/|oleobject|macrosheets/|\.(bin|html?|mht|mhtml|js|vbs|exe|jar|rtf)$",
    re.IGNORECASE,
)
# Excel keeps the printer's own settings in a .bin that nothing runs.
_PRINTER_SETTINGS = re.compile(r"/printersettings\d*\.bin$", re.IGNORECASE)
_OUTSIDE_PARTS = re.compile(r"^xl/(externallinks/|connections\.xml$|querytables/)", re.IGNORECASE)
_XML_PARTS = re.compile(r"\.(xml|rels|vml)$", re.IGNORECASE)
# An archive, an old document, a program or a PDF under the name of a picture.
_NESTED = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0",
    b"MZ",
    b"%PDF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
)


def check_office(data: bytes, largest_unpacked: int) -> str:
    """Return the content type of the Word or Excel document in `data`; raise RefusedFile for any other.

    It must be one whole archive of at most `largest_unpacked` bytes unpacked, without macros, embedded
    files, passwords, links that load from outside, or bytes before and behind it.
    """
    try:
        _check_directory(data)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive, largest_unpacked)
            content_type = _main_type(archive)
            for entry in archive.infolist():
                _check_part(archive, entry)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, KeyError, struct.error) as error:
        raise RefusedFile(_("文档损坏，打不开，可能没有传完，请重新上传或重新保存")) from error
    except (ParseError, DefusedXmlException, expat.ExpatError, ValueError, RuntimeError) as error:
        raise _irregular() from error
    return content_type


def _check_directory(data: bytes) -> None:
    """Look at the archive's end before the directory is read: each of its entries costs memory."""
    end = data.rfind(b"PK\x05\x06")
    if end == -1 or len(data) < end + 22:
        raise zipfile.BadZipFile
    count, size, start, comment = struct.unpack("<HIIH", data[end + 10 : end + 22])
    if end + 22 + comment != len(data):
        raise _stuffed()
    if count > MOST_ENTRIES or size > LARGEST_DIRECTORY:
        raise _too_many()
    # What lies between the directory and the end is a second directory (zip64), which documents do not need.
    if start + size != end:
        raise _stuffed() if start + size < end else zipfile.BadZipFile


def _check_archive(archive: zipfile.ZipFile, largest_unpacked: int) -> None:
    entries = archive.infolist()
    if not entries or min(entry.header_offset for entry in entries) != 0:
        raise _stuffed()
    if len(entries) > MOST_ENTRIES or len({entry.filename.lower() for entry in entries}) != len(entries):
        raise _too_many()
    if sum(entry.file_size for entry in entries) > largest_unpacked:
        raise RefusedFile(_("文档解开后太大，请删减图片或分成几份后再上传"))
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & 1:
            raise RefusedFile(_("文档设有密码，请取消后再上传"))
        if entry.compress_type not in _PACKINGS:
            raise RefusedFile(_("文档的压缩方式不常见，请用 Word、Excel 或 WPS 另存后再上传"))
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise RefusedFile(_("文档里有可疑的路径，请重新保存后再上传"))
        if _ACTIVE_PARTS.search(name) and not _PRINTER_SETTINGS.search(name):
            raise _embedded()
        if _OUTSIDE_PARTS.search(name):
            raise RefusedFile(_("表格连着别的文件或数据源，请在“数据”里断开链接，另存后再上传"))


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read one part to its end: sizes in the directory may lie, then the read fails."""
    with archive.open(entry) as part:
        if _XML_PARTS.search(entry.filename):
            _Xml().check(part)
        else:
            if part.read(8).startswith(_NESTED):
                raise _embedded()
            while part.read(PIECE):
                pass
    if entry.filename.lower().endswith(".rels"):
        _check_relations(_list(archive, entry.filename))


class _Xml:
    """One part of XML, parsed as it is unpacked; nothing of it is kept but counts."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.depth = self.elements = 0
        self.names: set[str] = set()

    def check(self, part: io.BufferedIOBase | object) -> None:
        """Raise RefusedFile or ExpatError unless `part` is plain XML of a bearable size."""
        fed = 0
        while piece := part.read(PIECE):  # type: ignore[union-attr]
            self.parser.Parse(piece, False)
            fed += len(piece)
            if fed - max(self.parser.CurrentByteIndex, 0) > LONGEST_TOKEN:
                raise _irregular()
        self.parser.Parse(b"", True)

    def _doctype(self, *_declared: object) -> None:
        # Documents have none; with one, a few lines can multiply into gigabytes or read other files.
        raise _irregular()

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        self.names.add(name)
        self.names.update(attributes)
        if self.depth > DEEPEST or self.elements > MOST_ELEMENTS or len(self.names) > MOST_NAMES:
            raise _irregular()

    def _end(self, name: str) -> None:
        self.depth -= 1


def _main_type(archive: zipfile.ZipFile) -> str:
    names = {entry.filename for entry in archive.infolist()}
    if "OFD.xml" in names:
        raise RefusedFile(_("不接收 OFD 文件，请转成 PDF 再上传"))
    if "[Content_Types].xml" not in names:
        raise RefusedFile(_("不接收压缩包，请解开后把照片、PDF、Word（docx）或 Excel（xlsx）文件逐个上传"))
    listed = fromstring(_list(archive, "[Content_Types].xml"))
    types = [element.get("ContentType", "").lower() for element in listed]
    if any("macro" in text or "vbaproject" in text for text in types):
        raise RefusedFile(_("文档里有宏，请另存为不带宏的 docx 或 xlsx 再上传"))
    for main in MAIN_TYPES:
        if f"{main}.main+xml" in types:
            return main
    raise RefusedFile(_("不接收这种文档，请另存为 docx、xlsx 或 PDF 再上传"))


def _list(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        text = part.read(LARGEST_LIST + 1)
    if len(text) > LARGEST_LIST:
        raise _irregular()
    return text


def _check_relations(text: bytes) -> None:
    for relation in fromstring(text):
        kind = relation.get("Type", "").lower()
        if kind.endswith("/afchunk"):
            raise _embedded()
        if relation.get("TargetMode", "").lower() == "external" and not kind.endswith("/hyperlink"):
            raise RefusedFile(_("文档会从外部网址读取内容，请去掉外部链接的图片或模板后再上传"))


def _irregular() -> RefusedFile:
    return RefusedFile(_("文档的内容不合规范，请用 Word、Excel 或 WPS 另存后再上传"))


def _stuffed() -> RefusedFile:
    return RefusedFile(_("文档前后夹带了别的内容，请重新保存后再上传"))


def _too_many() -> RefusedFile:
    return RefusedFile(_("文档里的部件太多或有重名，请重新保存后再上传"))


def _embedded() -> RefusedFile:
    return RefusedFile(_("文档里有宏或嵌入的文件，请去掉后另存为 docx 或 xlsx 再上传"))
