"""Holds the sealed searches against the ledger: one that was taken out or exchanged is named."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger import bindings
from portal.ledger.faults import Fault

from . import events
from .models import SealedInquiry


def digest(sealed: str) -> str:
    """Return the hex SHA-256 of a sealed search, which its event holds."""
    return hashlib.sha256(sealed.encode()).hexdigest()


@bindings.register
class InquiryBinding:
    """Follows the events of sealed searches and compares them with the rows."""

    kinds = (events.SEALED,)

    def __init__(self) -> None:
        self._said: dict[int, tuple[int, str]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Note what the event says of its row."""
        self._said[int(record["object_id"])] = (sequence, str(record["body"]["digest"]))

    def faults(self) -> Iterator[Fault]:
        """Yield each row that is gone, altered, or was never recorded."""
        rows = dict(SealedInquiry.objects.values_list("pk", "sealed"))
        last = max((sequence for sequence, _digest in self._said.values()), default=1)
        for pk, (sequence, said) in self._said.items():
            sealed = rows.pop(pk, None)
            if sealed is None:
                yield Fault(sequence, _("密封的检索 %(number)d 不见了") % {"number": pk})
            elif digest(sealed) != said:
                yield Fault(sequence, _("密封的检索 %(number)d 被改动过") % {"number": pk})
        for pk in rows:
            yield Fault(last, _("密封的检索 %(number)d 没有登记过") % {"number": pk})
