"""What was typed into a form, fit for a database."""

from collections.abc import Mapping
from typing import Any


def typed(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of `data` without NUL, which PostgreSQL takes in no text."""
    return {name: str(said).replace("\x00", "") for name, said in data.items()}
