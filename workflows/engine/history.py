"""The digest of a row of a case's field history, which the event of the act carries."""

import hashlib
from datetime import datetime
from typing import Any

from portal.ledger.canonical import canonical
from portal.ledger.services import stamp

from .models import Case

COLUMNS = tuple(field.attname for field in Case._meta.concrete_fields)


def digest(row: Any) -> str:
    """Return the hex SHA-256 over every column of `row`: a case as it is saved, or a row of its history."""
    said = {}
    for name in COLUMNS:
        value = getattr(row, name)
        said[name] = stamp(value) if isinstance(value, datetime) else value
    return hashlib.sha256(canonical(said).encode()).hexdigest()
