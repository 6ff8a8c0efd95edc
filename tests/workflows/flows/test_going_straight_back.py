"""Straight back to who returned it (直送): changes, exits, aids too, and never past money that was freed."""

from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from workflows.changes import services
from workflows.changes.aiding import committed_fen as reserve_committed_fen
from workflows.changes.models import Aid, ChangeRequest, Reserve, Wanted
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.change_play import FOUND_FEN, batch_of, carry, civil_affairs, file_entry, file_exit, step
from workflows.desk.paper_opinions import told
from workflows.engine import catalogue, rounds
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import NothingSigned
from workflows.engine.models import Batch, Decision
from workflows.money.models import Payment
from workflows.programmes.models import Application, Budget
from workflows.programmes.services import committed_fen
from workflows.registry.models import Category, Household, Member

from ..county import make_batch
from ..programmes.test_budget import budget, threshold
from .test_changes_that_meet import change

FOUND = {"income_fen": FOUND_FEN, "income_reason": "看了务工单位的工资单和银行流水", "signed_how": "本人签字"}


def returned(county: County, batch: Batch, to_step: str) -> Batch:
    """Let the county's head send the one row of `batch` back to `to_step`."""
    number = play.active(batch)[0].number
    again = RowVerdict(Verdict.RETURN, "材料再补一份", to_step=to_step)
    play.sign(batch, county["countyhead"], rows={number: again})
    assert batch.step == to_step
    return batch


def straight(county: County, batch: Batch, by: str, changes: dict[str, Any]) -> str:
    """Agree after another visit and ask for the way straight back; return what the row was told."""
    play.visit_all(batch, county[by])
    number = play.active(batch)[0].number
    said = RowVerdict(Verdict.AGREE, "补好了", changes, straight=True)
    message: str = play.sign(batch, county[by], rows={number: said}).rows[0]["message"]
    return message


def exit_sent_back(county: County) -> Batch:
    household = build.make_household(county, "禾坪村", 41, "clerk1", Category.MARGINAL)
    batch = carry(county, file_exit(county, "helper1", household), "county_decide")
    return returned(county, batch, "check")


def aid_filed(county: County, fen: int, *, aid_first: bool = False) -> Batch:
    """Let the village ask for temporary aid of `fen` for a household."""
    civil_affairs(county)
    household = build.make_household(county, "禾坪村", 51, "clerk1")
    case = services.file_aid(
        by=county["helper1"],
        household=household,
        need="accident",
        reason="户主骑车摔伤住院",
        amount_fen=fen,
        aid_first=aid_first,
    )
    return batch_of(case)


def another_head(county: County) -> None:
    """Let the spouse become the head of the one household, by a change of its own."""
    household = Household.objects.get()
    spouse = household.present_members[1]
    carry(county, change(county, household, Wanted.HEAD, member=spouse.pk), "end")
    household.refresh_from_db()
    assert household.head_name == spouse.name


def test_an_exit_whose_findings_stand_goes_straight_back_to_the_county(county: County) -> None:
    batch = exit_sent_back(county)
    said = straight(county, batch, "reviewer1", {**FOUND, "signed_on": clock.today()})
    assert batch.step == "county_decide" and said == "直送县级批准"
    # The form shows what the levels said past which it went: their word stands.
    case = play.active(batch)[0]
    exit_review = catalogue.flow(case.flow_key, case.flow_version)
    decisions = Decision.objects.filter(case=case).select_related("act").order_by("pk")
    standing, history = told(case, exit_review, decisions)
    assert {"appraise", "consent", "approve"} <= set(standing) and len(history) == 1
    carry(county, batch, "end")
    assert Household.objects.get().category == Category.ORDINARY


def test_an_exit_with_another_income_is_appraised_and_published_anew(county: County) -> None:
    batch = exit_sent_back(county)
    less = {**FOUND, "income_fen": FOUND_FEN - 1_000_00, "signed_on": clock.today()}
    said = straight(county, batch, "reviewer1", less)
    assert batch.step == "appraise" and "“民主评议”核过的申报内容改过了" in said


def test_a_family_that_changed_meanwhile_goes_the_whole_way(county: County) -> None:
    batch = exit_sent_back(county)
    spouse = Member.objects.exclude(relation="户主").get()
    Member.objects.filter(pk=spouse.pk).update(left_on=clock.today())
    straight(county, batch, "reviewer1", {**FOUND, "signed_on": clock.today()})
    assert batch.step == "appraise"


def test_an_exit_published_under_another_name_is_published_anew(county: County) -> None:
    batch = exit_sent_back(county)
    another_head(county)
    straight(county, batch, "reviewer1", {**FOUND, "signed_on": clock.today()})
    assert batch.step == "appraise"


@pytest.mark.parametrize(("days", "step_after"), [(0, "county_decide"), (1, "compare")])
def test_a_comparison_rests_on_the_authorisation_that_it_was_made_by(
    county: County, days: int, step_after: str
) -> None:
    household = build.make_household(county, "禾坪村", 42, "clerk1", Category.ORDINARY)
    batch = carry(county, file_entry(county, "helper1", household), "county_decide")
    returned(county, batch, "home_check")
    findings = ChangeRequest.objects.get().findings
    signed = clock.today() - timedelta(days=days)
    again = {"income_fen": findings["income_fen"], "authorised_on": signed, "authorised_how": "本人签字"}
    straight(county, batch, "reviewer1", again)
    assert batch.step == step_after


