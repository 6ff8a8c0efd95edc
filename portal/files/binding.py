"""Holding private files against the ledger: rows and bytes are those that an event said were stored."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger import bindings
from portal.ledger.faults import Fault

from . import storage
from .errors import DamagedFile
from .models import PrivateFile


@bindings.register
class FileBinding:
    """Compares rows and bytes with `file.stored`: no service takes a file away again."""

    kinds = ("file.stored",)

    def __init__(self) -> None:
        self._stored: dict[int, tuple[int, str, str, str]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of a file that was stored."""
        body = record["body"]
        told = (sequence, body["sha256"], body["original_sha256"], body["reference"])
        self._stored[int(record["object_id"])] = told

    def faults(self) -> Iterator[Fault]:
        """Yield files whose row or bytes are not those of the event, that are gone, or that nobody stored."""
        left = dict(self._stored)
        last = max((told[0] for told in left.values()), default=1)
        fields = ("pk", "sha256", "original_sha256", "reference")
        for pk, sha256, original, reference in (
            PrivateFile.objects.order_by("pk").values_list(*fields).iterator(1000)
        ):
            about = {"number": pk}
            sequence, *told = left.pop(pk, (0,))
            if not sequence:
                yield Fault(last, _("附件 %(number)d 不是从门户存入的") % about)
            elif told != [sha256, original, reference]:
                yield Fault(sequence, _("附件 %(number)d 的登记被改过") % about)
            elif not all(map(_is_whole, {sha256, original})):
                yield Fault(sequence, _("附件 %(number)d 的内容被换过或不见了") % about)
        for pk, (sequence, *_told) in left.items():
            yield Fault(sequence, _("附件 %(number)d 不见了") % {"number": pk})


def _is_whole(sha256: str) -> bool:
    """Return whether the bytes under their digest are stored and are the ones."""
    try:
        storage.get(sha256)
    except DamagedFile:
        return False
    return True
