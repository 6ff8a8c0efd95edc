"""An appeal lets cases go on, unless the county set that it holds them again; answering lets them move."""

from datetime import timedelta

import pytest

from disclosure.publicity.models import Objection, PublicList
from disclosure.publicity.objection_keys import APPEAL_HOLDS
from disclosure.publicity.services import answer, appeal, lodge, withdraw
from portal import clock
from portal.configuration.services import confirm, propose
from portal.people import recusal
from workflows.demo.build import County
from workflows.engine.models import Case

from .test_lists import end, object_to, office, published, settle


def set_to_hold(county: County) -> None:
    """Have the county set that an open appeal holds its row again."""
    proposed = propose(
        by=county["county"],
        key=APPEAL_HOLDS,
        area=county.areas["枫禾县"],
        value=True,
        valid_from=clock.today(),
        source="县里的规定",
    )
    confirm(by=county["countyhead"], setting=proposed)


def step_of(objection: Objection) -> tuple[str, str]:
    """Return where the objection's case stands and what its batch waits for."""
    assert objection.row is not None
    case = Case.objects.select_related("batch").get(number=objection.row.subject.removeprefix("case:"))
    return case.step, case.batch.waits


def dismissed_and_gone_on(county: County) -> tuple[Objection, PublicList]:
    """Return an objection that was dismissed, whose case went on when the list ended."""
    _batch, running = published(county)
    objection = object_to(running)
    settle(county, objection, "dismissed", by="reviewer1")
    end(running)
    assert step_of(objection) == ("approve", "")
    return objection, running


def decide(county: County, second: Objection, outcome: str) -> None:
    """Answer at the county."""
    answer(
        by=county["county"],
        office=office(county, "county"),
        objection_id=second.pk,
        outcome=outcome,
        findings="县里两个人去看了",
        answer="县里查过，谢谢您提出来。",
        investigators=["县里甲", "县里乙"],
    )


def test_by_itself_an_appeal_holds_nothing_and_upheld_the_list_is_to_be_corrected(county: County) -> None:
    objection, _running = dismissed_and_gone_on(county)
    second = appeal(objection_id=objection.pk, text="没有到家里来看")
    assert second.level == "county"
    assert step_of(objection) == ("approve", "")
    decide(county, second, "upheld")
    second.refresh_from_db()
    assert second.correction == "owed"


@pytest.mark.parametrize("outcome", ["dismissed", "upheld", "withdrawn"])
def test_where_the_county_set_it_so_the_case_comes_back_to_wait_and_moves_on_with_the_answer(
    county: County, outcome: str
) -> None:
    set_to_hold(county)
    objection, running = dismissed_and_gone_on(county)
    # The clock of the next days: the list has ended for good.
    with clock.travel(clock.now() + timedelta(days=10)):
        second = appeal(objection_id=objection.pk, text="没有到家里来看")
        assert step_of(objection) == ("publish", running.number)
        if outcome == "withdrawn":
            withdraw(objection_id=second.pk)
        else:
            decide(county, second, outcome)
        assert step_of(objection) == (("check", "") if outcome == "upheld" else ("approve", ""))


def test_whom_an_upheld_objection_complained_of_does_not_check_the_household_again(county: County) -> None:
    batch, running = published(county, rows=2)
    reviewer = county["reviewer1"]
    row = running.rows.order_by("position")[0]
    said = lodge(list_id=running.pk, row_id=row.pk, text="没有建", complained_role="township_reviewer")
    household = Case.objects.get(number=row.subject.removeprefix("case:")).subject
    assert not recusal.reasons(reviewer, [household, row.subject])
    decide(county, said.objection, "upheld")
    reasons = recusal.reasons(reviewer, [household, row.subject])
    assert set(reasons) == {household, row.subject}
    assert "异议" not in "".join(reasons.values())
    others = [case.subject for case in Case.objects.filter(batch=batch)]
    assert not recusal.reasons(reviewer, others)
    assert not recusal.reasons(county["head1"], [household, row.subject])
