"""What the tests of supervision share: the county, a browser that is signed in, a signed ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import clock
from portal.people.models import Role, User
from portal.people.services import grant_office
from tests.portal.ledger.parties import Parties, parties
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
    grant_office(
        by=county["security"],
        user=user,
        role=Role.SUPERVISOR,
        area=county.areas[place],
        line=line,
        starts_on=clock.today(),
    )
    return user
