"""Public files without a row: what a crash left between the commit that took the row and the file's removal.

Nobody finds such a file by the site any more, yet it is served at its address. A job looks at every tick.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from portal import clock
from portal.ledger import kinds
from portal.ledger.services import Draft, append

JOB = "pages.left_files"
REMOVED = "upload.left_removed"
kinds.register(REMOVED, gettext_lazy("清除没有登记的公开文件"))
# Where Wagtail puts pictures as they were sent, their sizes, and documents.
FOLDERS = ("original_images", "images", "documents")
# A file is on the disk before its row is committed.
SPARED = timedelta(hours=1)
# Nearly everything without a row is no crash but the wrong database, or an old one put back.
MOST, SHARE = 50, 2


class FilesOfAnotherDatabase(RuntimeError):
    """Too many public files have no row to be what a crash left; the message is Chinese."""


def remove_left() -> int:
    """Remove every public file that no row names and that has lain there for an hour; return how many.

    Raises FilesOfAnotherDatabase where more than half of all, and more than fifty, have none.
    """
    files = list(_files())
    known = _named()
    left = [name for name in files if name not in known]
    if len(left) > MOST and len(left) * SHARE > len(files):
        raise FilesOfAnotherDatabase(
            _("公开文件里有%(n)s个没有登记，多半是接错了数据库或者恢复了旧备份。请先核对，没有删任何文件。")
            % {"n": len(left)}
        )
    before = (clock.now() - SPARED).timestamp()
    due = [name for name in left if _written(name) < before]
    if not due:
        return 0
    with transaction.atomic():
        # Its name may be a person's: only how many there were.
        append(Draft(REMOVED, "upload", "left", body={"files": len(due)}))
    for name in due:
        Path(default_storage.path(name)).unlink(missing_ok=True)
    return len(due)


def _files() -> Iterator[str]:
    """Yield the name of every public file on the disk, as rows name it."""
    root = Path(default_storage.path(""))
    for folder in FOLDERS:
        for place, _folders, names in os.walk(root / folder):
            for name in names:
                yield str((Path(place) / name).relative_to(root))


def _named() -> set[str]:
    """Return the files that rows name (three queries); read after the disk, so that none is new to it."""
    images = get_image_model()
    rows = (images.objects, images.get_rendition_model().objects, get_document_model().objects)
    return {name for each in rows for name in each.values_list("file", flat=True)}


def _written(name: str) -> float:
    try:
        return os.stat(default_storage.path(name)).st_mtime
    except FileNotFoundError:
        # Gone meanwhile: there is nothing to do.
        return float("inf")
