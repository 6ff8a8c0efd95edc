"""The appraisal (民主评议) is one meeting on the whole list: judged by a dated rule, written down."""

import pytest

from disclosure.deliberations.keys import rule_key
from disclosure.deliberations.models import Deliberation, DeliberationKind, DeliberationState, MeetingStep
from disclosure.publicity.models import PublicList
from portal import clock
from portal.configuration.services import confirm, propose
from workflows.changes import variants
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.demo.change_play import carry, file_entry, file_exit
from workflows.engine.acting import Row
from workflows.engine.definitions import Verdict
from workflows.engine.errors import BadAct
from workflows.engine.models import Batch, Case
from workflows.flows.exit_review import EXIT_REVIEW
from workflows.programmes.publication import digest_of
from workflows.registry.models import Category


def at_the_appraisal(county: County, number: int = 91) -> Batch:
    household = build.make_household(county, "禾坪村", number, "clerk1", Category.ORDINARY)
    return carry(county, file_entry(county, "helper1", household, category=Category.LOW_INCOME), "appraise")


def test_one_meeting_that_passes_ends_the_appraisal_and_publishes_nothing(county: County) -> None:
    batch = at_the_appraisal(county)
    play.appraise(batch, county["clerk1"], minutes="逐户议过，没有不同意见")
    held = Deliberation.objects.get()
    assert (held.kind, held.state) == (DeliberationKind.APPRAISAL, DeliberationState.PASSED)
    meeting = held.meetings.get()
    assert (meeting.step, meeting.minutes) == (MeetingStep.APPRAISAL, "逐户议过，没有不同意见")
    assert meeting.rule["key"] == rule_key(MeetingStep.APPRAISAL) and meeting.rule["verified"] is False
    assert len(held.list_digest) == 64 and held.item_count == 1
    assert batch.step == "decide" and not PublicList.objects.exists()


def test_a_meeting_without_enough_people_or_votes_leaves_the_batch_where_it_is(county: County) -> None:
    batch = at_the_appraisal(county)
    play.appraise(batch, county["clerk1"], present_count=12, votes_for=12, votes_abstained=0)
    assert batch.step == "appraise" and Deliberation.objects.get().state == DeliberationState.FAILED
    play.appraise(batch, county["clerk1"], votes_for=13, votes_against=13, votes_abstained=0)
    assert batch.step == "appraise"
    play.appraise(batch, county["clerk1"])
    assert batch.step == "decide"


def test_the_four_meetings_are_no_appraisal(county: County) -> None:
    batch = at_the_appraisal(county)
    with pytest.raises(BadAct, match="民主评议"):
        play.meet(batch, county["clerk1"], 0)


def test_the_rule_is_dated_and_the_countys_own(county: County) -> None:
    batch = at_the_appraisal(county)
    stricter = propose(
        by=county["county"],
        key=rule_key(MeetingStep.APPRAISAL),
        area=county.areas["枫禾县"],
        value={"present": ">=4/5", "for": ">=4/5", "for_of": "present"},
        valid_from=clock.today(),
        source="县里定的评议办法",
    )
    confirm(by=county["countyhead"], setting=stricter)
    play.appraise(batch, county["clerk1"], votes_for=20, votes_against=6, votes_abstained=0)
    assert batch.step == "appraise" and "五分之四" in Deliberation.objects.get().meetings.get().explanation


def test_the_meeting_is_bound_to_the_list_as_it_stands(county: County) -> None:
    batch = at_the_appraisal(county)
    first = digest_of(_rows(batch))
    play.appraise(batch, county["clerk1"])
    assert Deliberation.objects.get().list_digest == first


def _rows(batch: Batch) -> list[Row]:
    return [Row(case, Verdict.AGREE) for case in Case.objects.filter(batch=batch).order_by("pk")]


def test_a_case_of_an_earlier_version_keeps_the_four_meetings(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    household = build.make_household(county, "禾坪村", 92, "clerk1", Category.MARGINAL)
    with monkeypatch.context() as before:
        # As it was filed before the second version came.
        before.setattr(variants, "flow_of", lambda *_asked: EXIT_REVIEW)
        batch = file_exit(county, "helper1", household)
    assert (batch.flow_key, batch.flow_version) == ("exit_review", 1)
    carry(county, batch, "consent")
    assert Deliberation.objects.get().kind == DeliberationKind.FOUR
    assert Deliberation.objects.get().meetings.count() == 4
    carry(county, batch, "end")
    household.refresh_from_db()
    assert household.category == Category.ORDINARY
