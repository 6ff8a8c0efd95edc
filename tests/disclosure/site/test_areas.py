"""Rules of areas' pages and 怎样验证: every way leads on, empty states say so, no names."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disclosure.publicity.services import end_due_lists, lodge
from portal.areas.models import Area
from portal.areas.services import load
from portal.configuration import services as configuration
from portal.ledger.models import Head
from tests.disclosure.village import Village, a_list, hold, household, noon, opened
from tests.portal.people import invented

Read = Callable[[str], str]
DAY = date(2026, 11, 21)


@pytest.mark.parametrize("count", [2, 60])
@pytest.mark.parametrize("code", [invented.CITY, invented.COUNTY, invented.EAST, invented.ONE])
def test_an_area_takes_at_most_ten_queries_whatever_is_below_it(
    village: Village, visitor: Client, code: str, count: int
) -> None:
    for number in range(count // 2):
        published = a_list(village, [household(1)], reference=f"batch:B{number}")
        a_list(village, [household(1)], reference=f"batch:B{number}", area=village.areas[invented.TWO])
        lodge(list_id=published.pk, text="不对")
    cache.clear()
    configuration.forget()
    with CaptureQueriesContext(connection) as queries:
        response = visitor.get(f"/areas/{code}/", headers={"accept-encoding": "gzip"})
    assert response.status_code == 200
    assert len(queries) <= 10, [query["sql"][:90] for query in queries]
    assert len(response.content) <= 14 * 1024


def test_the_way_leads_from_the_county_to_the_village_and_back(village: Village, read: Read) -> None:
    assert f'href="/areas/{invented.COUNTY}/"' in read("/areas/")
    county = read(f"/areas/{invented.COUNTY}/")
    assert f'href="/areas/{invented.EAST}/"' in county
    assert f'href="/areas/{invented.ONE}/"' not in county
    township = read(f"/areas/{invented.EAST}/")
    assert f'href="/areas/{invented.ONE}/"' in township
    assert f'href="/areas/{invented.THREE}/"' not in township
    place = read(f"/da/areas/{invented.ONE}/")
    for above in (invented.COUNTY, invented.EAST):
        assert f'href="/da/areas/{above}/"' in place
    assert f"/areas/{invented.CITY}/" not in place


def test_a_village_shows_its_lists_and_figures_and_none_of_its_neighbours(
    village: Village, read: Read, travel: Callable
) -> None:
    with travel(noon(DAY)):
        own = a_list(village, title="本村名单公示")
        a_list(village, title="邻村名单公示", area=village.areas[invented.TWO])
        lodge(list_id=own.pk, text="不对")
        page = read(f"/areas/{invented.ONE}/")
        assert "本村名单公示" in page
        assert "邻村" not in page
        assert "到11月28日（星期六）24时止" in page
        assert "成立0件，不成立0件，正在查1件" in page
        assert "某" not in page
        assert "村务监督委员会" in page
        township = read(f"/areas/{invented.EAST}/")
        assert "邻村名单公示" in township
        assert "一村：本村名单公示" in township and "3户，14,400元" in township
    with travel(noon(DAY + timedelta(days=8))):
        for run in (lambda: None, end_due_lists):
            run()
            cache.clear()
            page = read(f"/areas/{invented.ONE}/")
            assert "眼下没有正在公示的名单" in page
            assert "2026年11月28日期满" in page


def test_empty_places_say_so_and_missing_ones_are_not_there(village: Village, visitor: Client) -> None:
    page = visitor.get(f"/areas/{invented.THREE}/").content.decode()
    assert "眼下没有正在公示的名单" in page
    assert "还没有期满的名单" in page
    for code in ("999999999999", "abc", "1"):
        assert visitor.get(f"/areas/{code}/").status_code == 404


def test_without_any_area_the_entry_says_so(db: None, read: Read) -> None:
    assert "还没有录入" in read("/areas/")


def test_an_area_that_was_merged_leads_to_its_successor(village: Village, read: Read) -> None:
    Area.objects.filter(code=invented.TWO).update(successor=village.area, valid_to=date(2026, 1, 1))
    page = read(f"/areas/{invented.TWO}/")
    assert "已经并入别处" in page
    assert f'href="/areas/{invented.ONE}/"' in page
    assert invented.TWO not in read(f"/areas/{invented.EAST}/")


def test_one_county_shows_its_townships_at_the_entry(db: None, read: Read) -> None:
    rows = [row for row in invented.ROWS if not row[0].startswith("990002")]
    load(invented.divisions(rows), valid_from=date(2020, 1, 1))
    assert "东乡" in read("/areas/")


def test_the_page_on_verifying_tells_where_the_ledger_stands(village: Village, read: Read) -> None:
    a_list(village)
    head = Head.objects.get()
    page = read("/verify/")
    assert head.root in page
    assert f"{head.size}笔" in page


def test_lists_of_one_matter_stand_together_the_newest_first(
    village: Village, read: Read, travel: Callable
) -> None:
    made = {}
    for days, (matter, kind) in enumerate(
        [("one", "resolution"), ("two", "resolution"), ("one", "application")]
    ):
        with travel(noon(DAY + timedelta(days=days))):
            deliberation = None
            if kind == "resolution":
                deliberation = opened(village, reference=f"batch:{matter}")
                hold(village, deliberation)
                made[matter] = deliberation
            title = f"{matter}-{kind}"
            a_list(village, kind=kind, title=title, deliberation=made[matter], reference=f"batch:{matter}")
    with travel(noon(DAY + timedelta(days=40))):
        page = read(f"/areas/{village.area.code}/")
    places = [page.index(title) for title in ("one-application", "one-resolution", "two-resolution")]
    assert places == sorted(places)
    assert "村里议定以后，第一次公开" in page and "乡里核查以后" in page
