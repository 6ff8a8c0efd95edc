"""Every kind of public page, in both versions and at both widths, and the screens of each role's menu."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import pytest
from django.urls import resolve

from disclosure.village.models import MatterKind
from portal import clock
from tests.workflows.county import OFFICIALS, VILLAGE, make_batch
from tests.workflows.remembered import remembered
from workflows.demo import play, village_stories
from workflows.demo.build import County
from workflows.demo.calendar import Diary

from .people import Official, Villager
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

OF_EACH_KIND = 2
NOT_PAGES = (
    "/admin/",
    "/feed.xml",
    "/accounts/",
    "/documents/",
    "/files/",
    "/api/",
    "/data/lists/",
    "/data/areas/",
)
MISSING = "/areas/990101999999/"


def plain(path: str) -> str:
    """Return `path` without the prefix of large type."""
    return path.removeprefix("/da") if path.startswith("/da/") else path


def kind_of(path: str) -> str:
    """Return the route of a public page and which version of it; pages of Wagtail stand each for itself."""
    inner = plain(path)
    version = "plain" if inner == path else "large"
    name = resolve(inner).url_name or inner
    return f"{version} {inner if name == 'wagtail_serve' else name}"


def links_on(person: Villager) -> list[str]:
    """Return the paths that the page links to on this site, without what follows a #."""
    found = person.page.locator("a[href]").evaluate_all("all => all.map(one => one.href)")
    ours = [urlsplit(one) for one in found if one.startswith(person.site.address)]
    return [unquote(one.path) for one in ours if not plain(one.path).startswith(NOT_PAGES)]


def played(county: County, site: Site) -> None:
    """Play one batch to its end, another to a running list, and a matter of the village to its resolution."""
    with site.now():
        remembered(_play, county)


def _play(county: County) -> None:
    make_batch(county, 3, until="end")
    running = make_batch(county, 4, until="publish", first=10)
    play.sign(running, county[OFFICIALS.reviewer])
    rows = [{"item": "村部门前水泥路120米", "amount": "86000", "note": ""}]
    matter = village_stories.opened(county, "clerk1", VILLAGE, MatterKind.WORKS, "2026年小型工程", rows)
    # All four meetings on the one morning at which the site stands.
    assert list(village_stories.met(county, Diary(clock.now()), "clerk1", matter, 0, form="delegates"))


def test_every_kind_of_public_page_is_sound(
    county: County, site: Site, villager: Callable[..., Villager]
) -> None:
    played(county, site)
    visitor = villager(script=True)
    to_see, known, seen = ["/", "/search/?q=奖补"], {"/"}, Counter[str]()
    while to_see:
        path = to_see.pop(0)
        kind = kind_of(urlsplit(path).path)
        if seen[kind] >= OF_EACH_KIND:
            continue
        seen[kind] += 1
        visitor.open(
            path, f"public-{kind.replace(' ', '-').replace('/', '_')}-{seen[kind]}", both_widths=True
        )
        new = [one for one in dict.fromkeys(links_on(visitor)) if one not in known]
        known.update(new)
        to_see += new
    wanted = {"area", "areas", "list", "matter", "object", "object-row", "receipts", "search", "verify"}
    wanted |= {"programme", "programmes"}
    assert {f"{version} {name}" for version in ("plain", "large") for name in wanted} <= set(seen)


@pytest.mark.parametrize("version", ["", "/da"])
def test_a_missing_page_is_sound_too(
    version: str, county: County, site: Site, villager: Callable[..., Villager]
) -> None:
    visitor = villager()
    visitor.open(version + MISSING, "missing", both_widths=True, status=404)


@pytest.mark.parametrize("username", ["clerk1", "reviewer1", "supervisor", "editor", "security"])
def test_the_screens_of_a_role_are_sound(
    username: str, county: County, site: Site, official: Callable[..., Official]
) -> None:
    played(county, site)
    person = official(username)
    person.open("/admin/", f"desk-{username}-home", both_widths=True)
    screens = person.page.locator("#wagtail-sidebar a[href^='/admin/desk/']")
    for path in screens.evaluate_all("all => all.map(one => one.getAttribute('href'))"):
        person.open(
            path, f"desk-{username}{path.removeprefix('/admin/desk').replace('/', '-')}", both_widths=True
        )
