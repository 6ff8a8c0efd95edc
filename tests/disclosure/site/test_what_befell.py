"""Rules of a list's page: what changed, why, paid when, what was taken out, and what if I am not on it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from disclosure.publicity import outages, redacting
from disclosure.publicity.models import ListKind
from disclosure.publicity.services import Allocation, Content, correct
from disclosure.site import registry
from portal import clock
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, hold, household, noon, opened

Read = Callable[[str], str]
DAY = date(2026, 11, 21)


def test_a_reviewed_list_tells_what_changed_since_the_village_resolved(village: Village, read: Read) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    a_list(village, kind=ListKind.RESOLUTION, deliberation=deliberation)
    reviewed = a_list(village, [household(1), household(2, amount_fen=400_000)], deliberation=deliberation)
    page = read(f"/lists/{reviewed.number}/")
    assert "和村里议定的名单比：少了1户，1户金额变少。" in page
    assert "上次4,800元" in page


def test_names_of_what_changed_leave_with_the_rows(village: Village, read: Read) -> None:
    with clock.travel(noon(DAY)):
        first = a_list(village)
        rows = [household(1), household(2), household(4, name="李小花")]
        seat = village.seat(Role.TOWNSHIP_REVIEWER)
        new = correct(**seat, list_id=first.pk, rows=rows, reason="漏了一户")
        page = read(f"/lists/{new.number}/")
    assert "和更正前那一版比：多了1户，少了1户。" in page
    assert "上次没有" in page and "李某花" in page
    with clock.travel(noon(date(2026, 12, 5))):
        page = read(f"/lists/{new.number}/")
    assert "多了1户，少了1户" in page
    assert "李某花" not in page and "上次没有" not in page


def test_a_row_says_who_settled_it_and_by_which_rule(village: Village, read: Read) -> None:
    why = {
        "text": "通过查验",
        "source_label": "《方案》二（二）",
        "source_url": "/p/#s2",
        "level": "乡里核定",
    }
    page = read(f"/lists/{a_list(village, [household(1, why=why)]).number}/")
    assert "谁定的：乡里核定" in page
    assert 'href="/p/#s2"' in page


def test_a_row_says_when_it_was_paid_while_it_stands(
    village: Village, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = {"case:C1": (300_000, date(2026, 11, 12))}
    monkeypatch.setattr(registry, "_paid", [lambda keys: {k: source[k] for k in keys if k in source}])
    with clock.travel(noon(DAY)):
        deliberation = opened(village)
        hold(village, deliberation)
        published = a_list(village, kind=ListKind.RESOLUTION, deliberation=deliberation)
        page = read(f"/lists/{published.number}/")
        assert page.count("已发3,000元，11月12日") == 1
    with clock.travel(noon(date(2026, 12, 5))):
        assert "已发3,000元" not in read(f"/lists/{published.number}/")


def test_who_is_not_on_the_list_finds_the_objection_with_its_ground_chosen(
    village: Village, read: Read
) -> None:
    published = a_list(village)
    page = read(f"/lists/{published.number}/")
    assert "没有我家？" in page
    address = f"/lists/{published.number}/object/?ground=left_out"
    assert address in page
    assert '<option value="left_out" selected>' in read(address)
    assert " selected>" in read(f"/lists/{published.number}/object/?ground=nonsense")
    exits = a_list(
        village,
        [household(1, amount_fen=0, why={})],
        content=Content.EXITS,
        with_money=False,
        reference="batch:B2",
    )
    assert "没有我家？" not in read(f"/lists/{exits.number}/")


def test_an_outage_stands_openly_on_the_page(village: Village, read: Read) -> None:
    with clock.travel(noon(DAY)):
        published = a_list(village)
    for hour in (8, 12):
        with clock.travel(noon(date(2026, 11, 24), hour)):
            outages.beat()
            outages.lengthen()
    with clock.travel(noon(date(2026, 11, 24), 13)):
        page = read(f"/lists/{published.number}/")
    assert "11月24日8时00分到11月24日12时00分网站停过（网站没有运行），公示顺延" in page
    assert "原来到11月28日（星期六）24时止，现在到11月29日（星期日）24时止" in page


def test_a_redaction_leaves_a_tombstone_on_the_page(village: Village, read: Read) -> None:
    published = a_list(village, [household(1, item="养羊，李小花")])
    before = read(f"/lists/{published.number}/")
    asked = redacting.ask(
        **village.seat(Role.VILLAGE_CLERK),
        target="row",
        object_id=f"{published.number}#1",
        field="item",
        datum="name",
    )
    assert read(f"/lists/{published.number}/") == before
    redacting.confirm(**village.seat(Role.COUNTY_HEAD), redaction_id=asked.pk)
    # The page that was kept is dropped with the commit, which a test's transaction never reaches.
    from django.core.cache import cache

    cache.clear()
    page = read(f"/lists/{published.number}/")
    assert "李小花" not in page
    assert "〔已删去：不该公开的姓名〕" in page
    assert "删去了第1行的不该公开的姓名：一村（村文书）提出，甲县（县级负责人）确认" in page


def test_rows_that_are_no_households_stay_by_row_and_name_nobody(village: Village, read: Read) -> None:
    rows = [
        household(n, name="", group="", item=f"第{n}处灌溉渠", amount_fen=100 * n, note="") for n in (1, 2)
    ]
    with clock.travel(noon(DAY)):
        works = a_list(village, rows, content=Content.WORKS, kind="announcement")
        money = a_list(
            village,
            rows,
            content=Content.ALLOCATIONS,
            kind="announcement",
            reference="batch:B3",
            allocation=Allocation("甲财预〔2026〕7号", 300, date(2026, 11, 10)),
        )
        page = read(f"/lists/{works.number}/")
        assert "第1处灌溉渠" in page and "<dt>项</dt>" in page
        page = read(f"/lists/{money.number}/")
        assert "资金怎样分已经定了，正在公告" in page
        assert "下达3元，各行合计3元，一致" in page and "2026年12月1日以前（按时）" in page
    with clock.travel(noon(date(2027, 1, 5))):
        assert "第2处灌溉渠" in read(f"/lists/{works.number}/")


def test_no_page_of_any_kind_of_list_asks_more_of_the_database(village: Village, visitor: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    first = a_list(village)
    rows = [household(1), household(2, amount_fen=1)]
    new = correct(**village.seat(Role.TOWNSHIP_REVIEWER), list_id=first.pk, rows=rows, reason="写错了")
    with CaptureQueriesContext(connection) as queries:
        assert visitor.get(f"/lists/{new.number}/").status_code == 200
    assert len(queries) <= 12, [query["sql"][:90] for query in queries]
