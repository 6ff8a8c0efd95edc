"""The county of the workflow tests."""

import pytest

from workflows.demo.build import County

from .county import make_county


@pytest.fixture
def county(db: None) -> County:
    """Return a county with officials and a programme."""
    return make_county()
