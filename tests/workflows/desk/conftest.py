"""What the tests of the desk share: a browser that is signed in, and the fields of a batch's form."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from workflows.demo.build import County
from workflows.engine.models import Batch, Case

from ..kept import county, kept_county

__all__ = ["county", "kept_county"]

SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(county: County) -> SignIn:
    """Return `sign_in(username)`: a client of that official."""

    def signed_in(username: str) -> Client:
        client = Client()
        client.force_login(county[username], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def page(number: str) -> str:
    """Return the address of a batch's page."""
    return f"/admin/desk/batches/{number}/"


def form(client: Client, batch: Batch, **changes: Any) -> dict[str, Any]:
    """Return what the page's form would send as it stands, with `changes` typed over it."""
    html = client.get(page(batch.number)).content.decode()
    data: dict[str, Any] = {"do": "sign"}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name or (re.search(r'type="(radio|checkbox)"', tag) and " checked" not in tag):
            continue
        if name[1] not in data and "file" not in tag:
            data[name[1]] = value[1] if value else ""
    data.pop("csrfmiddlewaretoken", None)
    return data | changes


def rows(batch: Batch) -> list[Case]:
    """Return the batch's cases in order."""
    return list(Case.objects.filter(batch=batch).order_by("pk"))
