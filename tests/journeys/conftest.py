"""The county of the journeys and its site, served on a clock of its own."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache

from portal.configuration.services import forget
from portal.ledger.verifier import verify
from tests.workflows.county import make_county
from workflows.demo.build import County

from .people import Official, Person, Villager
from .site import Site

# A Monday, long enough before holidays for every deadline to be an ordinary one.
FIRST_MORNING = datetime(2026, 3, 9, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def site(transactional_db: None, django_db_serialized_rollback: None) -> Iterator[Site]:
    """Yield the site, served, on the first morning; what other tests kept of their pages is forgotten."""
    cache.clear()
    with Site(FIRST_MORNING).running() as served:
        yield served
    cache.clear()
    report = verify()
    # What a journey's county set is gone with its database.
    forget()
    # Whatever people did in their browsers, the ledger holds.
    assert served.past_the_ledger or report.fault is None, str(report.fault)


@pytest.fixture
def county(site: Site) -> County:
    """Return the county with its officials and programme, made on the first morning."""
    with site.now():
        return make_county()


@pytest.fixture
def people() -> Iterator[list[Person]]:
    """Yield those who are at their browsers; at the end each leaves, and every page must have been sound."""
    present: list[Person] = []
    yield present
    found = []
    for person in present:
        person.context.close()
        found += person.found
    # One line for each kind of fault: most stand on every page.
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.fixture
def official(browser: Any, site: Site, county: County, people: list[Person]) -> Callable[..., Official]:
    """Return `official(username)`: signed in, a second time the same one; `by_page` through the page."""

    def at_desk(username: str, *, by_page: bool = False) -> Official:
        for one in people:
            if one.name == username and isinstance(one, Official):
                return one
        people.append(Official(browser, site, username, by_page=by_page))
        return people[-1]  # type: ignore[return-value]

    return at_desk


@pytest.fixture
def villager(browser: Any, site: Site, county: County, people: list[Person]) -> Callable[..., Villager]:
    """Return `villager(**options)`: somebody at the public site."""

    def at_phone(**options: Any) -> Villager:
        people.append(Villager(browser, site, **options))
        return people[-1]  # type: ignore[return-value]

    return at_phone
