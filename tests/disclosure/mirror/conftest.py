"""Fixtures of the mirror's tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from disclosure.mirror import store
from disclosure.pages import services as pages
from portal import clock
from portal.configuration import services as configuration


@pytest.fixture
def mirror(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Return the folder of a mirror that is switched on, three days ahead."""
    settings.MIRROR_ROOT = tmp_path / "mirror"
    settings.MIRROR_DAYS_AHEAD = 3
    settings.MIRROR_ROOT.mkdir()
    cache.clear()
    configuration.forget()
    yield settings.MIRROR_ROOT
    cache.clear()


@pytest.fixture
def visitor(db: None) -> Client:
    """Return a browser before a site that is set up."""
    pages.ensure_site("甲县")
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def kept(mirror: Path) -> Callable[..., str | None]:
    """Return `kept(path, day)`: the page as the mirror holds it for `day` (today unless given), or None."""

    def kept(path: str, day: Any = None) -> str | None:
        found = store.find(store.edition(day or clock.today()), path)
        return found[0].decode() if found else None

    return kept


def no_database(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Stand before every query like a server that is gone."""
    raise OperationalError("connection refused")


@pytest.fixture
def stopped() -> Callable[[], Any]:
    """Return `stopped()`: within it no query reaches the database."""
    return lambda: connection.execute_wrapper(no_database)
