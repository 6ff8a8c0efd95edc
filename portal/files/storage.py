"""Bytes of private files on disk, under PRIVATE_ROOT by their digest; nothing here knows whose they are."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from .errors import DamagedFile


def put(data: bytes) -> str:
    """Write `data` and return its hex SHA-256; it is whole on the disk, or not there, when this returns."""
    digest = hashlib.sha256(data).hexdigest()
    target = _path(digest)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # mkstemp makes a file that only its owner reads. An equal file is replaced: it may have been damaged.
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest


def get(digest: str) -> bytes:
    """Return the bytes with `digest`; DamagedFile where they are missing or have another digest."""
    try:
        data = _path(digest).read_bytes()
    except OSError as error:
        raise DamagedFile(_("附件在存储里找不到了，请联系系统管理员从备份恢复")) from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise DamagedFile(_("附件的内容与登记的不一致，请联系系统管理员从备份恢复"))
    return data


def _path(digest: str) -> Path:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("附件的摘要不是 SHA-256")
    return Path(settings.PRIVATE_ROOT) / digest[:2] / digest
