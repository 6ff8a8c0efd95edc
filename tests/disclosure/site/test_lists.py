"""Rules of a list's page: what it answers, what it costs, and when the names leave."""

import gzip
import re
from collections.abc import Callable
from datetime import date, timedelta

import brotli
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disclosure.publicity.services import (
    answer,
    correct,
    countersign,
    end_due_lists,
    lodge,
    record_posting,
)
from portal import clock
from portal.configuration import services as configuration
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, hold, household, noon, opened
from tests.portal.people import invented

from .rows import many

Read = Callable[[str], str]
DAY = date(2026, 11, 21)


def path(list: object, page: int = 1) -> str:
    return f"/lists/{list.number}/" if page == 1 else f"/lists/{list.number}/{page}/"  # type: ignore[attr-defined]


@pytest.mark.parametrize("count", [20, 400])
def test_a_list_takes_at_most_ten_queries_whatever_its_rows(
    village: Village, visitor: Client, count: int
) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    published = a_list(village, many(count), deliberation=deliberation, scheme="programme:1")
    record_posting(**village.seat(Role.TOWNSHIP_REVIEWER), list_id=published.pk, seen_on=clock.today())
    cache.clear()
    configuration.forget()
    with CaptureQueriesContext(connection) as queries:
        response = visitor.get(path(published))
    assert response.status_code == 200
    assert response.content.decode().count("<li><b>") == count
    assert len(queries) <= 10, [query["sql"][:90] for query in queries]


@pytest.mark.parametrize("kind", ["resolution", "application", "result"])
def test_a_page_of_four_hundred_rows_is_one_response_of_at_most_14_kilobytes(
    village: Village, visitor: Client, kind: str
) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    published = a_list(village, many(400), deliberation=deliberation, kind=kind)
    for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        response = visitor.get(path(published), headers={"accept-encoding": encoding})
        assert response.headers["Content-Encoding"] == encoding
        assert response.headers["Vary"] == "Accept-Encoding"
        assert len(response.content) <= 14 * 1024, len(response.content)
        page = unpack(response.content).decode()
        assert page.count("<li><b>") == 400
        # Nothing else is fetched: no image, sheet, script, font or frame.
        assert not re.findall(r"<(?:img|script|iframe|object|embed|video|audio)\b", page)
        assert re.findall(r"<link[^>]*>", page) == ['<link rel="icon" href="data:,">']
        # Its own address, to be shared, is the only one in full.
        elsewhere = page.replace(settings.WAGTAILADMIN_BASE_URL, "")
        assert "http:" not in elsewhere
        assert "https:" not in elsewhere
        assert "@import" not in page
        assert "url(" not in page


def test_two_thousand_rows_are_one_response_of_at_most_60_kilobytes_in_ten_queries(
    village: Village, visitor: Client, travel: Callable
) -> None:
    with travel(noon(DAY)):
        deliberation = opened(village)
        hold(village, deliberation)
        published = a_list(village, many(2000), deliberation=deliberation, scheme="programme:1")
        first = visitor.get(path(published)).content.decode()
        assert f'href="{path(published)}all/"' in first
        cache.clear()
        configuration.forget()
        with CaptureQueriesContext(connection) as queries:
            whole = visitor.get(f"{path(published)}all/", headers={"accept-encoding": "gzip"})
        assert len(queries) <= 10, [query["sql"][:90] for query in queries]
        packed = visitor.get(f"{path(published)}all/", headers={"accept-encoding": "br"})
        assert len(packed.content) < len(whole.content) <= 60 * 1024, len(whole.content)
        assert gzip.decompress(whole.content).decode().count("<li><b>") == 2000
        assert "noindex" in whole.headers["X-Robots-Tag"]
        few, many_more = a_list(village), a_list(village, many(2001), reference="batch:B3")
        for one in (few, many_more):
            assert visitor.get(f"{path(one)}all/").status_code == 404
            assert "all/" not in visitor.get(path(one)).content.decode()
    with travel(noon(published.closes_on + timedelta(days=1))):
        # The names have left: there are no rows to put on one page.
        assert visitor.get(f"{path(published)}all/")["Location"] == path(published)


def test_a_page_sets_no_cookie_carries_no_script_and_is_the_same_for_a_signed_in_official(
    village: Village, visitor: Client
) -> None:
    published = a_list(village)
    response = visitor.get(path(published))
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "<script" not in response.content.decode()
    assert response.headers["X-Robots-Tag"] == "noindex, noarchive"
    assert '<meta name="robots" content="noindex,noarchive">' in response.content.decode()
    official = Client()
    official.force_login(village.seat(Role.TOWNSHIP_REVIEWER)["by"])
    cache.clear()
    seen = official.get(path(published))
    assert seen.content == response.content
    assert not seen.cookies


