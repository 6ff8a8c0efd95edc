"""Signer and witness for the tests of the ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .parties import Parties, parties


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Parties]:
    """Yield a signer and a witness whose keys the portal trusts."""
    with parties(tmp_path) as ours:
        yield ours
