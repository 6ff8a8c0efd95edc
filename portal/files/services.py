"""Taking private files in and giving them out."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from django.contrib.auth.models import AnonymousUser
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from portal.configuration import services as configuration
from portal.ledger.services import Draft, append
from portal.people.models import Office, User

from . import access, documents, images, names, storage
from .errors import Hidden, RefusedFile
from .models import PrivateFile

MEGABYTE = 1024 * 1024
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@dataclass(frozen=True)
class _Taken:
    """An upload that was found fit: what is served, and as what."""

    data: bytes
    content_type: str
    extension: str


def store(
    upload: File,
    *,
    name: str,
    reference: str,
    by: User | None,
    office: Office | None = None,
    area_code: str = "",
    line: str = "",
) -> PrivateFile:
    """Take `upload` in for the owner `reference` (``"<kind>:<id>"``) and return its row.

    What it is, its content says, never its name: JPEG, PNG, HEIC and WebP are written anew without
    metadata, PDF, docx and xlsx are looked through. The bytes as sent are kept too, under their own digest.
    Appends `file.stored`, for `area_code` and `line` where given. Call it before the transaction of the act
    that uses the file, which must lock the ledger last. Raises RefusedFile (the message says what to do),
    and ValueError for a reference that nobody answers for.
    """
    if not access.is_registered(reference):
        raise ValueError(f"没有房间为 {reference.partition(':')[0]!r} 的附件负责")
    sent = _read(upload)
    taken = _taken(sent)
    # The bytes are whole on the disk before any row tells of them.
    original = storage.put(sent)
    served = original if taken.data == sent else storage.put(taken.data)
    with transaction.atomic():
        file = PrivateFile.objects.create(
            sha256=served,
            original_sha256=original,
            name=names.clean_name(name, taken.extension),
            content_type=taken.content_type,
            size=len(taken.data),
            reference=reference,
            uploaded_by=by,
        )
        append(
            Draft(
                kind="file.stored",
                object_type="file",
                object_id=str(file.pk),
                actor=by,
                office=office,
                area_code=area_code,
                line=line,
                body={
                    "reference": reference,
                    "sha256": served,
                    "original_sha256": original,
                    "content_type": file.content_type,
                    "size": file.size,
                },
            )
        )
    return file


def open_file(user: User | AnonymousUser, file: PrivateFile, *, original: bool = False) -> BinaryIO:
    """Return the bytes of `file` (or those that were sent) to read.

    Raises Hidden where `user` may not open it, DamagedFile where the bytes are not those stored.
    """
    if not access.may_open(user, file, original=original):
        raise Hidden(_("没有这个文件"))
    return io.BytesIO(storage.get(file.original_sha256 if original else file.sha256))


def _read(upload: File) -> bytes:
    """Return the whole upload, reading no further than the limit."""
    megabytes = configuration.value("files.largest_megabytes")
    upload.seek(0)
    sent = upload.read(megabytes * MEGABYTE + 1)
    if len(sent) > megabytes * MEGABYTE:
        raise RefusedFile(_("文件太大，单个附件不能超过 %(n)d MB") % {"n": megabytes})
    if not sent:
        raise RefusedFile(_("文件是空的，请重新选择"))
    return sent


def _taken(sent: bytes) -> _Taken:
    form = _image_form(sent)
    if form:
        picture = images.rewrite(sent, form, configuration.value("files.largest_megapixels"))
        return _Taken(picture.data, picture.content_type, picture.extension)
    unpacked = configuration.value("files.largest_unpacked_megabytes") * MEGABYTE
    if sent.startswith(b"%PDF-"):
        documents.check_pdf(sent, unpacked)
        return _Taken(sent, "application/pdf", ".pdf")
    if sent.startswith(b"PK\x03\x04"):
        content_type = documents.check_office(sent, unpacked)
        return _Taken(sent, content_type, documents.MAIN_TYPES[content_type])
    if sent.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise RefusedFile(_("旧格式或设有密码的文档不能接收，请去掉密码，另存为 docx、xlsx 或 PDF 再上传"))
    raise RefusedFile(_("不接收这种文件，请上传照片、PDF、Word（docx）或 Excel（xlsx）文件"))


def _image_form(sent: bytes) -> str | None:
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