def test_the_page_says_what_until_when_how_much_how_decided_who_and_why(
    village: Village, read: Read, travel: Callable
) -> None:
    with travel(noon(DAY)):
        deliberation = opened(village)
        hold(village, deliberation)
        rows = [household(1), household(2, name="李小花", reduced_fen=80_000)]
        published = a_list(village, rows, deliberation=deliberation)
        page = read(path(published))
    assert "11月21日起，11月28日（星期六）24时止" in page
    assert "<dd>2</dd>" in page
    assert "<dd>9,600</dd>" in page
    assert "42人到35人" in page
    assert "赞成33" in page
    assert "反对1" in page
    assert "<b>王某山</b>" in page
    assert "王小山" not in page
    assert "比村里报的少800元" in page
    assert "为什么有他家" in page
    assert "为什么少了" in page
    assert published.digest in page
    assert "天后" not in page
    assert "还剩" not in page
    order = ["正在公示", "元合计", "村里是这样议定的", "王某山", "觉得不对", "村公开栏张贴", "名单指纹"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)


def test_names_are_gone_after_the_last_day_even_before_the_clocks_job_and_from_every_version(
    village: Village, visitor: Client, travel: Callable
) -> None:
    with travel(noon(DAY)):
        first = a_list(village, [household(1), household(2, item="养鸡", amount_fen=100_000)])
        second = correct(
            **village.seat(Role.TOWNSHIP_REVIEWER),
            list_id=first.pk,
            rows=[household(1, item="养羊圈舍")],
            reason="第2行重复",
        )
        old = visitor.get(path(first)).content.decode()
        assert "王某山" not in old
        assert path(second) in old
        assert "第2行重复" in old
        new = visitor.get(path(second)).content.decode()
        assert "王某山" in new
        assert path(first) in new
    with travel(noon(second.closes_on, 23, 59)):
        assert "王某山" in visitor.get(path(second)).content.decode()
    with travel(noon(second.closes_on + timedelta(days=1), 0, 0)):
        for run in (lambda: None, end_due_lists):
            run()
            for version in (first, second):
                page = visitor.get(path(version)).content.decode()
                assert "某" not in page.split("<main")[1]
                assert "养羊圈舍" in page
            assert "4,800元" in page


def test_an_ended_list_keeps_counts_and_sums_by_item_and_no_row(
    village: Village, visitor: Client, travel: Callable
) -> None:
    with travel(noon(DAY)):
        published = a_list(village, many(401))
    with travel(noon(DAY + timedelta(days=8))):
        end_due_lists()
        with CaptureQueriesContext(connection) as queries:
            page = visitor.get(path(published)).content.decode()
        assert len(queries) <= 10
        assert page.count("<li><b>") == 5
        assert "为什么" not in page
        assert visitor.get(path(published, 2)).headers["Location"] == path(published)


def test_a_programme_without_names_shows_counts_and_sums_only(village: Village, visitor: Client) -> None:
    published = a_list(village, show_names=False)
    page = visitor.get(path(published)).content.decode()
    assert "只公布户数和金额" in page
    assert "14,400" in page
    assert "养羊圈舍" not in page
    assert visitor.get(f"{path(published)}object/1/").status_code == 404


def test_paging_stands_in_the_path_and_missing_pages_are_not_there(village: Village, visitor: Client) -> None:
    published = a_list(village, many(401))
    assert f'href="{path(published, 2)}"' in visitor.get(path(published)).content.decode()
    second = visitor.get(path(published, 2)).content.decode()
    assert second.count("<li><b>") == 1
    assert f'href="{path(published)}"' in second
    assert visitor.get(f"{path(published)}1/").headers["Location"] == path(published)
    for missing in (path(published, 3), f"{path(published)}0/", "/lists/990001101201-2026-9999/"):
        response = visitor.get(missing)
        assert response.status_code == 404
        assert "没有" in response.content.decode()


def test_the_publications_of_one_matter_are_linked_together(village: Village, read: Read) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    resolution = a_list(village, kind="resolution", deliberation=deliberation)
    page = read(path(resolution))
    assert "乡里核查以后公示" in page
    assert "钱发下去以后公开" in page
    application = a_list(village, deliberation=deliberation)
    result = a_list(
        village,
        [household(1, note="已拨付，11月20日", effect="新增存栏20只")],
        kind="result",
        deliberation=deliberation,
        # A batch that was split off has a reference of its own, and the same deliberation.
        reference="batch:B1-1",
    )
    cache.clear()
    assert path(resolution) in read(path(application))
    assert path(application) in read(path(resolution))
    page = read(path(result))
    assert path(application) in page
    assert "新增存栏20只" in page
    assert "钱已经发下去" in page


