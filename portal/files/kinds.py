"""What an upload is, by its content alone, and the one way in that each kind has."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from . import documents, images, pdf
from .errors import RefusedFile

MEGABYTE = 1024 * 1024
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@dataclass(frozen=True)
class Limits:
    """How large a picture (million pixels) and an unpacked document (megabytes) may be."""

    megapixels: int
    unpacked_megabytes: int


@dataclass(frozen=True)
class Taken:
    """An upload that was found fit: what is served, and as what."""

    data: bytes
    content_type: str
    extension: str


def examine(sent: bytes, limits: Limits) -> Taken:
    """Return what is to be served of `sent`; RefusedFile says why not and what to do."""
    form = image_form(sent)
    if form:
        picture = images.rewrite(sent, form, limits.megapixels)
        return Taken(picture.data, picture.content_type, picture.extension)
    unpacked = limits.unpacked_megabytes * MEGABYTE
    if sent.startswith(b"%PDF-"):
        pdf.check_pdf(sent, unpacked)
        return Taken(sent, "application/pdf", ".pdf")
    if sent.startswith(b"PK\x03\x04"):
        content_type = documents.check_office(sent, unpacked)
        return Taken(sent, content_type, documents.MAIN_TYPES[content_type])
    raise RefusedFile(_why_not(sent))


def image_form(sent: bytes) -> str | None:
    """Return Pillow's name of the image format that `sent` begins as, or None."""
    if sent.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if sent.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if sent[:4] == b"RIFF" and sent[8:12] == b"WEBP":
        return "WEBP"
    if sent[4:8] == b"ftyp" and sent[8:12] in HEIF_BRANDS:
        return "HEIF"
    return None


def _why_not(sent: bytes) -> str:
    """Return what to tell of a kind that is not taken; none of these is opened."""
    start = sent[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if sent.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _(
            "旧格式（doc、xls、wps、et）或设有密码的文档不能接收，请去掉密码，另存为 docx、xlsx 或 PDF 再上传"
        )
    if sent.startswith((b"GIF8", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+", b"BM")):
        return _("不接收 GIF、TIFF、BMP 图片，请另存为 JPG 或 PNG 再上传；扫描件可以存成 PDF")
    if re.search(rb"<(!doctype html|html|head|body|script|svg)", start) or start.startswith(b"<?xml"):
        return _("不接收网页和 SVG 文件，请打印成 PDF 或截图再上传")
    if sent.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"PK")):
        return _("不接收压缩包，请解开后把里面的文件逐个上传")
    if sent[4:8] == b"ftyp" or sent.startswith((b"\x1aE\xdf\xa3", b"RIFF")):
        return _("不接收视频和录音，请上传照片或 PDF")
    return _("不接收这种文件，请上传照片、PDF、Word（docx）或 Excel（xlsx）文件")
