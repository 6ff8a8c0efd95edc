"""Fixtures of the public site's tests."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from disclosure.pages import services as pages
from portal.configuration import services as configuration


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Start and end with an empty cache and no settings kept."""
    cache.clear()
    configuration.forget()
    yield
    cache.clear()


@pytest.fixture
def visitor(db: None) -> Client:
    """Return a browser before a site that is set up; nothing is let through as tests otherwise are."""
    pages.ensure_site("甲县")
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def read(visitor: Client) -> Callable[[str], str]:
    """Return `read(path)`: the text of a public page, which must be there."""

    def read(path: str) -> str:
        response = visitor.get(path)
        assert response.status_code == 200, path
        return response.content.decode()

    return read
