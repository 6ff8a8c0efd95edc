"""The invented county, with second factors and watched sessions."""

from typing import Any

import pytest
from django.core.cache import cache

from portal.areas.models import Area
from portal.people.models import Role, User
from tests.portal.people import invented


@pytest.fixture(autouse=True)
def strict(settings: Any, db: None) -> None:
    """Sign in as in production."""
    cache.clear()
    settings.SIGN_IN_SECOND_FACTOR = settings.SIGN_IN_WATCHED = True


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


@pytest.fixture
def head(county: dict[str, Area], security: User) -> User:
    """Return the county's head: the second person of every grant from now on."""
    return invented.officer(security, Role.COUNTY_HEAD, county[invented.COUNTY])


@pytest.fixture
def clerk(county: dict[str, Area], security: User, head: User) -> User:
    """Return a village clerk."""
    return invented.officer(security, Role.VILLAGE_CLERK, county[invented.ONE])
