"""The pass rules: exact, dated, from configuration, and said in plain words."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.deliberations.errors import RuleUnreadable
from disclosure.deliberations.keys import GAP_DAYS, WITNESS_STEPS, rule_key
from disclosure.deliberations.models import MEETING_STEPS, MeetingStep, ResolutionForm
from disclosure.deliberations.rules import judge, rule_for
from disclosure.deliberations.shares import Share
from portal import clock
from portal.configuration import keys
from portal.configuration import services as configuration
from portal.configuration.models import Setting
from portal.people.models import Role
from tests.disclosure.village import Village

DELEGATES = ResolutionForm.DELEGATES


def _rule(village: Village, step: str, form: str = "", on: date = date(2026, 11, 21)) -> object:
    return rule_for(step, form, village.area, on)


@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 5000), st.sampled_from([">", ">="]))
def test_a_share_is_counted_exactly(part: int, of: int, whole: int, sign: str) -> None:
    exact = Fraction(part, of)
    if exact > 1 or (exact == 1 and sign == ">"):
        with pytest.raises(ValueError):
            Share.read(f"{sign}{part}/{of}")
        return
    least = Share.read(f"{sign}{part}/{of}").least(whole)
    reached = (lambda n: n > exact * whole) if sign == ">" else (lambda n: n >= exact * whole)
    assert reached(least)
    assert not least or not reached(least - 1)


@pytest.mark.parametrize("text", ["", "2/3", "=1/2", ">=3/2", ">1/1", ">=0/3", ">=1/0", "half", "<=1/2"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Share.read(text)


@pytest.mark.parametrize(
    ("step", "form", "due", "enough", "needed"),
    [
        (MeetingStep.PROPOSAL, "", 7, 4, 3),
        (MeetingStep.CONSULTATION, "", 6, 3, 2),
        # Half of those due must come, but more than half of those due must agree (branch rules, article 11).
        (MeetingStep.DELIBERATION, "", 30, 15, 16),
        (MeetingStep.RESOLUTION, ResolutionForm.DELEGATES, 42, 28, 15),
        (MeetingStep.RESOLUTION, ResolutionForm.VILLAGERS, 600, 301, 151),
        (MeetingStep.RESOLUTION, ResolutionForm.HOUSEHOLD_DELEGATES, 150, 100, 51),
    ],
)
def test_each_meeting_has_its_quorum_and_its_majority(
    village: Village, step: str, form: str, due: int, enough: int, needed: int
) -> None:
    rule = _rule(village, step, form)
    assert not judge(rule, due=due, present=enough - 1, votes_for=enough - 1).passed
    present = max(enough, needed)
    assert judge(rule, due=due, present=present, votes_for=needed if present == enough else present).passed
    if step != MeetingStep.DELIBERATION:
        assert not judge(rule, due=due, present=enough, votes_for=needed - 1).passed


def test_a_failed_quorum_says_how_many_had_to_come(village: Village) -> None:
    judged = judge(_rule(village, MeetingStep.RESOLUTION, DELEGATES), due=42, present=27, votes_for=27)
    assert judged.explanation == "应到42人，实到27人，到会没有达到三分之二（要到28人），会议不算数。"


def test_a_failed_vote_says_how_many_votes_were_needed_and_of_whom(village: Village) -> None:
    judged = judge(_rule(village, MeetingStep.DELIBERATION), due=30, present=26, votes_for=15)
    assert judged.explanation == (
        "应到30人，实到26人，到会够数；赞成15票，没有超过一半（按应到人数算要16票），没有通过。"
    )


def test_a_pass_says_why_it_passed(village: Village) -> None:
    judged = judge(_rule(village, MeetingStep.RESOLUTION, DELEGATES), due=42, present=35, votes_for=33)
    assert (
        judged.explanation == "应到42人，实到35人，到会够数；赞成33票，超过一半（按到会人数算要18票），通过。"
    )


def test_a_stricter_rule_of_the_county_counts_from_its_date_on(village: Village) -> None:
    key = rule_key(MeetingStep.DELIBERATION)
    stricter = {"present": ">=2/3", "for": ">1/2", "for_of": "due"}
    reviewer, head = village.seat(Role.COUNTY_REVIEWER)["by"], village.seat(Role.COUNTY_HEAD)["by"]
    start = clock.today()
    proposed = configuration.propose(
        by=reviewer,
        key=key,
        area=village.seat(Role.COUNTY_HEAD)["office"].area,
        value=stricter,
        valid_from=start,
        source="县里文件〔2026〕1号",
    )
    assert judge(_rule(village, MeetingStep.DELIBERATION, on=start), due=30, present=16, votes_for=16).passed
    configuration.confirm(by=head, setting=proposed)
    assert not judge(
        _rule(village, MeetingStep.DELIBERATION, on=start), due=30, present=16, votes_for=16
    ).passed
    before = date.fromordinal(start.toordinal() - 1)
    assert judge(_rule(village, MeetingStep.DELIBERATION, on=before), due=30, present=16, votes_for=16).passed


@pytest.mark.parametrize(
    "value",
    [
        {"present": "2/3", "for": ">1/2", "for_of": "due"},
        {"present": ">=2/3", "for": ">1/2", "for_of": "all"},
        {"present": ">=2/3", "for": ">1/2"},
        {"present": 2, "for": ">1/2", "for_of": "due"},
    ],
)
def test_a_rule_that_nobody_can_read_is_refused_when_it_is_proposed(value: dict[str, object]) -> None:
    for step in MEETING_STEPS:
        check = keys.get(rule_key(step, DELEGATES)).check
        assert check and check(value)


def test_an_unreadable_rule_in_the_database_stops_the_meeting_instead_of_passing_it(village: Village) -> None:
    Setting.objects.create(
        key=rule_key(MeetingStep.PROPOSAL),
        value={"present": "most"},
        valid_from=date(2020, 1, 1),
        source="写错的",
        confirmed_at=clock.now(),
    )
    with pytest.raises(RuleUnreadable):
        _rule(village, MeetingStep.PROPOSAL)


def test_figures_whose_source_is_not_confirmed_carry_a_flag(village: Village) -> None:
    verified = {
        rule_key(MeetingStep.DELIBERATION),
        rule_key(MeetingStep.RESOLUTION, ResolutionForm.MEMBERS),
        rule_key(MeetingStep.RESOLUTION, ResolutionForm.MEMBER_DELEGATES),
    }
    names = {rule_key(step, form) for step in MEETING_STEPS for form in ResolutionForm.values}
    for name in names | {WITNESS_STEPS, GAP_DAYS}:
        assert configuration.unverified(name, village.area) == (name not in verified), name
        assert keys.get(name).source
    assert _rule(village, MeetingStep.RESOLUTION, DELEGATES).as_record()["verified"] is False
