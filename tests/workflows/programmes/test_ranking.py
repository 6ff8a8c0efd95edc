"""Where money is short the window closes and the neediest come first; who does not fit waits, and is told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.outbox.models import Message
from workflows.demo import play
from workflows.demo.build import DEFINITION, County, make_household
from workflows.desk.notice_words import sentences
from workflows.desk.words import phrases
from workflows.engine.acting import RowVerdict
from workflows.engine.catalogue import latest
from workflows.engine.definitions import Verdict, problems
from workflows.engine.errors import NothingSigned
from workflows.engine.models import Batch, Case, CaseState
from workflows.notices.models import HouseholdNotice, NoticeKind
from workflows.programmes import definitions, ranking
from workflows.programmes.models import Application, Budget, Programme
from workflows.programmes.services import (
    ProgrammeRefused,
    current_version,
    file_application,
    make_version,
    set_budget,
)
from workflows.registry.models import Category, YearIncome

from ..county import OFFICIALS, carry
from .test_budget import threshold


def ranked(**other: Any) -> dict[str, Any]:
    """Return the definition with a window from today of three days, the category first and then income."""
    today = clock.today()
    return {
        **DEFINITION,
        "window": {"opens": today.isoformat(), "closes": (today + timedelta(days=3)).isoformat()},
        "ranking": [
            {"by": "category", "values": [Category.SUDDEN_HARDSHIP.value, Category.MARGINAL.value]},
            {"by": "income"},
        ],
        **other,
    }


def new_version(county: County, definition: dict[str, Any]) -> Programme:
    programme = county.programme
    assert programme is not None
    current = current_version(programme)
    assert current is not None
    make_version(
        by=county["county"],
        programme=programme,
        valid_from=clock.today(),
        flow_key="fund_application",
        policy=current.policy,
        definition=definition,
    )
    return programme


def budget(county: County, yuan: int) -> None:
    assert county.programme is not None
    year = clock.today().year
    set_budget(
        by=county["county"], programme=county.programme, year=year, total_fen=yuan * 100, source="衔接"
    )


def applied(
    county: County, number: int, category: str, income_yuan: int | None, village: str = "禾坪村"
) -> Case:
    """File an application over 3,000 yuan for a household; helpers of the village file it."""
    clerk, helper = ("clerk1", "helper1") if village == "禾坪村" else ("clerk2", "helper2")
    household = make_household(county, village, number, clerk, category)
    if income_yuan is not None:
        YearIncome.objects.create(
            household=household,
            year=clock.today().year - 1,
            wage_fen=income_yuan * 200,
            people=2,
            source="survey",
            recorded_by=county[clerk],
        )
    assert county.programme is not None
    answers = {"project": "养鸡", "scale": "200只", "invested_fen": 5_000_00}
    return file_application(
        by=county[helper], programme=county.programme, household=household, answers=answers
    )


@pytest.fixture
def window(county: County) -> Iterator[County]:
    """Return the county with a ranked window open, and 6,000 yuan: enough for two of 3,000."""
    new_version(county, ranked())
    budget(county, 6_000)
    yield county


def closed(county: County, batch: Batch) -> Batch:
    """Carry `batch` to the approval; its list's clock takes it past the window."""
    carry(county, batch, "approve")
    return batch


def after() -> Any:
    return clock.travel(clock.now() + timedelta(days=20))


def test_the_neediest_come_first_and_not_the_first(window: County) -> None:
    first = applied(window, 81, Category.LIFTED, 5_000)
    second = applied(window, 82, Category.MARGINAL, 9_000)
    third = applied(window, 83, Category.MARGINAL, 4_000)
    fourth = applied(window, 84, Category.SUDDEN_HARDSHIP, None)
    batch = closed(window, Batch.objects.get())
    with after():
        play.sign(batch, window["head1"])
    steps = {case.pk: case.step for case in Case.objects.all()}
    assert [steps[case.pk] for case in (fourth, third)] == ["record", "record"]
    assert [steps[case.pk] for case in (second, first)] == ["waiting", "waiting"]


