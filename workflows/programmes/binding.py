"""What the verification of the ledger asks of programmes: whether each version still says what was made.

A redaction (redaction.py) is the one event by which a version comes to say something else; it holds the
digest of what is left.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from disclosure.publicity.events import REDACTED
from portal.ledger import bindings
from portal.ledger.canonical import canonical
from portal.ledger.faults import Fault

from .events import VERSION_MADE
from .models import ProgrammeVersion
from .redaction import TARGET


def connect() -> None:
    """Answer for versions in the verification of the ledger."""
    bindings.register("programmes", (VERSION_MADE, REDACTED), VersionBinding)


class VersionBinding:
    """Holds every version's definition against the event that made it, or redacted it last."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], tuple[int, str]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of a new version, or of a redaction of its programme."""
        body = record["body"]
        if record["kind"] == VERSION_MADE:
            self._told[record["object_id"], str(body["version"])] = (sequence, body["definition"])
        elif body.get("target") == TARGET:
            for number, digest in body["left"].items():
                self._told[body["programme"], number] = (sequence, digest)

    def faults(self) -> Iterator[Fault]:
        """Yield versions that are gone, were changed, or were put in beside the ledger."""
        told = dict(self._told)
        recorded = {slug for slug, _number in told}
        versions = ProgrammeVersion.objects.select_related("programme").order_by("pk")
        for version in versions.iterator(200):
            slug, number = version.programme.slug, str(version.number)
            about = {"programme": slug, "number": number}
            sequence, digest = told.pop((slug, number), (0, ""))
            if not sequence and slug in recorded:
                last = max(one for one, _digest in self._told.values())
                yield Fault(last, _("项目 %(programme)s 多出第%(number)s版，账本没有记过") % about)
            elif sequence and hashlib.sha256(canonical(version.definition).encode()).hexdigest() != digest:
                yield Fault(sequence, _("项目 %(programme)s 第%(number)s版的定义被改过") % about)
        for (slug, number), (sequence, _digest) in told.items():
            about = {"programme": slug, "number": number}
            yield Fault(sequence, _("项目 %(programme)s 的第%(number)s版不见了") % about)
