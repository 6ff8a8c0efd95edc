"""PDF: taken as it is, once nothing in it runs, hides or is something else too.

It is looked through in small pieces: what a PDF unpacks to may be a thousand times its size.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from .errors import RefusedFile

PIECE = 64 * 1024
# A name of interest is no longer than this even where each of its characters is escaped.
LONGEST_NAME = 4096
# Compressed pictures hold a few hundred by chance; only a PDF made to wear us out has more.
MOST_ESCAPES = 200_000
MOST_STREAMS = 100_000
# Names by which a PDF acts on its own or carries other files: long enough not to turn up in random bytes.
_ACTIVE_NAMES = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm)(?![A-Za-z0-9])"
    rb"|/XFA\s*(\[|\d+\s+\d+\s+R)"
)
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_FLATE_ONLY = re.compile(rb"/Filter\s*(/FlateDecode|\[\s*/FlateDecode\s*\])")
_HTML = re.compile(rb"<(html|script|svg|!doctype)", re.IGNORECASE)


def check_pdf(data: bytes, largest_unpacked: int) -> None:
    """Raise RefusedFile unless `data` is one PDF without scripts, attachments, password or a second nature.

    `largest_unpacked` limits in bytes what is unpacked to look into it; memory stays at a few pieces.
    """
    if b"%%EOF" not in data[-1024:]:
        raise RefusedFile(_("PDF 不完整，可能没有传完，请重新上传；还不行就重新导出"))
    if zipfile.is_zipfile(io.BytesIO(data)) or _HTML.search(data[:1024]):
        raise RefusedFile(_("这个文件同时是 PDF 又是别的文件，不能接收，请重新导出 PDF"))
    look = _Look()
    look.through(data[at : at + PIECE] for at in range(0, len(data), PIECE))
    if look.encrypted:
        raise RefusedFile(_("PDF 设有密码或权限，请取消后再上传"))
    declared = look.object_streams
    found = 0
    budget = _Budget(largest_unpacked)
    for dictionary, start, end in _object_streams(data):
        found += 1
        look.through(budget.spent(_unpacked(data, dictionary, start, end)))
    if found != declared:
        raise _irregular()
    if look.active:
        raise RefusedFile(_("PDF 里有脚本或夹带的文件，请用“打印成 PDF”另存一份后再上传"))


class _Budget:
    """How many bytes may still be unpacked."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spent(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Pass `pieces` on until there are too many."""
        for piece in pieces:
            self.left -= len(piece)
            if self.left < 0:
                raise RefusedFile(_("PDF 解开后太大，请重新导出后再上传"))
            yield piece


class _Look:
    """What was seen in the pieces so far."""

    def __init__(self) -> None:
        self.active = self.encrypted = False
        self.object_streams = self.escapes = 0

    def through(self, pieces: Iterable[bytes]) -> None:
        """Look through `pieces`, which are cut anew so that no name is parted."""
        kept = b""
        for piece in pieces:
            text = kept + piece
            # A name begins with a slash: the last one may go on in the next piece.
            cut = text.rfind(b"/", max(0, len(text) - LONGEST_NAME))
            cut = cut if cut > 0 else len(text)
            self._at(text[:cut])
            kept = text[cut:]
        self._at(kept)

    def _at(self, text: bytes) -> None:
        # The #xx escapes of PDF names would else hide a name.
        plain, escapes = _ESCAPE.subn(lambda match: bytes([int(match[1], 16)]), text)
        self.escapes += escapes
        if self.escapes > MOST_ESCAPES:
            raise _irregular()
        self.active = self.active or _ACTIVE_NAMES.search(plain) is not None
        self.encrypted = self.encrypted or _ENCRYPTED.search(plain) is not None
        self.object_streams += plain.count(b"/ObjStm")


def _object_streams(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield dictionary, start and end of the streams that hold objects: where alone a PDF can hide a name."""
    count = 0
    at = data.find(b"stream")
    while at != -1:
        count += 1
        if count > MOST_STREAMS:
            raise _irregular()
        before = data[max(0, at - 1024) : at]
        body = at + len(b"stream")
        if (b"ObjStm" in before or b"#" in before) and not before.endswith(b"end"):
            own = before[before.rfind(b"obj") + 3 :]
            dictionary = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), own)
            if b"/ObjStm" in dictionary:
                end = data.find(b"endstream", body)
                if end == -1:
                    raise _irregular()
                yield dictionary, body, end
                body = end
        at = data.find(b"stream", body)


def _unpacked(data: bytes, dictionary: bytes, start: int, end: int) -> Iterator[bytes]:
    if b"/Filter" not in dictionary:
        yield from (data[at : min(at + PIECE, end)] for at in range(start, end, PIECE))
        return
    if not _FLATE_ONLY.search(dictionary) or b"/DecodeParms" in dictionary:
        raise _irregular()
    while start < end and data[start] in b"\r\n":
        start += 1
    inflate = zlib.decompressobj()
    try:
        for at in range(start, end, PIECE):
            tail = data[at : min(at + PIECE, end)]
            while tail and not inflate.eof:
                yield inflate.decompress(tail, PIECE)
                tail = inflate.unconsumed_tail
        while not inflate.eof and (rest := inflate.decompress(b"", PIECE)):
            yield rest
    except zlib.error:
        raise _irregular() from None


def _irregular() -> RefusedFile:
    return RefusedFile(_("PDF 的结构不合规范，请用“打印成 PDF”另存一份后再上传"))
