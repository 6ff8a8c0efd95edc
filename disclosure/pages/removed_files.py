"""A public file that two people took out is known again when somebody sends it: the same bytes stay away.

Known by a keyed hash, so that nobody who reads the rows or the ledger can try a file against them. A picture
that was saved anew has other bytes; of that one nothing is known.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import UploadedFile
from wagtail.utils.file import hash_filelike

from disclosure.publicity.withholding import hash_of

from .errors import RemovedBefore
from .records import RemovedFile


def remember(hashed: str, what: str) -> str:
    """Have the file with the SHA-1 `hashed` known again from now on; return its keyed hash, "" for no file.

    `what` names the kind of datum. What editors sent and did not finish goes with it, at the commit.
    """
    if not hashed:
        return ""
    digest = hash_of(hashed)
    RemovedFile.objects.get_or_create(digest=digest, defaults={"what": what})
    for left in [*_unfinished(hashed)]:
        transaction.on_commit(partial(left.file.storage.delete, left.file.name), robust=True)
        left.delete()
    return digest


def refuse(file: Any) -> None:
    """Raise RemovedBefore where `file`, just sent, is one that was taken out."""
    file.seek(0)
    hashed = hash_filelike(file)
    file.seek(0)
    found = RemovedFile.objects.filter(digest=hash_of(hashed)).first()
    if found is not None:
        day = date_format(timezone.localtime(found.removed_at), "Y年n月j日")
        words = _(
            "这个文件%(day)s已经从网上删去了，因为里面有%(what)s，不能再传上来。"
            "请先把%(what)s遮住或删掉，另存成一个新文件，再选新文件上传。"
        )
        raise RemovedBefore(words % {"day": day, "what": found.what})


def _unfinished(hashed: str) -> Iterator[UploadedFile]:
    """Yield what was sent to become a picture or document and waits for its title, with these bytes."""
    for waiting in UploadedFile.objects.order_by("pk").iterator(200):
        try:
            with waiting.file.open() as file:
                same = hash_filelike(file) == hashed
        except OSError:
            continue
        if same:
            yield waiting
