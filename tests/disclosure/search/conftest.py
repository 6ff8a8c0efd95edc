"""Fixtures of the search's tests."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.db import transaction

from portal.configuration import services as configuration
from tests.disclosure.village import Village, a_village

from . import kept


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Start and end with an empty cache and no settings kept."""
    cache.clear()
    configuration.forget()
    yield
    cache.clear()


@pytest.fixture(scope="module")
def kept_set(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, travel: Callable
) -> Iterator[tuple[Village, dict[str, str]]]:
    """Yield the village and what it published, made once for the file and taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        made = a_village()
        yield made, kept.plant(made, travel)
        transaction.set_rollback(True)


@pytest.fixture
def planted(kept_set: tuple[Village, dict[str, str]], db: None) -> dict[str, str]:
    """Return the index's name of each published page of the kept set; what a test adds is taken back."""
    return kept_set[1]
