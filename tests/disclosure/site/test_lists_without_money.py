"""Rules of lists that pay nothing: no amount anywhere, and what comes next is what their flow really does."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from disclosure.publicity.board import Paper, board_data
from disclosure.publicity.errors import BadRow
from disclosure.publicity.models import ListKind, PublicList
from disclosure.publicity.services import correct, end_due_lists
from disclosure.site import registry
from portal.people.models import Role
from portal.printing.sheets import render
from tests.disclosure.village import Village, a_list, household, noon
from tests.pdf_text import read as read_pdf

Read = Callable[[str], str]
DAY = date(2026, 11, 21)


def exits(village: Village, **changes: object) -> PublicList:
    """Publish two households that are to leave the register."""
    rows = [household(n, item="退出", amount_fen=0) for n in (1, 2)]
    return a_list(village, rows, with_money=False, **changes)


def path(list: PublicList) -> str:
    return f"/lists/{list.number}/"


@pytest.fixture
def way() -> Iterator[None]:
    """Know of every list that an announcement follows it."""

    def source(list: PublicList) -> registry.Matter:
        told = {ListKind.APPLICATION: "评议以后公示", ListKind.ANNOUNCEMENT: "县里定下来以后公告"}
        return registry.Matter(
            None, registry.Course(told, ["乡镇审核", "县级批准", "公告"], "批准以后退出帮扶名册。")
        )

    known = [*registry._matters]
    registry._matters[:] = [source]
    yield
    registry._matters[:] = known


def test_a_list_that_pays_nothing_shows_no_amount_running_ended_or_on_its_form(
    village: Village, read: Read, travel: Callable
) -> None:
    with travel(noon(DAY)):
        published = exits(village)
        pages = [read(path(published)), read(f"{path(published)}object/1/")]
        pages.append(read(f"/areas/{village.area.code}/"))
    with travel(noon(published.closes_on + timedelta(days=1))):
        end_due_lists()
        pages += [read(path(published)), read(f"/areas/{village.area.code}/")]
    for page in pages:
        body = page.split("<main")[1]
        assert "0元" not in body and "元合计" not in body and "金额" not in body.split("<form")[0]
    assert "2户" in pages[2] and "2户" in pages[3]


def test_a_nought_on_a_list_that_pays_is_shown(village: Village, read: Read) -> None:
    page = read(path(a_list(village, [household(1, amount_fen=0)])))
    assert "0元" in page and "元合计" in page


def test_a_list_that_pays_nothing_holds_no_amount(village: Village) -> None:
    with pytest.raises(BadRow, match="名单第1行带着金额，这份名单不发钱"):
        a_list(village, [household(1)], with_money=False)


def test_a_corrected_list_that_pays_nothing_stays_one(village: Village) -> None:
    first = exits(village)
    rows = [household(1, item="退出", amount_fen=0)]
    seat = village.seat(Role.TOWNSHIP_REVIEWER)
    assert not correct(**seat, list_id=first.pk, rows=rows, reason="第2行重复").with_money


def test_the_boards_sheet_of_a_list_that_pays_nothing_has_no_column_of_amounts(village: Village) -> None:
    for published, money in ((exits(village), False), (a_list(village), True)):
        text = read_pdf(render("board", board_data(published, Paper.A4))).text
        assert (
            ("金额" in text) is money
            and ("合计" in text) is money
            and "0.00" not in text.replace("00.00", "")
        )


def test_what_comes_next_is_told_by_the_way_of_the_matter(village: Village, read: Read, way: None) -> None:
    page = read(path(exits(village)))
    assert "公告：" in page and "县里定下来以后公告" in page
    assert "乡镇审核 → 县级批准 → 公告" in page and "批准以后退出帮扶名册。" in page
    assert "钱发下去" not in page and "村决议公开" not in page


def test_a_corrected_list_tells_that_unchanged_rows_go_on_or_wait_with_it(
    village: Village, read: Read, travel: Callable
) -> None:
    seat = village.seat(Role.TOWNSHIP_REVIEWER)
    rows = [household(1), household(2, name="李小花")]
    with travel(noon(DAY)):
        first = a_list(village, rows)
        second = correct(
            **seat, list_id=first.pk, rows=[household(1, name="王大山"), rows[1]], reason="写错名"
        )
        for version in (first, second):
            assert "没有改的户照原来的，不用重新核查，也等这一版期满再往下办" in read(path(version))
    with travel(noon(second.closes_on + timedelta(days=1))):
        end_due_lists()
        third = correct(**seat, list_id=second.pk, rows=rows, reason="又写错名")
        fourth = correct(**seat, list_id=third.pk, rows=[rows[0]], reason="第2行重复")
        for version in (second, third, fourth):
            assert "没有改的户照常往下办：更正前的公示天数已经满了" in read(path(version))
