"""Fixtures of the middle floor's tests."""

import pytest

from tests.disclosure.village import Village, a_village


@pytest.fixture
def village(db: None) -> Village:
    """Return an invented village with its officials."""
    return a_village()
