"""Entering the register: the long way of monitored households, that of WZ-06, and urgent ones help first."""

from datetime import timedelta

import pytest

from disclosure.publicity.models import ListKind, PublicList
from portal import clock
from portal.clock.workdays import add_working_days
from portal.ledger.models import Event
from workflows.changes import services
from workflows.changes.errors import ChangeRefused
from workflows.changes.models import ChangeRequest, StartedMeasure, Wanted
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.change_play import carry, file_entry, file_exit, step
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import NothingSigned, NotYourTurn
from workflows.engine.models import BatchState, CaseState
from workflows.notices.models import HouseholdNotice, NoticeKind
from workflows.registry.models import Category, ChangeKind, Household, RegisterChange, Standing


def ordinary(county: County, number: int = 31) -> Household:
    return build.make_household(county, "禾坪村", number, "clerk1", Category.ORDINARY)


def test_a_monitored_household_enters_by_check_comparison_appraisal_one_publicity_and_county(
    county: County,
) -> None:
    household = ordinary(county)
    batch = file_entry(county, "helper1", household)
    passed = []
    while batch.state == BatchState.OPEN:
        passed.append(batch.step)
        household.refresh_from_db()
        assert (household.category == Category.ORDINARY) == (batch.step != "announce")
        step(county, batch)
        batch.refresh_from_db()
    assert passed == [
        *("file", "home_check", "compare", "appraise", "publish", "approve", "county_decide", "announce")
    ]
    assert household.category == Category.SUDDEN_HARDSHIP and household.standing == Standing.IN
    kinds = list(PublicList.objects.order_by("pk").values_list("kind", "days"))
    assert kinds == [(ListKind.APPLICATION, 5), (ListKind.ANNOUNCEMENT, 10)]


def test_the_register_shows_which_case_made_the_change(county: County) -> None:
    household = ordinary(county)
    batch = carry(county, file_entry(county, "helper1", household), "end")
    case = batch.cases.get()
    change = RegisterChange.objects.get(household=household, kind=ChangeKind.ENTERED)
    assert (change.case_number, change.by) == (case.number, county["countyhead"])
    assert (change.before, change.after) == (Category.ORDINARY, Category.SUDDEN_HARDSHIP)
    event = Event.objects.get(kind="household.changed", object_id=str(household.pk))
    assert case.number in event.record and household.head_name not in event.record


def test_a_low_income_household_enters_by_appraisal_township_and_publicity(county: County) -> None:
    household = ordinary(county)
    batch = file_entry(county, "clerk1", household, category=Category.LOW_INCOME)
    assert batch.flow_key == "listed_entry"
    batch = carry(county, batch, "list")
    household.refresh_from_db()
    assert household.category == Category.ORDINARY
    carry(county, batch, "end")
    household.refresh_from_db()
    assert household.category == Category.LOW_INCOME


def test_the_home_check_must_be_by_two_and_the_authorisation_signed(county: County) -> None:
    batch = carry(county, file_entry(county, "helper1", ordinary(county)), "home_check")
    signed = {"income_fen": 1, "authorised_on": clock.today(), "authorised_how": "本人签字"}
    with pytest.raises(NothingSigned, match="两个人去"):
        play.sign(batch, county["reviewer1"], changes=signed)
    play.visit_all(batch, county["reviewer1"])
    tomorrow = {**signed, "authorised_on": clock.today() + timedelta(days=1)}
    with pytest.raises(NothingSigned, match="授权书签字日期"):
        play.sign(batch, county["reviewer1"], changes=tomorrow)
    play.sign(batch, county["reviewer1"], changes=signed)
    assert ChangeRequest.objects.get().findings["authorised_how"] == "本人签字"


def test_taking_back_a_check_forgets_what_it_found(county: County) -> None:
    from workflows.engine.models import ActKind
    from workflows.engine.services import act

    batch = carry(county, file_entry(county, "helper1", ordinary(county)), "compare")
    assert ChangeRequest.objects.get().findings
    act(
        actor=county["reviewer1"],
        batch_id=batch.pk,
        seen_version=batch.version,
        opinion="收入填错了",
        kind=ActKind.TAKE_BACK,
    )
    assert ChangeRequest.objects.get().findings == {}