def test_who_waits_is_told_the_place_and_why(window: County) -> None:
    for number in (81, 82, 83):
        applied(window, number, Category.MARGINAL, number * 100)
    with after():
        play.sign(closed(window, Batch.objects.get()), window["head1"])
    told = HouseholdNotice.objects.get()
    assert told.kind == NoticeKind.WAITING and "排在第 3 位" in told.reason and "6,000 元" in told.reason
    waiting = Application.objects.get(case__step="waiting")
    assert (waiting.approved_fen, waiting.budget) == (None, None)
    said = sentences(told)
    assert "没有减，也没有被拒" in said[0] and "→" not in "".join(said) and "按名次往下补" in said[1]


def test_at_the_waiting_list_the_usual_opinions_judge_the_turn(county: County) -> None:
    waiting = latest("fund_application").step("waiting")
    record = latest("fund_application").step("record")
    assert "资金仍不够，继续候补" in phrases(waiting) and "已备案" not in phrases(waiting)
    assert "已备案" in phrases(record)


def test_nothing_is_approved_before_the_window_is_closed(window: County) -> None:
    applied(window, 81, Category.MARGINAL, 1_000)
    batch = closed(window, Batch.objects.get())
    with pytest.raises(NothingSigned, match="截止后按困难程度统一排序"):
        play.sign(batch, window["head1"])


def test_a_village_that_signs_first_takes_nothing_from_a_needier_one(window: County) -> None:
    for number in (81, 82):
        applied(window, number, Category.LIFTED, 9_000)
    quick = Batch.objects.get()
    needy = applied(window, 91, Category.SUDDEN_HARDSHIP, 100, village="竹坞村")
    closed(window, quick)
    with after():
        play.sign(quick, window["head1"])
    # One of the two fits beside the needier household, whose own case is still in its village.
    assert sorted(Case.objects.exclude(pk=needy.pk).values_list("step", flat=True)) == ["record", "waiting"]
    needy.refresh_from_db()
    assert needy.step == "file"


def test_freed_money_goes_to_the_next_in_rank_and_the_head_is_told(window: County) -> None:
    cases = [applied(window, number, Category.MARGINAL, number * 100) for number in (81, 82, 83, 84)]
    batch = closed(window, Batch.objects.get())
    with after():
        play.sign(batch, window["head1"])
        waiting = Batch.objects.get(step="waiting")
        with pytest.raises(NothingSigned, match="列入候补"):
            play.sign(waiting, window["head1"])
        Message.objects.all().delete()
        budget(window, 9_000)
        assert Message.objects.filter(recipient=window["head1"], title__contains="候补可以递补").exists()
        play.sign(waiting, window["head1"])
    cases[2].refresh_from_db()
    cases[3].refresh_from_db()
    assert (cases[2].step, cases[3].step) == ("record", "waiting")
    assert Application.objects.get(case=cases[2]).approved_fen == 3_000_00
    # What it was told of waiting holds no more; that its turn has come is told on paper, too.
    before, now = HouseholdNotice.objects.filter(case=cases[2]).order_by("pk")
    assert before.kind == NoticeKind.WAITING and before.voided_at is not None
    assert now.kind == NoticeKind.PROMOTED and "第 3 位，轮到这一户" in now.reason
    assert "3,000 元，批准了：有了余钱，按困难程度轮到您家" in sentences(now)[0]
    assert HouseholdNotice.objects.get(case=cases[3]).voided_at is None


@pytest.mark.parametrize("waited", [False, True])
def test_who_comes_back_to_too_little_money_waits_and_goes_past_nothing(window: County, waited: bool) -> None:
    threshold(window, 1)
    case = applied(window, 81, Category.MARGINAL, 1_000)
    batch = closed(window, Batch.objects.get())
    budget(window, 2_000 if waited else 6_000)
    with after():
        play.sign(batch, window["head1"])
        if waited:
            assert batch.step == "waiting"
            budget(window, 6_000)
            play.sign(batch, window["head1"])
        assert batch.step == "county_decide"
        back = RowVerdict(Verdict.RETURN, "再核", to_step="approve")
        play.sign(batch, window["countyhead"], rows={case.number: back})
        budget(window, 2_000)
        again = RowVerdict(Verdict.AGREE, straight=True)
        outcome = play.sign(batch, window["head1"], rows={case.number: again})
    assert batch.step == "waiting" and "不能直送" in outcome.rows[0]["message"]
    application = Application.objects.get()
    assert (application.approved_fen, application.budget) == (None, None)


