"""Rules of a programme's public page: who, how much, on what paragraph, how, and the money in sums only."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disclosure.pages.services import ensure_site
from portal import clock
from portal.configuration import services as configuration
from tests.workflows.county import VILLAGE, make_batch
from workflows.demo.build import County
from workflows.programmes.models import Programme
from workflows.registry.models import Member

PATH = "/programmes/build-then-subsidise/"


@pytest.fixture(autouse=True)
def nothing_kept(db: None) -> None:
    """Start with an empty cache and a site that is set up."""
    ensure_site("枫禾县")
    cache.clear()


@pytest.fixture
def read() -> Callable[[str], str]:
    """Return `read(path)`: the text of a public page, which must be there."""

    def read(path: str) -> str:
        response = Client().get(path)
        assert response.status_code == 200, path
        return str(response.content.decode())

    return read


def test_the_page_says_who_how_much_on_what_paragraph_and_how(
    county: County, read: Callable[[str], str]
) -> None:
    page = read(PATH)
    for words in (
        "家里要有能干活的人",
        "5,000",
        "60%",
        "找村文书",
        "不是每件都有这一步",
        "向县农业农村局反映",
    ):
        assert words in page
    cited = re.findall(r'<a href="(/policies/[^"#]+/)#(s2-2)">二（二）</a>', page)
    assert cited
    policy, anchor = cited[0]
    assert f'id="{anchor}"' in read(policy)
    assert "还没有公示过" in page


def test_money_is_told_in_sums_and_nobody_is_named(county: County, read: Callable[[str], str]) -> None:
    batch = make_batch(county, rows=2, until="record")
    cache.clear()
    page = read(PATH)
    committed = sum(batch.cases.values_list("amount_fen", flat=True)) // 100
    assert f"{committed:,}元" in page
    for member in Member.objects.all():
        assert member.name not in page
    assert "某" not in page.split("<main")[1]
    assert "名单公示" in page


@pytest.mark.parametrize("rows", [1, 6])
def test_the_page_takes_at_most_ten_queries(county: County, rows: int) -> None:
    make_batch(county, rows=rows, until="approve")
    cache.clear()
    configuration.forget()
    with CaptureQueriesContext(connection) as queries:
        response = Client().get(PATH, headers={"accept-encoding": "gzip"})
    assert response.status_code == 200
    assert len(queries) <= 10, [query["sql"][:90] for query in queries]
    assert len(response.content) <= 14 * 1024
    assert not response.cookies
    assert "Cookie" not in response.headers["Vary"]


def test_areas_lists_and_the_search_lead_to_the_programme(county: County, read: Callable[[str], str]) -> None:
    make_batch(county, rows=1, until="publish")
    cache.clear()
    assert f'href="{PATH}"' in read(f"/areas/{county.areas[VILLAGE].code}/")
    assert f'href="{PATH}"' in read("/programmes/")
    assert f'href="{PATH}"' in read("/search/?q=产业奖补")
    published = re.findall(r'href="(/lists/[^"]+)"', read(PATH))[0]
    assert f'href="{PATH}"' in read(published)
    elder = read(f"/da{PATH}")
    links = set(re.findall(r'href="(/[^"]*)"', elder))
    assert {link for link in links if not link.startswith("/da/")} == {PATH}


def test_a_programme_without_a_version_in_force_is_not_there(
    county: County, read: Callable[[str], str]
) -> None:
    assert county.programme is not None
    place = county.programme.area
    Programme.objects.create(slug="later", title="以后的项目", line="all", area=place, area_path=place.path)
    assert Client().get("/programmes/later/").status_code == 404
    assert Client().get("/programmes/none/").status_code == 404
    assert "以后的项目" not in read("/programmes/")


def test_without_any_programme_in_force_the_index_says_so(read: Callable[[str], str]) -> None:
    with clock.travel(datetime(2019, 1, 1, tzinfo=UTC)):
        assert "眼下没有可以申请的项目" in read("/programmes/")
        assert Client().get(PATH).status_code == 404
