"""Nobody acts twice: one level a person, who checked does not approve, kin step aside (design.md rule 3)."""

import pytest

from portal.ledger.models import Event
from portal.outbox.models import Message
from portal.people.models import Line, Role
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.play import active, check, file_all, meet, sign, visit_all
from workflows.engine.acting import RowVerdict
from workflows.engine.errors import ActedAtAnotherLevel, NothingSigned, NotYourTurn
from workflows.engine.models import Batch
from workflows.registry.kinships import declare
from workflows.registry.models import Degree, Household

from ..county import make_batch

pytestmark = pytest.mark.postgres


def kin(county: County, official: str, batch: Batch, place: int = 0, degree: Degree = Degree.SIBLING) -> str:
    """Make `official` a relative of a household of `batch`; return its case's number."""
    case = active(batch)[place]
    declare(
        by=county[official],
        office=None,
        user=county[official],
        household=Household.objects.get(pk=case.application.household_id),
        degree=degree,
    )
    return case.number


def test_who_acted_in_the_village_does_not_act_in_the_township(county: County) -> None:
    build.make_official(county, "helper1", "", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.ASSISTANCE)
    batch = make_batch(county, rows=1, until="check")
    visit_all(batch, county["reviewer1"])
    with pytest.raises(ActedAtAnotherLevel, match="别的层级"):
        check(batch, county["helper1"])


def test_who_filed_a_case_does_not_judge_it_in_the_township(county: County) -> None:
    build.make_official(county, "team1", "", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.ASSISTANCE)
    households = [build.make_household(county, "禾坪村", 1, "clerk1")]

    batch = file_all(county, "team1", households, county.programme)  # type: ignore[arg-type]
    sign(batch, county["clerk1"])
    for number in range(4):
        meet(batch, county["clerk1"], number)
    visit_all(batch, county["reviewer1"])
    with pytest.raises(ActedAtAnotherLevel, match="别的层级申报"):
        check(batch, county["team1"])


def test_who_filed_may_record_the_village_meetings(county: County) -> None:
    households = [build.make_household(county, "禾坪村", 1, "clerk1")]

    batch = file_all(county, "clerk1", households, county.programme)  # type: ignore[arg-type]
    sign(batch, county["clerk1"])
    meet(batch, county["clerk1"], 0)
    assert batch.step == "deliberate"


def test_who_checked_does_not_approve(county: County) -> None:
    build.make_official(county, "reviewer1", "", Role.TOWNSHIP_HEAD, "杉坞镇", Line.ALL)
    batch = make_batch(county, rows=1, until="approve")
    with pytest.raises(ActedAtAnotherLevel, match="已经核查过"):
        sign(batch, county["reviewer1"])
    sign(batch, county["head1"])
    assert batch.step == "record"


def test_one_person_does_not_sit_in_both_county_seats(county: County) -> None:
    build.make_official(county, "county", "", Role.COUNTY_FINANCE, "枫禾县", Line.FINANCE)
    batch = make_batch(county, rows=1, until="record")
    sign(batch, county["county"])
    with pytest.raises(ActedAtAnotherLevel, match="另一个人"):
        sign(batch, county["county"])
    sign(batch, county["finance"])
    assert batch.step == "start"


def test_an_official_steps_aside_from_kin_and_another_of_the_office_takes_the_row(county: County) -> None:
    build.make_official(county, "reviewer9", "温如言", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.ASSISTANCE)
    batch = make_batch(county, rows=3, until="check")
    number = kin(county, "reviewer1", batch)
    visit_all(batch, county["reviewer1"])
    outcome = check(batch, county["reviewer1"])
    assert [row["case"] for row in outcome.failed] == [number]
    assert "回避" in outcome.failed[0]["message"] and "兄弟姐妹" in outcome.failed[0]["message"]
    apart = Batch.objects.get(number=outcome.split[0])
    assert (batch.step, batch.row_count, apart.step, apart.row_count) == ("publish", 2, "check", 1)
    assert apart.pending == ",township_reviewer:assistance,"
    with pytest.raises(NothingSigned, match="回避"):
        check(apart, county["reviewer1"])
    check(apart, county["reviewer9"])
    assert apart.step == "publish"


def test_where_recusal_leaves_nobody_the_row_passes_to_the_level_above_openly(county: County) -> None:
    batch = make_batch(county, rows=2, until="check")
    number = kin(county, "reviewer1", batch)
    visit_all(batch, county["reviewer1"])
    outcome = check(batch, county["reviewer1"])
    raised = Batch.objects.get(number=outcome.split[0])
    assert raised.pending == ",county_reviewer:assistance,"
    assert "已上提到县级经办" in outcome.failed[0]["message"]
    event = Event.objects.get(
        kind="batch.acted", object_id=batch.number, sequence__gt=0, record__contains="raised"
    )
    assert f'"raised":{{"{number}":"county_reviewer"}}' in event.record
    parting = Event.objects.get(kind="batch.split", object_id=raised.number)
    assert '"seats":["county_reviewer"]' in parting.record and number in parting.record
    assert Message.objects.filter(recipient=county["county"]).exists()
    with pytest.raises(NotYourTurn, match="县级经办"):
        check(raised, county["reviewer1"])
    check(raised, county["county"])
    assert raised.step == "publish" and raised.pending == ",township_reviewer:assistance,"


def test_a_batch_of_one_passes_upward_as_a_whole_and_the_level_above_is_told(county: County) -> None:
    batch = make_batch(county, rows=1, until="approve")
    kin(county, "head1", batch, degree=Degree.SELF)
    outcome = sign(batch, county["head1"])
    assert outcome.split == [] and batch.pending == ",county_head:assistance,"
    assert Message.objects.filter(recipient=county["countyhead"], title__contains="待办").exists()
    sign(batch, county["countyhead"])
    assert batch.step == "record"


def test_what_was_raised_stays_with_the_level_above_when_rows_are_left_behind(county: County) -> None:
    batch = make_batch(county, rows=2, until="approve")
    kin(county, "head1", batch, 0)
    kin(county, "head1", batch, 1)
    sign(batch, county["head1"])
    first = active(batch)[0].number
    outcome = sign(batch, county["countyhead"], rows={first: RowVerdict("hold")})
    held = Batch.objects.get(number=outcome.split[0])
    assert held.step == "approve" and held.pending == ",county_head:assistance,"


def test_a_relation_outside_the_configured_degrees_bars_nothing(county: County) -> None:
    batch = make_batch(county, rows=1, until="approve")
    kin(county, "head1", batch, degree=Degree.OTHER)
    sign(batch, county["head1"])
    assert batch.step == "record"


def test_where_nobody_is_left_at_the_top_the_row_is_barred_and_the_step_blocks(county: County) -> None:
    batch = make_batch(county, rows=1, until="approve")
    kin(county, "head1", batch)
    sign(batch, county["head1"])
    kin(county, "countyhead", batch)
    with pytest.raises(NothingSigned, match="回避"):
        sign(batch, county["countyhead"])
    batch.refresh_from_db()
    assert batch.step == "approve"
