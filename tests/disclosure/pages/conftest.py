"""Fixtures of what editors and heads do with pages."""

import pytest
from django.core.cache import cache

from disclosure.pages import services
from disclosure.pages.models import SectionPage
from portal.areas.models import Area
from portal.people.models import Role, User
from tests.portal.people import invented


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Begin each test with nothing in the cache."""
    cache.clear()


@pytest.fixture
def county(db: None) -> dict[str, Area]:
    """Return the invented areas."""
    return invented.areas()


@pytest.fixture
def security(county: dict[str, Area]) -> User:
    """Return the security administrator, who grants offices."""
    return invented.administrators(county[invented.CITY])[Role.SECURITY_ADMIN]


@pytest.fixture
def editor(county: dict[str, Area], security: User) -> User:
    """Return the county's editor."""
    return invented.officer(security, Role.EDITOR, county[invented.COUNTY])


@pytest.fixture
def head(county: dict[str, Area], security: User) -> User:
    """Return the county's head, who lets pages out."""
    return invented.officer(security, Role.COUNTY_HEAD, county[invented.COUNTY])


@pytest.fixture
def notices(county: dict[str, Area]) -> SectionPage:
    """Return the column of notices."""
    return services.section(services.NOTICES)
