"""The four meetings on a batch: in order, whole, and a failed one stops there (HY-34, XC-07)."""

import pytest

from disclosure.deliberations.models import Deliberation, DeliberationState, Meeting
from disclosure.publicity.models import ListKind, PublicList
from workflows.demo.build import County
from workflows.demo.play import active, check, meet, sign, visit_all
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import BadAct
from workflows.engine.models import Batch

from ..county import carry, make_batch


def test_meetings_are_recorded_in_order(county: County) -> None:
    batch = make_batch(county, rows=2, until="deliberate")
    with pytest.raises(BadAct, match="要先记"):
        meet(batch, county["clerk1"], 1)
    meet(batch, county["clerk1"], 0)
    with pytest.raises(BadAct, match="已经记过"):
        meet(batch, county["clerk1"], 0)
    assert Meeting.objects.count() == 1


def test_the_fourth_meeting_publishes_the_resolution_at_once(county: County) -> None:
    batch = make_batch(county, rows=2, until="deliberate")
    for place in range(3):
        meet(batch, county["clerk1"], place)
        assert batch.step == "deliberate" and not PublicList.objects.exists()
    meet(batch, county["clerk1"], 3)
    published = PublicList.objects.get()
    assert (published.kind, published.row_count) == (ListKind.RESOLUTION, 2) and batch.step == "check"


@pytest.mark.parametrize(
    "failing",
    [
        {"due_count": 42, "present_count": 20, "votes_for": 20, "votes_against": 0},
        {"due_count": 42, "present_count": 35, "votes_for": 17, "votes_against": 18},
    ],
)
def test_a_failed_quorum_or_vote_stops_there_and_the_village_may_deliberate_anew(
    county: County, failing: dict[str, int]
) -> None:
    batch = make_batch(county, rows=2, until="deliberate")
    for place in range(3):
        meet(batch, county["clerk1"], place)
    meet(batch, county["clerk1"], 3, **failing)
    assert batch.step == "deliberate" and not PublicList.objects.exists()
    assert Deliberation.objects.get().state == DeliberationState.FAILED
    with pytest.raises(BadAct):
        meet(batch, county["clerk1"], 3)
    for place in range(4):
        meet(batch, county["clerk1"], place)
    assert batch.step == "check"
    assert [found.state for found in Deliberation.objects.order_by("round")] == ["failed", "passed"]


def test_a_meeting_votes_on_the_whole_batch(county: County) -> None:
    batch = make_batch(county, rows=2, until="deliberate")
    with pytest.raises(BadAct, match="整批表决"):
        sign(
            batch,
            county["clerk1"],
            rows={active(batch)[0].number: RowVerdict(Verdict.HOLD)},
            payload={"step": "proposal"},
        )


def test_a_meeting_without_its_figures_is_refused_in_plain_words(county: County) -> None:
    batch = make_batch(county, rows=1, until="deliberate")
    with pytest.raises(BadAct, match="请填写这次会议"):
        sign(batch, county["clerk1"])
    with pytest.raises(BadAct, match="填得不全"):
        sign(batch, county["clerk1"], payload={"step": "proposal", "colour": "red"})


def test_a_list_that_changed_between_meetings_is_deliberated_from_the_start(county: County) -> None:
    batch = make_batch(county, rows=3, until="deliberate")
    meet(batch, county["clerk1"], 0)
    out = active(batch)[0].number
    hold = {case.number: RowVerdict(Verdict.HOLD) for case in active(batch)}
    sign(batch, county["clerk1"], rows={**hold, out: RowVerdict(Verdict.RETURN, "村民说情况不实")})
    assert (batch.step, batch.row_count) == ("deliberate", 2)
    with pytest.raises(BadAct, match="要先记"):
        meet(batch, county["clerk1"], 1)
    for place in range(4):
        meet(batch, county["clerk1"], place)
    assert batch.step == "check" and PublicList.objects.get().row_count == 2


def test_a_batch_that_fell_out_rests_on_the_meetings_of_the_batch_it_came_from(county: County) -> None:
    batch = make_batch(county, rows=2, until="check")
    visit_all(batch, county["reviewer1"])
    held = active(batch)[1].number
    outcome = check(batch, county["reviewer1"], {held: RowVerdict(Verdict.HOLD)})
    apart = Batch.objects.get(number=outcome.split[0])
    carry(county, apart, "approve")
    published = PublicList.objects.get(reference=f"batch:{apart.number}")
    assert published.deliberation == Deliberation.objects.get()


def test_a_sibling_deliberated_anew_does_not_lend_its_meetings(county: County) -> None:
    batch = make_batch(county, rows=3, until="check")
    visit_all(batch, county["reviewer1"])
    first, second, _third = active(batch)
    outcome = check(
        batch,
        county["reviewer1"],
        {first.number: RowVerdict(Verdict.RETURN, "材料不全"), second.number: RowVerdict(Verdict.HOLD)},
    )
    parted = [Batch.objects.get(number=number) for number in outcome.split]
    again = next(part for part in parted if part.step == "file")
    held = next(part for part in parted if part.step == "check")
    carry(county, again, "check")
    carry(county, held, "approve")
    original = Deliberation.objects.get(reference=f"batch:{batch.number}")
    assert PublicList.objects.get(reference=f"batch:{held.number}").deliberation == original


@pytest.mark.parametrize("other", ["helper1", "watch1", "reviewer1"])
def test_the_village_records_its_own_meetings(county: County, other: str) -> None:
    from workflows.engine.errors import NotYourTurn

    batch = make_batch(county, rows=1, until="deliberate")
    with pytest.raises(NotYourTurn):
        meet(batch, county[other], 0)


def test_a_list_that_was_returned_is_deliberated_again_though_it_comes_back_as_it_was(county: County) -> None:
    batch = make_batch(county, rows=2, until="deliberate")
    meet(batch, county["clerk1"], 0)
    back = {case.number: RowVerdict(Verdict.RETURN, "再问问村民") for case in active(batch)}
    sign(batch, county["clerk1"], rows=back)
    sign(batch, county["helper1"])
    with pytest.raises(BadAct, match="要先记"):
        meet(batch, county["clerk1"], 1)
    carry(county, batch, "check")
    visit_all(batch, county["reviewer1"])
    back = {case.number: RowVerdict(Verdict.RETURN, "会议记录不全") for case in active(batch)}
    check(batch, county["reviewer1"], back)
    carry(county, batch, "approve")
    assert Deliberation.objects.filter(state=DeliberationState.PASSED).count() == 2
