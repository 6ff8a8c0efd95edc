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

from . import access, kinds, names, storage
from .errors import Hidden, RefusedFile
from .models import PrivateFile

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Prepared:
    """An upload that was found fit and whose bytes are whole on the disk; no row tells of it yet.

    `sha256` is of the bytes to serve, `original_sha256` of those that were sent, `size` in bytes.
    """

    sha256: str
    original_sha256: str
    content_type: str
    extension: str
    size: int

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, written anew without metadata."""
        return self.content_type.startswith("image/")


def prepare(upload: File) -> Prepared:
    """Look `upload` through and put its bytes on the disk, before the transaction of the act that uses it.

    Raises RefusedFile. What nobody `keep`s afterwards is bytes that nothing points to.
    """
    sent = _read(upload)
    taken = _examined(sent)
    # The bytes are whole on the disk before any row tells of them.
    original = storage.put(sent)
    served = original if taken.data == sent else storage.put(taken.data)
    return Prepared(served, original, taken.content_type, taken.extension, len(taken.data))


def keep(
    prepared: Prepared,
    *,
    name: str,
    reference: str,
    by: User | None,
    office: Office | None = None,
    area_code: str = "",
    line: str = "",
) -> tuple[PrivateFile, Draft]:
    """Write the row of a prepared file for the owner `reference`, and return it with its ledger draft.

    The act that uses the file appends the draft with its own, last. ValueError where nobody answers for the
    reference.
    """
    if not access.is_registered(reference):
        raise ValueError(f"没有房间为 {reference.partition(':')[0]!r} 的附件负责")
    file = PrivateFile.objects.create(
        sha256=prepared.sha256,
        original_sha256=prepared.original_sha256,
        name=names.clean_name(name, prepared.extension),
        content_type=prepared.content_type,
        size=prepared.size,
        reference=reference,
        uploaded_by=by,
    )
    body = {
        "reference": reference,
        "sha256": prepared.sha256,
        "original_sha256": prepared.original_sha256,
        "content_type": prepared.content_type,
        "size": prepared.size,
    }
    draft = Draft(
        kind="file.stored",
        object_type="file",
        object_id=str(file.pk),
        actor=by,
        office=office,
        area_code=area_code,
        line=line,
        body=body,
    )
    return file, draft


def original_bytes(prepared: Prepared) -> bytes:
    """Return the bytes as they were sent, for what a room reads of them at once (never to be shown)."""
    return storage.get(prepared.original_sha256)


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
    prepared = prepare(upload)
    with transaction.atomic():
        file, draft = keep(
            prepared, name=name, reference=reference, by=by, office=office, area_code=area_code, line=line
        )
        append(draft)
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
        raise RefusedFile(_("文件太大，单个附件不能超过 %(n)d MB，请压缩或分成几份再上传") % {"n": megabytes})
    if not sent:
        raise RefusedFile(_("文件是空的，可能没有传完，请重新选择"))
    return sent


def _examined(sent: bytes) -> kinds.Taken:
    limits = kinds.Limits(
        megapixels=configuration.value("files.largest_megapixels"),
        unpacked_megabytes=configuration.value("files.largest_unpacked_megabytes"),
    )
    return kinds.examine(sent, limits)