def test_a_level_returns_to_any_step_before_it_but_not_to_where_money_was_handed_over(county: County) -> None:
    aided = aid_filed(county, 6_000_00, aid_first=True)
    for batch, wanted in (
        (aided, ["file", "check", "meeting", "approve"]),
        (exit_sent_back(county), ["file", "check", "appraise", "consent", "publish", "approve"]),
    ):
        carry(county, batch, "county_decide")
        flow = catalogue.flow(batch.flow_key, batch.flow_version)
        way = next(iter(rounds.ways(flow, play.active(batch)).values()))
        assert [one.key for one in rounds.may_return_to(flow, flow.step("county_decide"), way)] == wanted


def test_an_aid_goes_straight_to_the_township_which_takes_the_freed_reserve_again(county: County) -> None:
    batch = aid_filed(county, 6_000_00, aid_first=False)
    batch = returned(county, carry(county, batch, "county_decide"), "check")
    assert reserve_committed_fen(Reserve.objects.get()) == 0
    said = straight(county, batch, "civil1", {"amount_fen": 6_000_00})
    # The meeting is not held again; the money is counted again.
    assert batch.step == "approve" and said.startswith("直送乡镇审批：")
    step(county, batch)
    assert reserve_committed_fen(Reserve.objects.get()) == 6_000_00 == (Aid.objects.get().approved_fen or 0)
    carry(county, batch, "end")
    assert Payment.objects.get().amount_fen == 6_000_00


def test_what_was_handed_over_first_is_not_handed_over_again(county: County) -> None:
    aided = aid_filed(county, 6_000_00, aid_first=True)
    batch = returned(county, carry(county, aided, "county_decide"), "file")
    step(county, batch)
    assert batch.step == "check"
    assert reserve_committed_fen(Reserve.objects.get()) == 1_500_00 == (Aid.objects.get().advanced_fen or 0)
    carry(county, batch, "end")
    assert Payment.objects.get().amount_fen == 6_000_00 - 1_500_00


def test_a_case_that_stands_there_again_is_not_given_a_second_time(county: County) -> None:
    batch = carry(county, aid_filed(county, 6_000_00, aid_first=True), "advance")
    Aid.objects.update(advanced_fen=1_000_00, advanced_on=clock.today())
    with pytest.raises(NothingSigned, match="已经先行发过 1,000 元"):
        step(county, batch)
    # It goes on by the village, and past the step.
    number = play.active(batch)[0].number
    play.sign(batch, county["head1"], rows={number: RowVerdict(Verdict.RETURN, "已经发过", to_step="file")})
    step(county, batch)
    assert batch.step == "check"


def test_nobody_goes_straight_past_a_meeting_that_the_amount_wants_only_now(county: County) -> None:
    batch = carry(county, aid_filed(county, 8_000_00), "check")
    play.visit_all(batch, county["civil1"])
    number = play.active(batch)[0].number
    less = RowVerdict(Verdict.AGREE, "先按少的核", {"amount_fen": 2_900_00})
    play.sign(batch, county["civil1"], rows={number: less})
    assert batch.step == "approve"
    play.sign(batch, county["head1"], rows={number: RowVerdict(Verdict.RETURN, "再核", to_step="check")})
    said = straight(county, batch, "civil1", {"amount_fen": 8_000_00})
    assert batch.step == "meeting" and "“一事一议”还没有办过，不能直送" in said


def application_sent_back(county: County) -> Batch:
    threshold(county, 1)
    batch = make_batch(county, rows=1, until="county_decide")
    returned(county, batch, "check")
    assert committed_fen(Budget.objects.get()) == 0
    return batch


def test_an_application_goes_straight_to_the_township_which_takes_the_freed_budget_again(
    county: County,
) -> None:
    batch = application_sent_back(county)
    case = play.active(batch)[0]
    said = straight(county, batch, "reviewer1", {"amount_fen": case.amount_fen})
    assert batch.step == "approve" and said.startswith("直送乡镇审批：")
    play.sign(batch, county["head1"])
    play.sign(batch, county["countyhead"])
    application = Application.objects.get()
    assert batch.step == "record" and application.approved_fen == case.amount_fen
    assert committed_fen(Budget.objects.get()) == case.amount_fen


def test_nobody_goes_straight_past_a_budget_that_others_have_used_up_meanwhile(county: County) -> None:
    batch = application_sent_back(county)
    case = play.active(batch)[0]
    budget(county, case.amount_fen - 1)
    straight(county, batch, "reviewer1", {"amount_fen": case.amount_fen})
    with pytest.raises(NothingSigned, match="预算只剩"):
        play.sign(batch, county["head1"])


def test_an_application_published_under_another_name_is_published_anew(county: County) -> None:
    batch = application_sent_back(county)
    another_head(county)
    said = straight(county, batch, "reviewer1", {"amount_fen": play.active(batch)[0].amount_fen})
    assert batch.step == "publish" and "核过的申报内容改过了" in said
