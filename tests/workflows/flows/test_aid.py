"""Temporary aid: first where it cannot wait, within the reserve, tiered by amount, published as a sum."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from disclosure.publicity.models import PublicList
from disclosure.publicity.public import page
from portal import clock
from portal.clock.workdays import add_working_days
from workflows.changes import services
from workflows.changes.aiding import committed_fen
from workflows.changes.errors import ChangeRefused
from workflows.changes.models import Aid, Reserve
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.change_play import batch_of, carry, civil_affairs, step
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import NothingSigned
from workflows.engine.models import Batch, BatchState, CaseState
from workflows.money.models import Payment
from workflows.money.reconciliation import GapKind, reconcile


@pytest.fixture
def aided(county: County) -> County:
    """Return the county with its civil affairs and the township's reserve of 30,000 yuan."""
    civil_affairs(county)
    return county


def file(county: County, fen: int, *, aid_first: bool = False, number: int = 51) -> Batch:
    household = build.make_household(county, "禾坪村", number, "clerk1")
    return batch_of(
        services.file_aid(
            by=county["helper1"],
            household=household,
            need="accident",
            reason="户主骑车摔伤住院，家里没有别的收入",
            amount_fen=fen,
            aid_first=aid_first,
        )
    )


def steps(county: County, batch: Batch) -> list[str]:
    passed = []
    while batch.state == BatchState.OPEN:
        passed.append(batch.step)
        step(county, batch)
        batch.refresh_from_db()
    return passed


def test_small_aid_is_the_townships(aided: County) -> None:
    assert steps(aided, file(aided, 1_200_00)) == [*("file", "check", "approve", "record", "pay", "announce")]
    assert Payment.objects.get().amount_fen == 1_200_00


def test_from_its_amount_a_meeting_decides_and_from_a_higher_one_the_county(aided: County) -> None:
    assert steps(aided, file(aided, 3_000_00)) == [
        *("file", "check", "meeting", "approve", "record", "pay", "announce")
    ]
    assert steps(aided, file(aided, 6_000_00, number=52)) == [
        *("file", "check", "meeting", "approve", "county_decide", "record", "pay", "announce")
    ]


def test_aid_first_is_handed_over_and_approved_afterwards_within_a_limit(aided: County) -> None:
    batch = carry(aided, file(aided, 2_500_00, aid_first=True), "check")
    aid = Aid.objects.get()
    assert (aid.advanced_fen, aid.limit_on) == (1_500_00, add_working_days(clock.today(), 10))
    carry(aided, batch, "end")
    assert Payment.objects.get().amount_fen == 2_500_00 - 1_500_00


def test_what_was_handed_over_in_full_is_not_paid_again(aided: County) -> None:
    assert steps(aided, file(aided, 1_500_00, aid_first=True)) == [
        *("file", "advance", "check", "approve", "record", "announce")
    ]
    assert not Payment.objects.exists()


def test_who_asks_at_half_past_midnight_was_not_handed_money_the_evening_before(aided: County) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    usual = {"received_how": "户主签领", "advanced_fen": 1_000_00}
    with clock.travel(timezone.make_aware(datetime.combine(tomorrow, time(0, 30)))):
        batch = carry(aided, file(aided, 2_500_00, aid_first=True), "advance")
        with pytest.raises(NothingSigned, match="先行救助日期要在申请之后、今天之前"):
            play.sign(batch, aided["head1"], changes={**usual, "advanced_on": tomorrow - timedelta(days=1)})
        play.sign(batch, aided["head1"], changes={**usual, "advanced_on": tomorrow})
    assert Aid.objects.get().advanced_on == tomorrow


