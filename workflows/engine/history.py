"""The digest of a row of a case's field history, which the event of the act carries."""

import hashlib
from datetime import datetime
from typing import Any

from portal.ledger.canonical import canonical
from portal.ledger.services import stamp

# The columns that a digest covers, by its version. Events of a version stand for ever, so its names never
# change: a column that Case gains comes with a version of its own, the last being that in which is written.
COLUMNS: dict[int, tuple[str, ...]] = {
    1: (
        *("id", "number", "batch_id", "flow_key", "flow_version", "scheme", "step", "state"),
        *("area_id", "area_path", "line", "shared_line", "subject", "requested_fen", "amount_fen"),
        *("round", "version", "opened_at", "opened_by_id", "closed_at"),
    ),
}


def digest(row: Any) -> str:
    """Return version and hex SHA-256, as ``1:<hex>``, of `row`: a case as saved, or a row of its history."""
    return _digest(row, max(COLUMNS))


def matches(said: object, row: Any) -> bool:
    """Return whether an event that says `said` is of `row` as it stands; never by an unknown version."""
    version = next((one for one in COLUMNS if str(said).startswith(f"{one}:")), None)
    return version is not None and said == _digest(row, version)


def _digest(row: Any, version: int) -> str:
    values = {}
    for name in COLUMNS[version]:
        value = getattr(row, name)
        values[name] = stamp(value) if isinstance(value, datetime) else value
    return f"{version}:{hashlib.sha256(canonical(values).encode()).hexdigest()}"