def test_a_row_whose_objection_was_upheld_says_so(village: Village, read: Read) -> None:
    published = a_list(village)
    row = published.rows.get(position=2)
    lodged = lodge(list_id=published.pk, row_id=row.pk, text="没有建大棚")
    answer(
        **village.seat(Role.TOWNSHIP_REVIEWER),
        objection_id=lodged.objection.pk,
        outcome="upheld",
        findings="到地里看了，没有",
        answer="已退回重查",
        investigators=["甲某", "乙某"],
    )
    page = read(path(published))
    assert page.count("异议成立，退回重查") == 1
    assert "到地里看了" not in page


def test_elder_mode_keeps_every_link_of_a_list_in_elder_mode(village: Village, read: Read) -> None:
    published = a_list(village, many(3))
    page = read(f"/da{path(published)}")
    assert '<html lang="zh-Hans" class="elder">' in page
    links = re.findall(r'(?:href|action)="(/[^"]*)"', page)
    outside = {link for link in links if not link.startswith("/da/")}
    assert outside == {path(published)}
    assert "/da/policies/2026-12/#s2-2" in links
    assert f"/da{path(published)}object/1/" in links


def test_a_list_without_proof_of_posting_says_so_plainly(village: Village, read: Read) -> None:
    published = a_list(village)
    assert "还没有张贴记录" in read(path(published))
    record_posting(
        **village.seat(Role.TOWNSHIP_REVIEWER), list_id=published.pk, seen_on=clock.today(), note="村部门口"
    )
    cache.clear()
    assert "村部门口" in read(path(published))


def test_what_is_typed_into_a_row_is_shown_as_text(village: Village, read: Read) -> None:
    evil = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    published = a_list(village, [household(1, item=evil, note="<b>注</b>", effect="</li><script>1</script>")])
    page = read(path(published))
    assert "<img" not in page
    assert "<script" not in page
    assert "<b>注" not in page
    assert "{{7*7}}" in page


def test_another_villages_list_is_not_found_under_a_made_up_number(village: Village, visitor: Client) -> None:
    a_list(village, area=village.areas[invented.TWO])
    assert visitor.get("/lists/990001101201-2026-0001/").status_code == 404
    assert visitor.get("/lists/'%20or%201=1/").status_code == 404


def test_of_a_result_project_money_and_effect_stay_by_row_when_names_and_groups_leave(
    village: Village, visitor: Client, travel: Callable
) -> None:
    rows = [
        household(1, group="三组", effect="新增存栏20只"),
        household(2, group="五组", item="养鸡", amount_fen=100_000, effect="增收6000元"),
    ]
    with travel(noon(DAY)):
        published = a_list(village, rows, kind="result")
        running = visitor.get(path(published)).content.decode()
    assert "王某山" in running and "三组" in running
    with travel(noon(published.closes_on + timedelta(days=1))):
        page = visitor.get(path(published)).content.decode()
        form = visitor.get(f"/lists/{published.number}/object/2/").content.decode()
    for words in ("养羊圈舍", "4,800元", "新增存栏20只", "养鸡", "1,000元", "增收6000元"):
        assert words in page, words
    for words in ("某山", "三组", "五组"):
        assert words not in page + form, words
    assert page.count("<li><b>") == 2


def test_a_result_that_was_corrected_keeps_sums_alone(village: Village, visitor: Client) -> None:
    first = a_list(village, [household(1, effect="新增存栏20只")], kind="result")
    seat = village.seat(Role.TOWNSHIP_REVIEWER)
    correct(**seat, list_id=first.pk, rows=[household(1, effect="新增存栏2只")], reason="数字写错")
    page = visitor.get(path(first)).content.decode()
    assert "新增存栏20只" not in page and "养羊圈舍" in page


def test_proof_of_posting_tells_the_offices_and_never_the_names(
    village: Village, visitor: Client, travel: Callable
) -> None:
    with travel(noon(DAY)):
        published = a_list(village)
        poster, watcher = village.seat(Role.VILLAGE_CLERK), village.seat(Role.VILLAGE_SUPERVISION)
        posting = record_posting(**poster, list_id=published.pk, seen_on=DAY)
        before = visitor.get(path(published)).content.decode()
        cache.clear()
        countersign(**watcher, posting_id=posting.pk)
        after = visitor.get(path(published)).content.decode()
    assert f"{village.area.name}（村文书）" in before and "还没有第二个人会签" in before
    assert f"会签：{village.area.name}（村务监督委员会）" in after
    for seat in (poster, watcher):
        assert str(seat["by"]) not in after


def test_a_list_that_ended_without_proof_of_posting_says_so(
    village: Village, visitor: Client, travel: Callable
) -> None:
    with travel(noon(DAY)):
        published = a_list(village)
        assert "还没有张贴记录" in visitor.get(path(published)).content.decode()
    with travel(noon(published.closes_on + timedelta(days=1))):
        page = visitor.get(path(published)).content.decode()
    assert "没有张贴证明" in page and "还没有张贴记录" not in page
