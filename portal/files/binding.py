"""Holding private files against the ledger: rows and bytes are those that an event said were stored."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger import bindings
from portal.ledger.faults import Fault

from . import storage
from .errors import DamagedFile
from .models import PrivateFile


def connect() -> None:
    """Have the verification of the ledger look at the files."""
    bindings.register("files", ("file.stored",), FileBinding)


class FileBinding:
    """Compares rows and bytes with `file.stored`; a file that was erased with its case is not missed."""

    def __init__(self) -> None:
        self._stored: dict[int, tuple[int, str, str, str]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of a file that was stored."""
        body = record["body"]
        told = (sequence, body["sha256"], body["original_sha256"], body["reference"])
        self._stored[int(record["object_id"])] = told

    def faults(self) -> Iterator[Fault]:
        """Yield files whose row or bytes are not those of the event."""
        fields = ("pk", "sha256", "original_sha256", "reference")
        for pk, sha256, original, reference in (
            PrivateFile.objects.order_by("pk").values_list(*fields).iterator(1000)
        ):
            sequence, *told = self._stored.get(pk, (0,))
            if not sequence:
                continue
            if told != [sha256, original, reference]:
                yield Fault(sequence, _("附件 %(number)d 的登记被改过") % {"number": pk})
                continue
            try:
                storage.get(sha256)
                if original != sha256:
                    storage.get(original)
            except DamagedFile:
                yield Fault(sequence, _("附件 %(number)d 的内容被换过或不见了") % {"number": pk})
