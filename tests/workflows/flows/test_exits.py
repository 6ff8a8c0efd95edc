"""Exit review: every criterion with evidence, income above the line, the household's word, two levels."""

from datetime import timedelta

import pytest

from disclosure.publicity.models import PublicList
from portal import clock
from portal.configuration.services import confirm, propose
from workflows.changes import keys, services
from workflows.changes.errors import ChangeRefused
from workflows.changes.models import ChangeRequest
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.change_play import FOUND_FEN, carry, file_exit, step
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import NothingSigned
from workflows.notices.models import HouseholdNotice, NoticeKind
from workflows.registry.models import Category, ChangeKind, Household, Standing


def helped(county: County, category: str = Category.MARGINAL, number: int = 41) -> Household:
    return build.make_household(county, "禾坪村", number, "clerk1", category)


def test_an_exit_is_announced_after_check_appraisal_word_publicity_and_two_levels(county: County) -> None:
    household = helped(county)
    batch = file_exit(county, "helper1", household)
    passed = [batch.step]
    while batch.step != "announce":
        step(county, batch)
        batch.refresh_from_db()
        passed.append(batch.step)
    assert passed == [
        *("file", "check", "appraise", "consent", "publish", "approve", "county_decide", "announce")
    ]
    household.refresh_from_db()
    assert (household.category, household.standing) == (Category.ORDINARY, Standing.EXITED)
    assert PublicList.objects.get().days == 7
    assert HouseholdNotice.objects.get().kind == NoticeKind.EXITED
    carry(county, batch, "end")
    assert household.changes.get(kind=ChangeKind.EXITED).case_number == batch.cases.get().number


def test_income_below_the_line_is_refused_in_plain_words(county: County) -> None:
    batch = carry(county, file_exit(county, "helper1", helped(county)), "check")
    play.visit_all(batch, county["reviewer1"])
    low = {"income_fen": 14_000_00, "signed_on": clock.today(), "signed_how": "本人签字"}
    with pytest.raises(NothingSigned, match="人均年收入 7,000 元，没有超过 7,500 元的标准，不能退出"):
        play.sign(batch, county["reviewer1"], changes=low)
    case = batch.cases.get()
    play.sign(batch, county["reviewer1"], rows={case.number: RowVerdict(Verdict.REFUSE, "收入没有超过标准")})
    assert HouseholdNotice.objects.get().kind == NoticeKind.REFUSED
    household = ChangeRequest.objects.get().household
    assert household.category == Category.MARGINAL


def test_a_line_that_the_county_raised_holds_for_what_is_decided_after_it(county: County) -> None:
    batch = carry(county, file_exit(county, "helper1", helped(county)), "approve")
    raised = propose(
        by=county["county"],
        key=keys.line_key(keys.MONITORED),
        area=county.areas["枫禾县"],
        value=FOUND_FEN // 2,
        valid_from=clock.today(),
        source="县里当年公布",
    )
    confirm(by=county["countyhead"], setting=raised)
    with pytest.raises(NothingSigned, match="没有超过"):
        play.sign(batch, county["head1"])


def test_every_criterion_in_force_needs_its_evidence(county: County) -> None:
    household = helped(county)
    _named, criteria = services.criteria_for(household)
    evidence = {key: "看过" for key in criteria if key != "housing"}
    given = {"income_year": clock.today().year - 1, "income_fen": FOUND_FEN, "living": "好"}
    with pytest.raises(ChangeRefused) as refused:
        services.file_exit(by=county["clerk1"], household=household, given=given, evidence=evidence)
    assert set(refused.value.fields) == {"c-housing"}


def test_a_running_exit_keeps_the_criteria_that_it_was_filed_under(county: County) -> None:
    file_exit(county, "helper1", helped(county))
    before = ChangeRequest.objects.get().details["criteria"]
    changed = propose(
        by=county["county"],
        key=keys.criteria_key(keys.MONITORED),
        area=county.areas["枫禾县"],
        value={"income": "收入稳定"},
        valid_from=clock.today(),
        source="县里改了",
    )
    confirm(by=county["countyhead"], setting=changed)
    assert ChangeRequest.objects.get().details["criteria"] == before and len(before) == 7
    assert services.criteria_for(helped(county, number=42))[1] == {"income": "收入稳定"}


def test_low_income_households_leave_by_criteria_of_their_own(county: County) -> None:
    named, criteria = services.criteria_for(helped(county, Category.LOW_INCOME))
    assert named == keys.LOW_INCOME and "living" in criteria


def test_a_household_that_objects_is_heard_and_the_next_levels_read_it(county: County) -> None:
    batch = carry(county, file_exit(county, "helper1", helped(county)), "consent")
    case = batch.cases.get()
    said = {"consent": "不同意", "consent_how": "本人签字"}
    with pytest.raises(NothingSigned, match="理由"):
        play.sign(batch, county["clerk1"], changes=said)
    no = RowVerdict(Verdict.AGREE, "说房子漏雨还没有修", said)
    play.sign(batch, county["clerk1"], rows={case.number: no})
    assert ChangeRequest.objects.get().findings["objection"] == "说房子漏雨还没有修"


def test_who_is_not_helped_cannot_leave(county: County) -> None:
    with pytest.raises(ChangeRefused, match="不在要退出的名单里"):
        file_exit(county, "clerk1", helped(county, Category.ORDINARY))


def test_a_lifted_household_whose_risk_is_gone_stays_a_lifted_one(county: County) -> None:
    household = helped(county, Category.UNSTABLE_LIFTED)
    carry(county, file_exit(county, "clerk1", household), "end")
    household.refresh_from_db()
    assert (household.category, household.standing) == (Category.LIFTED, Standing.IN)


def test_the_list_of_exits_waits_for_its_days(county: County) -> None:
    batch = carry(county, file_exit(county, "clerk1", helped(county)), "publish")
    play.sign(batch, county["reviewer1"])
    running = PublicList.objects.get(number=batch.waits)
    assert running.closes_on == clock.today() + timedelta(days=7)
    assert batch.waits and not batch.pending
