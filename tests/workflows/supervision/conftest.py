"""What the tests of supervision share: the county, a browser that is signed in, a signed ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.people.models import Line, Role, User
from tests.portal.ledger.parties import Parties, parties
from workflows.demo import build
from workflows.demo.build import County

from ..desk.conftest import SignIn, sign_in
from ..kept import county, kept_county

__all__ = ["SignIn", "both", "county", "kept_county", "sign_in"]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Parties]:
    """Yield a signer and a witness whose keys the portal trusts."""
    with parties(tmp_path) as ours:
        yield ours


def supervisor_of(county: County, place: str, line: str = "all", name: str = "watcher") -> User:
    """Return somebody who supervises `place` alone."""
    user = User.objects.create(username=name, display_name="严明之")
    build.grant(county, user, Role.SUPERVISOR, place, Line(line))
    return user