def test_who_is_refused_makes_room_for_the_next(window: County) -> None:
    cases = [applied(window, number, Category.MARGINAL, number * 100) for number in (81, 82, 83)]
    batch = closed(window, Batch.objects.get())
    no = RowVerdict(Verdict.REFUSE, "圈舍没有建")
    with after():
        play.sign(batch, window["head1"], rows={cases[0].number: no})
        waiting = Batch.objects.get(step="waiting")
        play.sign(waiting, window["head1"])
    cases[2].refresh_from_db()
    assert cases[2].step == "record"
    spent = Application.objects.filter(budget__isnull=False, case__state=CaseState.ACTIVE)
    assert sum(one.approved_fen or 0 for one in spent) <= Budget.objects.get().total_fen


def test_equals_are_not_put_in_the_order_of_coming(window: County) -> None:
    cases = [applied(window, number, Category.MARGINAL, 3_000) for number in range(81, 93)]
    assert window.programme is not None
    places = ranking.standing(window.programme.pk, ranked(), Budget.objects.get())
    assert [place.application.case_id for place in places] != [case.pk for case in cases]
    again = ranking.standing(window.programme.pk, ranked(), Budget.objects.get())
    assert [place.application.pk for place in again] == [place.application.pk for place in places]
    assert places[0].reasons == ("边缘易致贫户", "人均收入 3,000 元")


def test_outside_the_window_nobody_files(county: County) -> None:
    today = clock.today()
    later = {
        "opens": (today + timedelta(days=5)).isoformat(),
        "closes": (today + timedelta(days=9)).isoformat(),
    }
    new_version(county, ranked(window=later))
    with pytest.raises(ProgrammeRefused, match="申报期是"):
        applied(county, 81, Category.MARGINAL, 1_000)


def test_a_programme_says_who_files_and_whether_the_village_deliberates(county: County) -> None:
    new_version(county, {**DEFINITION, "filers": ["village_clerk"], "deliberation": False})
    with pytest.raises(ProgrammeRefused, match="由村文书申报"):
        applied(county, 81, Category.MARGINAL, None)
    household = make_household(county, "禾坪村", 82, "clerk1")
    assert county.programme is not None
    case = file_application(
        by=county["clerk1"],
        programme=county.programme,
        household=household,
        answers={"project": "养鸡", "scale": "200只", "invested_fen": 5_000_00},
    )
    batch = Batch.objects.get(cases=case)
    play.sign(batch, county[OFFICIALS.clerk])
    assert batch.step == "check"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"window": {"opens": "2026-05-01", "closes": "2026-04-01"}}, "在开始之前"),
        ({"window": {"opens": "spring"}}, "opens 和 closes"),
        ({"ranking": [{"by": "beauty"}]}, "不认识"),
        ({"ranking": "neediest"}, "写成一个列表"),
        ({"ranking": [{"by": "category", "values": ["rich"]}]}, "类别不认识"),
        ({"window": None}, "先定申报期"),
        ({"filers": ["supervisor"]}, "filers"),
        ({"deliberation": "no"}, "deliberation"),
    ],
)
def test_a_window_or_priority_that_cannot_work_is_refused(other: dict[str, Any], said: str) -> None:
    anchors = {citation["anchor"] for citation in DEFINITION["citations"].values()}  # type: ignore[attr-defined]
    with pytest.raises(definitions.BadDefinition, match=said):
        definitions.check(ranked(**other), anchors)


def test_the_second_version_of_the_flow_has_no_problem() -> None:
    flow = latest("fund_application")
    assert flow.version == 2 and problems(flow) == []
