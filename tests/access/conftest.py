"""The stage is set once for a file of tests, inside a transaction that is taken back at its end."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction

from .stage import Stage, play_the_village, set_the_county


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: object) -> Iterator[Stage]:
    """Yield the county before anything is filed in it."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        cache.clear()
        yield set_the_county()
        transaction.set_rollback(True)
    cache.clear()


@pytest.fixture(scope="module")
def stage(ground: Stage) -> Stage:
    """Return the county with a village's batches played to several steps."""
    play_the_village(ground)
    return ground
