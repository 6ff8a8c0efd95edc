"""The event of a thing that has a number, a place and a line of business: one way to write it."""

from collections.abc import Mapping
from typing import Any, Protocol

from portal.areas.models import Area
from portal.ledger.services import Draft
from portal.people.models import Office, User


class Numbered(Protocol):
    """What is told of in the ledger by its number: a ticket, a spot check, a round of assessment."""

    number: Any
    line: Any


def numbered(
    object_type: str,
    kind: str,
    thing: Numbered,
    area: Area,
    *,
    by: User | None,
    office: Office | None,
    body: Mapping[str, Any],
    sealed: Mapping[str, str] | None = None,
) -> Draft:
    """Return an event of `kind` about `thing`, which belongs to `area`."""
    return Draft(
        kind,
        object_type,
        str(thing.number),
        actor=by,
        office=office,
        area_code=area.code,
        line=str(thing.line),
        body=body,
        sealed=sealed or {},
    )
