"""The county of a module's tests, made once: each test undoes what it did, the last one undoes the county."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from workflows.demo.build import County

from .county import make_county


@pytest.fixture(scope="module")
def kept_county(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[County]:
    """Yield the county in a transaction around every test of the module, and roll it back."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        around = transaction.atomic()
        around.__enter__()
        try:
            yield make_county()
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def county(kept_county: County, db: None) -> County:
    """Return the county with officials and a programme; what the test does to it is undone."""
    return County(kept_county.areas, dict(kept_county.people), kept_county.programme)
