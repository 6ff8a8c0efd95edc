"""Documents (PDF, Word, Excel): taken as they are, once nothing in them runs, hides or calls outside."""

import io
import re
import zipfile
import zlib
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from .errors import RefusedFile

MEGABYTE = 1024 * 1024
MOST_ENTRIES = 5000
MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
# Names by which a PDF acts on its own or carries other files: long enough not to turn up in random bytes.
_ACTIVE_NAMES = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData)(?![A-Za-z0-9])|/XFA\s*(\[|\d+\s+\d+\s+R)"
)
_ENCRYPTED = re.compile(rb"/Encrypt\s*(\d+\s+\d+\s+R|<<)")
_FLATE_ONLY = re.compile(rb"/Filter\s*(/FlateDecode|\[\s*/FlateDecode\s*\])")
_ACTIVE_PARTS = re.compile(r"vbaproject|activex|/embeddings/|oleobject|\.bin$", re.IGNORECASE)
# Excel keeps the printer's own settings in a .bin that nothing runs.
_PRINTER_SETTINGS = re.compile(r"/printersettings\d*\.bin$", re.IGNORECASE)


def check_pdf(data: bytes, largest_unpacked: int) -> None:
    """Raise RefusedFile unless `data` is one PDF without scripts, attachments, password or a second nature.

    `largest_unpacked` limits in bytes what is unpacked to look into it.
    """
    if b"%%EOF" not in data[-1024:]:
        raise RefusedFile(_("PDF 不完整，请重新导出后再上传"))
    if zipfile.is_zipfile(io.BytesIO(data)) or re.search(rb"<(html|script|svg|!doctype)", data[:1024], re.I):
        raise RefusedFile(_("这个文件同时是 PDF 又是别的文件，不能接收，请重新导出 PDF"))
    plain = _unescaped(data)
    if _ENCRYPTED.search(plain):
        raise RefusedFile(_("PDF 设有密码或权限，请取消后再上传"))
    hidden = _object_streams(data, largest_unpacked)
    if len(hidden) != plain.count(b"/ObjStm"):
        raise RefusedFile(_("PDF 的结构不合规范，请用“打印成 PDF”另存一份后再上传"))
    if any(_ACTIVE_NAMES.search(text) for text in (plain, *map(_unescaped, hidden))):
        raise RefusedFile(_("PDF 里有脚本或夹带的文件，请用“打印成 PDF”另存一份后再上传"))


def _unescaped(data: bytes) -> bytes:
    """Return `data` with the #xx escapes of PDF names resolved, which else hide a name."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), data)


def _object_streams(data: bytes, largest_unpacked: int) -> list[bytes]:
    """Return the unpacked streams that hold objects: the only place where a PDF can hide a name."""
    unpacked: list[bytes] = []
    start = data.find(b"stream")
    while start != -1:
        before = data[max(0, start - 1024) : start]
        dictionary = _unescaped(before[before.rfind(b"obj") + 3 :])
        body = start + len(b"stream")
        if b"/ObjStm" in dictionary and not before.endswith(b"end"):
            end = data.find(b"endstream", body)
            text = data[body : end if end != -1 else None].lstrip(b"\r\n")
            if b"/Filter" in dictionary:
                text = _inflated(text, dictionary, largest_unpacked)
            largest_unpacked -= len(text)
            if largest_unpacked < 0:
                raise RefusedFile(_("PDF 解开后太大，请重新导出后再上传"))
            unpacked.append(text)
        start = data.find(b"stream", body)
    return unpacked


def _inflated(packed: bytes, dictionary: bytes, limit: int) -> bytes:
    try:
        if _FLATE_ONLY.search(dictionary) and b"/DecodeParms" not in dictionary:
            return zlib.decompressobj().decompress(packed, limit + 1)
    except zlib.error:
        pass
    raise RefusedFile(_("PDF 的结构不合规范，请用“打印成 PDF”另存一份后再上传"))


def check_office(data: bytes, largest_unpacked: int) -> str:
    """Return the content type of the Word or Excel document in `data`; raise RefusedFile for any other.

    It must be one whole archive of at most `largest_unpacked` bytes unpacked, without macros, embedded
    files, passwords, links that load from outside, or bytes before and behind it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive, data, largest_unpacked)
            content_type = _main_type(archive)
            for entry in archive.infolist():
                if entry.filename.lower().endswith(".rels"):
                    _check_relations(archive.read(entry))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, KeyError) as error:
        raise RefusedFile(_("文档损坏，打不开，请重新保存后再上传")) from error
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise RefusedFile(_("文档的内容不合规范，请用 Word、Excel 或 WPS 另存后再上传")) from error
    return content_type


def _check_archive(archive: zipfile.ZipFile, data: bytes, largest_unpacked: int) -> None:
    entries = archive.infolist()
    end = data.rfind(b"PK\x05\x06")
    comment_length = int.from_bytes(data[end + 20 : end + 22], "little")
    if end + 22 + comment_length != len(data) or not entries or min(e.header_offset for e in entries) != 0:
        raise RefusedFile(_("文档前后夹带了别的内容，请重新保存后再上传"))
    if len(entries) > MOST_ENTRIES or len({entry.filename for entry in entries}) != len(entries):
        raise RefusedFile(_("文档里的部件太多或有重名，请重新保存后再上传"))
    if sum(entry.file_size for entry in entries) > largest_unpacked:
        raise RefusedFile(_("文档解开后太大，请删减后再上传"))
    for entry in entries:
        if entry.flag_bits & 1:
            raise RefusedFile(_("文档设有密码，请取消后再上传"))
        if entry.filename.startswith("/") or "\\" in entry.filename or ".." in entry.filename.split("/"):
            raise RefusedFile(_("文档里有可疑的路径，请重新保存后再上传"))
        if _ACTIVE_PARTS.search(entry.filename) and not _PRINTER_SETTINGS.search(entry.filename):
            raise RefusedFile(_("文档里有宏或嵌入的文件，请去掉后另存为 docx 或 xlsx 再上传"))
        # Read to the end: sizes in the directory may lie, then the read fails.
        with archive.open(entry) as part:
            while part.read(MEGABYTE):
                pass


def _main_type(archive: zipfile.ZipFile) -> str:
    names = {entry.filename for entry in archive.infolist()}
    if "[Content_Types].xml" not in names:
        raise RefusedFile(_("不接收压缩包，请上传照片、PDF、Word（docx）或 Excel（xlsx）文件"))
    types = [
        element.get("ContentType", "").lower() for element in fromstring(archive.read("[Content_Types].xml"))
    ]
    if any("macroenabled" in text or "vbaproject" in text for text in types):
        raise RefusedFile(_("文档里有宏，请另存为不带宏的 docx 或 xlsx 再上传"))
    for main in MAIN_TYPES:
        if f"{main}.main+xml" in types:
            return main
    raise RefusedFile(_("不接收这种文档，请另存为 docx、xlsx 或 PDF 再上传"))


def _check_relations(text: bytes) -> None:
    for relation in fromstring(text):
        outside = relation.get("TargetMode", "").lower() == "external"
        if outside and not relation.get("Type", "").endswith("/hyperlink"):
            raise RefusedFile(_("文档会从外部网址读取内容，请去掉外部链接的图片或模板后再上传"))
