"""What these tests share: a kept county, a browser signed in, one at the public site, and ready requests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from workflows.demo.build import County
from workflows.requests.models import Matter
from workflows.requests.services import Asked, Registered, register_request

from ..county import VILLAGE
from ..desk.conftest import sign_in
from ..kept import county, kept_county

__all__ = ["county", "kept_county", "sign_in"]

TEXT = "上个月添了个孙子，想上户、算进家里人口"
NAME, PHONE = "欧阳添丁", "19900000001"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Start and end with an empty cache."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def visitor(county: County) -> Client:
    """Return somebody without a login; nothing is let through as tests otherwise are."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def form(county: County) -> str:
    """Return the address of the village's form."""
    return f"/ask/{county.areas[VILLAGE].code}/"


def ask(county: County, **changes: Any) -> Registered:
    """Register a request of the village; `changes` replace parts of it, `by` is the official."""
    by = changes.pop("by", None)
    given: dict[str, Any] = {
        "area": county.areas[VILLAGE],
        "matter": Matter.CHANGE,
        "wanted": "birth",
        "text": TEXT,
        "name": NAME,
        "phone": PHONE,
    }
    return register_request(Asked(**(given | changes)), by=by)


@pytest.fixture
def send(visitor: Client, form: str) -> Callable[..., Any]:
    """Return `send(**typed)`: the answer to the village's form."""

    def sent(**changes: Any) -> Any:
        where = changes.pop("where", form)
        headers = changes.pop("headers", {"sec-fetch-site": "same-origin"})
        typed = {"what": "c-birth", "text": TEXT, "name": NAME, "phone": PHONE} | changes
        return visitor.post(where, typed, headers=headers)

    return sent