def test_an_urgent_entry_may_have_measures_at_once_and_a_limit_for_the_rest(county: County) -> None:
    household = ordinary(county)
    batch = file_entry(county, "helper1", household, urgent=True)
    case = batch.cases.get()
    assert case.change.limit_on == add_working_days(clock.today(), 10)
    services.start_measure(
        by=county["clerk1"], case=case, what="送去米面油和2000元慰问金", started_on=clock.today()
    )
    assert StartedMeasure.objects.get().case == case
    assert Event.objects.filter(kind="measure.started", object_id=case.number).exists()


def test_measures_do_not_start_early_where_nothing_is_urgent(county: County) -> None:
    case = file_entry(county, "helper1", ordinary(county)).cases.get()
    with pytest.raises(ChangeRefused, match="只有标了紧急"):
        services.start_measure(by=county["clerk1"], case=case, what="米面油", started_on=clock.today())
    urgent = file_entry(county, "helper1", ordinary(county, 32), urgent=True).cases.last()
    assert urgent is not None
    with pytest.raises(ChangeRefused, match="您没有这个职务"):
        services.start_measure(by=county["clerk8"], case=urgent, what="米面油", started_on=clock.today())


def test_who_left_enters_again_after_a_relapse(county: County) -> None:
    household = build.make_household(county, "禾坪村", 33, "clerk1", Category.LOW_INCOME)
    carry(county, file_exit(county, "clerk1", household), "end")
    household.refresh_from_db()
    assert (household.category, household.standing) == (Category.ORDINARY, Standing.EXITED)
    again = file_entry(county, "clerk1", household, urgent=True, wanted=Wanted.REENTER)
    carry(county, again, "end")
    household.refresh_from_db()
    assert (household.category, household.standing) == (Category.SUDDEN_HARDSHIP, Standing.IN)
    assert household.changes.filter(kind=ChangeKind.REENTERED).exists()


def test_a_refused_entry_leaves_the_register_alone_and_makes_a_notice(county: County) -> None:
    household = ordinary(county)
    batch = carry(county, file_entry(county, "helper1", household), "home_check")
    play.visit_all(batch, county["reviewer1"])
    case = batch.cases.get()
    no = RowVerdict(Verdict.REFUSE, "家里有两份稳定工资，收入高于监测线")
    play.sign(batch, county["reviewer1"], rows={case.number: no})
    household.refresh_from_db()
    case.refresh_from_db()
    assert (case.state, household.category) == (CaseState.REFUSED, Category.ORDINARY)
    told = HouseholdNotice.objects.get()
    assert told.kind == NoticeKind.REFUSED and "防止返贫" in told.basis and "提出" in told.remedy


def test_a_return_to_the_village_is_told_to_the_household(county: County) -> None:
    batch = carry(county, file_entry(county, "helper1", ordinary(county)), "home_check")
    case = batch.cases.get()
    back = RowVerdict(Verdict.RETURN, "缺务工单位的证明", to_step="file")
    play.sign(batch, county["reviewer1"], rows={case.number: back})
    told = HouseholdNotice.objects.get()
    assert (told.kind, told.reason) == (NoticeKind.RETURNED, "缺务工单位的证明")
    services.amend_change(
        by=county["clerk1"],
        case=case,
        seen_version=batch.version,
        given={"category": "marginal_at_risk", "situation": "补了证明", "income_fen": 1, "evidence": "证明"},
    )
    assert ChangeRequest.objects.get().details["category"] == "marginal_at_risk"


def test_what_cannot_be_asked_is_refused_with_every_reason_at_its_input(county: County) -> None:
    household = build.make_household(county, "禾坪村", 35, "clerk1", Category.MARGINAL)
    with pytest.raises(ChangeRefused) as refused:
        file_entry(county, "clerk1", household, category="ordinary", situation="")
    assert set(refused.value.fields) == {"category", "situation"}
    with pytest.raises(ChangeRefused, match="请选“变更类别”"):
        file_entry(county, "clerk1", household, category="low_income")
    with pytest.raises(NotYourTurn):
        file_entry(county, "clerk8", household, wanted=Wanted.CATEGORY, category="low_income")
    file_entry(county, "clerk1", household, wanted=Wanted.CATEGORY, category="low_income")
    with pytest.raises(ChangeRefused, match="正在办"):
        file_entry(county, "clerk1", household, wanted=Wanted.CATEGORY, category="low_income")
