"""The invented county of the room's tests."""

import pytest

from portal.areas.models import Area
from portal.people.models import Role, User

from . import invented


@pytest.fixture
def county(db: None) -> dict[str, Area]:
    """Return the areas of the invented county by code."""
    return invented.areas()


@pytest.fixture
def admins(county: dict[str, Area]) -> dict[Role, User]:
    """Return the three administrators of the whole city."""
    return invented.administrators(county[invented.CITY])


@pytest.fixture
def security(admins: dict[Role, User]) -> User:
    """Return the security administrator."""
    return admins[Role.SECURITY_ADMIN]
