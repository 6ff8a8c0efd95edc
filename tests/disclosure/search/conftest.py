"""Fixtures of the search's tests."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache

from portal.configuration import services as configuration
from tests.disclosure.village import Village

from . import kept


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Start and end with an empty cache and no settings kept."""
    cache.clear()
    configuration.forget()
    yield
    cache.clear()


@pytest.fixture
def planted(village: Village, travel: Callable) -> dict[str, str]:
    """Publish the kept set; return the index's name of each of its pages."""
    return kept.plant(village, travel)
