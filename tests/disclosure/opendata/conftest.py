"""Fixtures of the open data's tests: a visitor, and an empty cache."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.disclosure.site.conftest import nothing_kept as nothing_kept
from tests.disclosure.site.conftest import visitor as visitor

from .schema import complaints


@pytest.fixture
def ask(visitor: Client) -> Callable[..., Any]:
    """Return `ask(path, schema)`: the JSON answer, which must be there and as its schema says."""
    from disclosure.opendata import schemas

    def ask(path: str, schema: str) -> Any:
        response = visitor.get(path)
        assert response.status_code == 200, (path, response.content[:300])
        assert response.headers["Content-Type"].startswith("application/json")
        told = response.json()
        assert complaints(told, schemas.published(schema)) == [], path
        return told

    return ask
