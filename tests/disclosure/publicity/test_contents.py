"""Rules of the kinds of lists: what each refuses, how long it hangs, and allocations that add up."""

from datetime import date
from typing import Any

import pytest

from disclosure.masking.kinds import CHECKED
from disclosure.publicity.errors import BadRow
from disclosure.publicity.services import Allocation, Content, correct
from portal import clock
from portal.ledger.models import Event
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, household, noon

DAY = date(2026, 11, 21)
NO_MONEY = {"amount_fen": 0, "why": {}}


def place(number: int, fen: int, **changes: Any) -> Any:
    return household(number, name="", group="", item=f"{number}号村项目", amount_fen=fen, note="", **changes)


def allocation(total_fen: int = 300, handed_down_on: date = date(2026, 11, 10)) -> Allocation:
    return Allocation("甲财预〔2026〕7号", total_fen, handed_down_on)


def test_a_reason_of_ones_own_is_refused_where_only_written_sentences_may_stand(village: Village) -> None:
    rows = [household(1, amount_fen=0, why={"text": "这家刚遭了难"})]
    with pytest.raises(BadRow, match="只能用写好的那几句"):
        a_list(village, rows, content=Content.ADDITIONS, with_money=False)
    rows = [household(1, amount_fen=0, why={"text": str(CHECKED)})]
    assert a_list(village, rows, content=Content.ADDITIONS, with_money=False).content == "additions"


def test_a_kind_without_money_takes_no_amount_whatever_its_maker_says(village: Village) -> None:
    with pytest.raises(BadRow, match="不发钱"):
        a_list(village, [household(1, why={})], content=Content.EXITS, with_money=True)


def test_aid_names_nobody_whatever_its_maker_says(village: Village) -> None:
    rows = [household(1, why={}, group="", note="")]
    assert not a_list(village, rows, content=Content.AID, show_names=True).show_names


def test_an_allocation_is_published_only_when_its_sums_reconcile(village: Village) -> None:
    rows = [place(1, 100), place(2, 200)]
    with clock.travel(noon(DAY)):
        for wrong in (None, allocation(301), allocation(300, date(2026, 11, 22))):
            with pytest.raises(BadRow):
                a_list(village, rows, content=Content.ALLOCATIONS, kind="announcement", allocation=wrong)
        with pytest.raises(BadRow, match=r"差0\.01元"):
            a_list(
                village, rows, content=Content.ALLOCATIONS, kind="announcement", allocation=allocation(301)
            )
        done = a_list(
            village, rows, content=Content.ALLOCATIONS, kind="announcement", allocation=allocation()
        )
    assert done.facts["total_fen"] == done.total_fen == 300
    assert (done.facts["due_on"], done.facts["late"]) == ("2026-12-01", False)
    event = Event.objects.get(kind="list.published")
    assert '"due_on":"2026-12-01"' in event.record.replace(" ", "")


def test_a_corrected_allocation_must_reconcile_again(village: Village) -> None:
    rows = [place(1, 100), place(2, 200)]
    done = a_list(
        village,
        rows,
        content=Content.ALLOCATIONS,
        kind="announcement",
        allocation=allocation(300, date(2026, 11, 2)),
    )
    seat = village.seat(Role.TOWNSHIP_REVIEWER)
    with pytest.raises(BadRow):
        correct(**seat, list_id=done.pk, rows=[place(1, 100)], reason="少了一行")
    new = correct(**seat, list_id=done.pk, rows=[place(1, 150), place(2, 150)], reason="两行分错了")
    assert new.facts["document"] == done.facts["document"]


def test_a_list_that_must_hang_ten_days_runs_on_the_board_after_its_days_on_the_web(village: Village) -> None:
    with clock.travel(noon(DAY)):
        dividends = a_list(village, content=Content.DIVIDENDS, kind="application")
        applications = a_list(village)
    assert (dividends.closes_on, dividends.board_until) == (date(2026, 11, 28), date(2026, 12, 1))
    assert applications.board_until == applications.closes_on
