"""The four meetings: opened on one exact list, recorded in order, stopped where one fails."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from disclosure.deliberations.errors import (
    AlreadyDeliberated,
    CountsDoNotAddUp,
    DeliberationClosed,
    NoSuchDeliberation,
    NotThisAssembly,
    NotYourOffice,
    OutOfOrder,
    WitnessMissing,
)
from disclosure.deliberations.keys import GAP_DAYS
from disclosure.deliberations.models import MEETING_STEPS, DeliberationState, Meeting, MeetingStep
from disclosure.deliberations.public import timeline
from disclosure.deliberations.services import current, record_meeting
from disclosure.deliberations.signals import meeting_recorded
from portal import clock
from portal.configuration.models import Setting
from portal.ledger.models import Event, Opening
from portal.ledger.services import Draft
from portal.people.models import Line, Role
from portal.people.services import end_office
from tests.disclosure.village import Village, hold, meeting, noon, opened
from tests.portal.people import invented

MONDAY = date(2026, 11, 2)
PROPOSAL, CONSULTATION, DELIBERATION, RESOLUTION = MEETING_STEPS


def _record(
    village: Village, deliberation: Any, step: str, seat: dict[str, Any] | None = None, **changes: Any
) -> Meeting:
    seat = seat or village.seat(Role.VILLAGE_CLERK)
    return record_meeting(**seat, deliberation_id=deliberation.pk, data=meeting(step, **changes))


def test_four_meetings_that_pass_carry_the_list(village: Village) -> None:
    deliberation = opened(village)
    hold(village, deliberation)
    assert deliberation.state == DeliberationState.PASSED
    assert [one.step for one in deliberation.meetings.order_by("pk")] == MEETING_STEPS


def test_who_convenes_follows_from_the_step_unless_said_otherwise(village: Village) -> None:
    deliberation = opened(village)
    assert _record(village, deliberation, PROPOSAL).convened_by == "村党支部"
    assert _record(village, deliberation, CONSULTATION, convened_by="两委联席").convened_by == "两委联席"


@pytest.mark.parametrize("step", [CONSULTATION, DELIBERATION, RESOLUTION])
def test_no_meeting_may_come_before_the_one_that_precedes_it(village: Village, step: str) -> None:
    deliberation = opened(village)
    with pytest.raises(OutOfOrder, match="要先记“支部提议”"):
        _record(village, deliberation, step)


def test_a_meeting_is_recorded_once(village: Village) -> None:
    deliberation = opened(village)
    _record(village, deliberation, PROPOSAL)
    with pytest.raises(OutOfOrder, match="已经记过"):
        _record(village, deliberation, PROPOSAL)


def test_a_failed_quorum_stops_the_list_there(village: Village) -> None:
    deliberation = opened(village)
    hold(village, deliberation, PROPOSAL, CONSULTATION)
    failed = _record(
        village, deliberation, DELIBERATION, present_count=20, votes_for=20, votes_against=0, stepped_out=0
    )
    deliberation.refresh_from_db()
    assert not failed.passed
    assert "要到21人" in failed.explanation
    assert deliberation.state == DeliberationState.FAILED
    with pytest.raises(DeliberationClosed, match="重新提交名单"):
        _record(village, deliberation, RESOLUTION)


def test_a_failed_vote_stops_the_list_there(village: Village) -> None:
    deliberation = opened(village)
    failed = _record(village, deliberation, PROPOSAL, votes_for=17, votes_against=17)
    deliberation.refresh_from_db()
    assert "没有通过" in failed.explanation
    assert deliberation.state == DeliberationState.FAILED


@pytest.mark.parametrize(
    "counts",
    [
        {"votes_for": 34},
        {"votes_for": 32},
        {"stepped_out": 0},
        {"votes_abstained": 1},
        {"present_count": 43, "votes_for": 41},
        {"due_count": 0, "present_count": 0, "votes_for": 0, "votes_against": 0, "stepped_out": 0},
        {"votes_for": 36, "votes_against": -2},
        {"present_count": True, "votes_for": 1, "votes_against": 0, "stepped_out": 0},
    ],
)
def test_votes_that_do_not_add_up_are_refused(village: Village, counts: dict[str, int]) -> None:
    deliberation = opened(village)
    with pytest.raises(CountsDoNotAddUp):
        _record(village, deliberation, PROPOSAL, **counts)
    assert not deliberation.meetings.exists()


def test_no_meeting_lies_in_the_future(village: Village) -> None:
    deliberation = opened(village)
    with pytest.raises(OutOfOrder, match="还没到"):
        _record(village, deliberation, PROPOSAL, held_on=clock.today() + timedelta(days=1))


def test_no_meeting_is_older_than_the_list_it_votes_on_or_than_its_predecessor(village: Village) -> None:
    with clock.travel(noon(MONDAY)):
        deliberation = opened(village)
    with clock.travel(noon(MONDAY + timedelta(days=4))):
        with pytest.raises(OutOfOrder, match="才提交"):
            _record(village, deliberation, PROPOSAL, held_on=MONDAY - timedelta(days=1))
        _record(village, deliberation, PROPOSAL, held_on=MONDAY + timedelta(days=2))
        with pytest.raises(OutOfOrder, match="最早在"):
            _record(village, deliberation, CONSULTATION, held_on=MONDAY + timedelta(days=1))
        _record(village, deliberation, CONSULTATION, held_on=MONDAY + timedelta(days=2))


def test_a_list_handed_in_earlier_may_have_had_its_meetings_since_then(village: Village) -> None:
    with clock.travel(noon(MONDAY + timedelta(days=4))):
        deliberation = opened(village, handed_in_on=MONDAY)
        _record(village, deliberation, PROPOSAL, held_on=MONDAY)
        with pytest.raises(OutOfOrder):
            opened(village, list_digest="cd" * 32, handed_in_on=MONDAY + timedelta(days=5))


def test_a_county_may_ask_for_days_between_two_meetings(village: Village) -> None:
    Setting.objects.create(
        key=GAP_DAYS, value=7, valid_from=date(2020, 1, 1), source="县里规定", confirmed_at=clock.now()
    )
    with clock.travel(noon(MONDAY)):
        deliberation = opened(village)
        _record(village, deliberation, PROPOSAL)
    with clock.travel(noon(MONDAY + timedelta(days=6))), pytest.raises(OutOfOrder, match="2026-11-09"):
        _record(village, deliberation, CONSULTATION)
    with clock.travel(noon(MONDAY + timedelta(days=7))):
        _record(village, deliberation, CONSULTATION)


def test_the_third_and_fourth_meeting_need_a_witness_from_the_township(village: Village) -> None:
    deliberation = opened(village)
    _record(village, deliberation, PROPOSAL, witness="")
    _record(village, deliberation, CONSULTATION, witness="")
    with pytest.raises(WitnessMissing):
        _record(village, deliberation, DELIBERATION, witness="  ")


def test_the_fourth_meeting_has_one_of_the_three_forms(village: Village) -> None:
    deliberation = opened(village)
    hold(village, deliberation, PROPOSAL, CONSULTATION, DELIBERATION)
    with pytest.raises(NotThisAssembly):
        _record(village, deliberation, RESOLUTION, form="show_of_hands")
    called = clock.today() - timedelta(days=10)
    held = _record(village, deliberation, RESOLUTION, form="household_delegates", notified_on=called)
    assert held.form == "household_delegates"


def test_the_same_list_does_not_come_before_the_meetings_twice(village: Village) -> None:
    deliberation = opened(village)
    with pytest.raises(AlreadyDeliberated, match=deliberation.number):
        opened(village)
    hold(village, deliberation)
    with pytest.raises(AlreadyDeliberated, match="已经四议通过"):
        opened(village)


def test_a_list_that_failed_may_come_again_as_the_next_round(village: Village) -> None:
    first = opened(village)
    _record(village, first, PROPOSAL, votes_for=0, votes_against=34)
    second = opened(village)
    assert (first.round, second.round) == (1, 2)
    assert second.number != first.number
    assert current("batch:B1") == second


@pytest.mark.postgres
def test_a_changed_list_replaces_the_meetings_on_the_old_one(village: Village) -> None:
    first = opened(village)
    second = opened(village, list_digest="cd" * 32)
    first.refresh_from_db()
    assert first.state == DeliberationState.REPLACED
    assert second.state == DeliberationState.OPEN
    with pytest.raises(DeliberationClosed):
        _record(village, first, PROPOSAL)
    assert f'"replaces":["{first.number}"]' in Event.objects.get(object_id=second.number).record


@pytest.mark.parametrize(
    "role", [Role.HELPER, Role.VILLAGE_SUPERVISION, Role.TOWNSHIP_REVIEWER, Role.COUNTY_HEAD, Role.EDITOR]
)
def test_only_the_village_that_held_the_meeting_records_it(village: Village, role: Role) -> None:
    deliberation = opened(village)
    seat = village.seat(role, village.area if role == Role.EDITOR else None)
    with pytest.raises(NotYourOffice):
        _record(village, deliberation, PROPOSAL, seat)


def test_another_villages_clerk_gets_the_answer_that_a_missing_one_gives(village: Village) -> None:
    deliberation = opened(village)
    sibling = village.seat(Role.VILLAGE_CLERK, village.areas[invented.TWO])
    other_line = village.seat(Role.VILLAGE_CLERK, line=Line.EDUCATION)
    answers = set()
    for seat, pk in [(sibling, deliberation.pk), (other_line, deliberation.pk), (sibling, 999_999)]:
        with pytest.raises(NoSuchDeliberation) as caught:
            record_meeting(**seat, deliberation_id=pk, data=meeting(PROPOSAL))
        answers.add(str(caught.value))
    assert len(answers) == 1
    with pytest.raises(NoSuchDeliberation):
        opened(village, **sibling)


def test_an_office_that_ended_or_is_anothers_records_nothing(village: Village) -> None:
    deliberation = opened(village)
    clerk, secretary = village.seat(Role.VILLAGE_CLERK), village.seat(Role.VILLAGE_SECRETARY)
    with pytest.raises(NotYourOffice):
        _record(village, deliberation, PROPOSAL, {"by": clerk["by"], "office": secretary["office"]})
    end_office(by=village.granter, office=clerk["office"], on=clock.today(), reason="换届")
    with pytest.raises(NotYourOffice):
        _record(village, deliberation, PROPOSAL, clerk)


def test_every_act_writes_one_event_and_seals_the_minutes(village: Village) -> None:
    village.seat(Role.VILLAGE_CLERK)
    before = Event.objects.count()
    deliberation = opened(village)
    _record(village, deliberation, PROPOSAL, minutes="王小山家的申请大家都同意", witness="乡干部甲")
    events = [*Event.objects.order_by("sequence")[before:]]
    assert [event.kind for event in events] == ["deliberation.opened", "meeting.recorded"]
    assert {event.object_id for event in events} == {deliberation.number}
    assert all("王小山" not in event.record and "乡干部" not in event.record for event in events)
    assert {*Opening.objects.filter(event=events[1]).values_list("name", flat=True)} == {"minutes", "witness"}


def test_a_refused_meeting_writes_no_event(village: Village) -> None:
    deliberation = opened(village)
    before = Event.objects.count()
    with pytest.raises(CountsDoNotAddUp):
        _record(village, deliberation, PROPOSAL, votes_for=1)
    assert Event.objects.count() == before


def test_whoever_listens_acts_in_the_same_transaction_and_after_the_meeting_in_the_ledger(
    village: Village,
) -> None:
    deliberation = opened(village)

    def follow(meeting: Meeting, **_: Any) -> list[Draft]:
        assert transaction.get_connection().in_atomic_block
        return [Draft(kind="list.ended", object_type="test", object_id="follows")]

    meeting_recorded.connect(follow)
    try:
        _record(village, deliberation, PROPOSAL)
    finally:
        meeting_recorded.disconnect(follow)
    last = Event.objects.order_by("-sequence")[:2]
    assert [event.kind for event in last] == ["list.ended", "meeting.recorded"]


def test_the_public_reads_counts_and_dates_of_each_step_but_no_name(village: Village) -> None:
    deliberation = opened(village)
    _record(village, deliberation, PROPOSAL, minutes="王小山", witness="乡干部甲", place="村委会")
    steps = timeline(deliberation)
    assert [step["label"] for step in steps] == ["支部提议", "两委商议", "党员审议", "村民代表决议"]
    assert [step["held"] for step in steps] == [True, False, False, False]
    assert (steps[0]["due"], steps[0]["present"], steps[0]["votes_for"]) == (42, 35, 33)
    assert "乡干部" not in str(steps)
    assert "王" not in str(steps)


def test_a_meeting_of_all_villagers_is_not_called_one_of_delegates(village: Village) -> None:
    deliberation = opened(village)
    hold(village, deliberation, PROPOSAL, CONSULTATION, DELIBERATION)
    called = clock.today() - timedelta(days=10)
    _record(village, deliberation, RESOLUTION, form="villagers", notified_on=called)
    assert timeline(deliberation)[3]["label"] == "村民会议"
    assert MeetingStep.RESOLUTION.label == "村民代表决议"
