"""Temporary aid is checked like a programme's money: what was handed over first, what is due and not paid."""

from pathlib import Path
from typing import Any

import pytest

from portal import clock
from portal.ledger import evidence
from portal.ledger.verifier import verify
from portal.people.models import Line
from workflows.changes import services as changes
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.change_play import batch_of, carry, civil_affairs
from workflows.rectification.models import Ticket
from workflows.spotchecks import errors, services
from workflows.spotchecks.frames import Wanted, cases_of
from workflows.spotchecks.models import CheckState, HomeVisit, SpotCheck
from workflows.spotchecks.visits import record_visit

from ..desk.conftest import SignIn
from .conftest import Paid, drawn, photos, said, sealed


def aid(county: County, fen: int, until: str, *, first: bool = False, number: int) -> Any:
    """Return the batch of an aid in 禾坪村, carried to the step `until`."""
    filed = changes.file_aid(
        by=county["helper1"],
        household=build.make_household(county, "禾坪村", number, "clerk1"),
        need="accident",
        reason="户主骑车摔伤住院，家里没有别的收入",
        amount_fen=fen,
        aid_first=first,
    )
    return carry(county, batch_of(filed), until)


@pytest.fixture
def aided(county: County) -> County:
    """Return the county with three aids: one paid, one approved and not paid, one handed over in part."""
    civil_affairs(county)
    aid(county, 1_200_00, "end", number=51)
    aid(county, 1_300_00, "record", number=52)
    aid(county, 2_500_00, "record", first=True, number=53)
    # Not decided on yet: nothing is due.
    aid(county, 900_00, "approve", number=54)
    return county


def of_aid(county: County, *, with_unpaid: bool) -> Wanted:
    today = clock.today()
    return Wanted(None, county.areas["杉坞镇"], today.replace(month=1, day=1), today, with_unpaid)


def test_the_frame_of_aid_holds_what_was_handed_over_and_on_asking_what_is_due(aided: County) -> None:
    supervisor = aided["supervisor"]
    paid = cases_of(supervisor, of_aid(aided, with_unpaid=False))
    assert sorted(case.aid.requested_fen for case in paid) == [1_200_00, 2_500_00]
    due = cases_of(supervisor, of_aid(aided, with_unpaid=True))
    assert sorted(case.aid.requested_fen for case in due) == [1_200_00, 1_300_00, 2_500_00]


def test_aid_is_drawn_visited_and_what_was_given_first_counts_as_paid(paid: Paid, aided: County) -> None:
    given = {"by": aided["supervisor"], "title": "临时救助抽查", "per_village": 3}
    check = services.prepare(wanted=of_aid(aided, with_unpaid=True), **given)
    assert (check.programme, check.money, check.line) == (None, "临时救助", Line.CIVIL_AFFAIRS)
    with pytest.raises(errors.BadCheck, match="没办完的抽查"):
        services.prepare(wanted=of_aid(aided, with_unpaid=False), **given)
    paid.parties.sign()
    check = services.draw(by=aided["supervisor"], check_id=check.pk)
    books = {row.case.aid.requested_fen: row for row in check.drawn.select_related("case__aid")}
    told = {sum_: row.paid_fen for sum_, row in books.items()}
    assert told == {1_200_00: 1_200_00, 1_300_00: 0, 2_500_00: 1_500_00}
    for sum_, received, agrees in (
        (1_200_00, 1_200_00, True),
        (1_300_00, None, True),
        (2_500_00, 500_00, False),
    ):
        row = books[sum_]
        words = {"told": "full" if received else "nothing", "received_fen": received}
        visit = record_visit(
            by=aided["supervisor"],
            check_id=check.pk,
            position=row.position,
            said=said(check, row.position, **words),
            photos=photos(),
        )
        assert visit.agrees is agrees
    assert "账上拨付 1500.00 元，本人说收到 500.00 元" in str(Ticket.objects.get().text)
    assert verify().fault is None


def test_a_supervisor_of_another_line_seals_no_aid(paid: Paid, aided: County, sign_in: SignIn) -> None:
    build.grant(aided, aided["grid1"], "supervisor", "枫禾县", Line.EDUCATION)
    with pytest.raises(errors.NoSuchCheck):
        services.prepare(by=aided["grid1"], wanted=of_aid(aided, with_unpaid=True), title="临时救助抽查")
    page = "/admin/desk/spot-checks/new/?place=杉坞镇"
    assert "临时救助" not in sign_in("grid1").get(page).content.decode()
    supervisor = sign_in("supervisor")
    assert '<option value="aid:temporary">临时救助' in supervisor.get(page).content.decode()
    today = clock.today()
    typed = {"title": "临时救助抽查", "programme": "aid:temporary", "per_village": 2, "percent": 10}
    typed |= {"first_day": f"{today.year}-01-01", "last_day": today.isoformat(), "with_unpaid": "1"}
    assert supervisor.post(page, typed).status_code == 302
    check = SpotCheck.objects.get()
    assert "临时救助" in supervisor.get(f"/admin/desk/spot-checks/{check.number}/").content.decode()
    paid.parties.sign()
    services.draw(by=aided["supervisor"], check_id=check.pk)
    row = check.drawn.filter(paid_fen=0).first() or check.drawn.get(paid_fen=1_500_00)
    left = "1,300 元没有拨" if row.paid_fen == 0 else "1,000 元没有拨"
    shown = supervisor.get(f"/admin/desk/spot-checks/{check.number}/{row.position}/").content.decode()
    assert left in shown


def test_a_check_given_up_once_its_seed_was_signed_says_so(
    paid: Paid, county: County, sign_in: SignIn
) -> None:
    early = services.abandon(by=county["supervisor"], check_id=sealed(county).pk, reason="地方选错了")
    client = sign_in("supervisor")
    assert "签名以后才作废" not in client.get("/admin/desk/spot-checks/").content.decode()
    late = sealed(county)
    paid.parties.sign()
    late = services.abandon(by=county["supervisor"], check_id=late.pk, reason="地方选错了")
    assert "签名以后才作废" in client.get("/admin/desk/spot-checks/").content.decode()
    shown = client.get(f"/admin/desk/spot-checks/{late.number}/").content.decode()
    assert "抽到谁已经定了" in shown
    assert (early.state, bool(early.beacon)) == (CheckState.ABANDONED, False)
    assert (late.state, bool(late.beacon)) == (CheckState.ABANDONED, True)
    assert verify().fault is None


def test_a_form_that_came_back_with_another_key_is_one_visit(paid: Paid, county: County) -> None:
    check = drawn(paid, county)
    act: dict[str, Any] = {"by": county["supervisor"], "check_id": check.pk, "position": 1}
    less = {"told": "other", "received_fen": 100_00}
    first = record_visit(**act, said=said(check, 1, **less), photos=photos())
    again = record_visit(**act, said=said(check, 1, **less, sent_key="another"), photos=photos())
    assert again == first and Ticket.objects.count() == 1
    other = said(check, 1, **less, sent_key="third", finding="说的和上回一样，另查出圈是空的。")
    assert record_visit(**act, said=other, photos=photos("第二次")) != first
    assert HomeVisit.objects.count() == 2


def test_a_bundle_is_not_handed_out_before_the_draw_is_signed(
    paid: Paid, county: County, tmp_path: Path
) -> None:
    check = drawn(paid, county)
    with pytest.raises(evidence.NoEvidence, match="稍后再导出"):
        evidence.export(check.number, tmp_path / "b.zip", by=county["supervisor"])
    paid.parties.sign()
    evidence.export(check.number, tmp_path / "b.zip", by=county["supervisor"])