def test_an_advance_has_a_ceiling_and_is_not_taken_back_by_a_lower_check(aided: County) -> None:
    batch = carry(aided, file(aided, 2_500_00, aid_first=True), "advance")
    usual = {"advanced_on": clock.today(), "received_how": "户主签领"}
    with pytest.raises(NothingSigned, match="一次最多 2,000 元"):
        play.sign(batch, aided["head1"], changes={**usual, "advanced_fen": 2_100_00})
    play.sign(batch, aided["head1"], changes={**usual, "advanced_fen": 2_000_00})
    play.visit_all(batch, aided["civil1"])
    case = batch.cases.get()
    lower = RowVerdict(Verdict.AGREE, "家里还有存款", {"amount_fen": 1_000_00})
    with pytest.raises(NothingSigned, match="已经先行发了 2,000 元"):
        play.sign(batch, aided["civil1"], rows={case.number: lower})


def test_the_reserve_is_never_overspent(aided: County) -> None:
    services.set_reserve(
        by=aided["countycivil"],
        township=aided.areas["杉坞镇"],
        year=clock.today().year,
        total_fen=2_000_00,
        source="调减",
    )
    first = carry(aided, file(aided, 1_500_00, aid_first=True), "check")
    second = carry(aided, file(aided, 1_000_00, number=53), "approve")
    with pytest.raises(NothingSigned, match="备用金只剩 500 元，不够这户的 1,000 元"):
        play.sign(second, aided["head1"])
    reserve = Reserve.objects.get()
    assert committed_fen(reserve) == 1_500_00
    # What was handed over stays spent, whatever is decided afterwards.
    play.visit_all(first, aided["civil1"])
    case = first.cases.get()
    play.sign(first, aided["civil1"], rows={case.number: RowVerdict(Verdict.REFUSE, "查明有保险赔付")})
    assert committed_fen(reserve) == 1_500_00
    with pytest.raises(ChangeRefused, match="不能少于"):
        services.set_reserve(
            by=aided["countycivil"], township=reserve.area, year=reserve.year, total_fen=1_000_00, source="x"
        )


def test_without_a_reserve_nothing_is_handed_over(county: County) -> None:
    batch = carry(county, file(county, 1_000_00, aid_first=True), "advance")
    with pytest.raises(NothingSigned, match="还没有下达"):
        step(county, batch)


def test_nobody_reads_who_was_in_need(aided: County) -> None:
    carry(aided, file(aided, 1_200_00), "end")
    published = PublicList.objects.get()
    assert not published.show_names and published.total_fen == 1_200_00
    row = published.rows.get()
    assert (row.name, row.masked_name, row.shown["group"]) == ("", "", "")
    shown = page(published.number, 1, nameless_rows=False)
    assert shown is not None and not shown.rows


def test_only_the_countys_civil_affairs_or_finance_set_a_reserve(aided: County) -> None:
    for username in ("head1", "county", "clerk1"):
        with pytest.raises(ChangeRefused, match="没有这个职务"):
            services.set_reserve(
                by=aided[username], township=aided.areas["杉坞镇"], year=2026, total_fen=1, source="x"
            )


def test_an_advance_is_a_gap_until_an_approval_stands_for_it(aided: County) -> None:
    days = (clock.today(), clock.today())
    village = aided.areas["禾坪村"]
    refused = carry(aided, file(aided, 1_500_00, aid_first=True), "check")
    approved = carry(aided, file(aided, 1_000_00, aid_first=True, number=54), "check")
    assert {gap.number for gap in reconcile(village, *days).gaps} == {
        batch.cases.get().number for batch in (refused, approved)
    }
    carry(aided, approved, "end")
    play.visit_all(refused, aided["civil1"])
    case = refused.cases.get()
    no = RowVerdict(Verdict.REFUSE, "不符合急难的情形")
    play.sign(refused, aided["civil1"], rows={case.number: no})
    case.refresh_from_db()
    assert case.state == CaseState.REFUSED
    gap, *others = [one for one in reconcile(village, *days).gaps if GapKind.PAID_UNAPPROVED in one.kinds]
    assert (gap.number, gap.paid_fen, others) == (case.number, 1_500_00, [])
