"""What was wrong in a round is put right in the open: it is called off, points are corrected."""

from typing import Any

import pytest

from portal import clock
from portal.files import access
from portal.files.models import PrivateFile
from portal.files.services import prepare
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from portal.outbox.models import Message
from workflows.assessment import errors, periods, rounds, scoring
from workflows.assessment.calling_off import call_off
from workflows.assessment.models import Round, RoundState, Score
from workflows.demo import play
from workflows.demo.build import County
from workflows.supervision.words import entry

from .conftest import opened, scored
from .test_rounds import after_appeals

WRONG = "权重还没有定就开了"


def told(county: County) -> Round:
    """Return a round of the townships whose scores were told."""
    round_ = opened(county)
    scored(county, round_)
    return rounds.tell(by=county["county"], round_id=round_.pk)


def off(county: County, round_: Round, by: str = "countyhead", words: str = WRONG) -> Round:
    """Call `round_` off."""
    return call_off(by=county[by], round_id=round_.pk, words=words)


@pytest.mark.postgres
def test_a_round_called_off_counts_for_nothing_and_may_be_opened_anew(county: County) -> None:
    wrong = told(county)
    subject = wrong.subjects.get(area=county.areas["杉坞镇"])
    with pytest.raises(errors.BadRound, match="为什么作废"):
        off(county, wrong, words="错了")
    with pytest.raises(errors.NotYours, match="审定"):
        off(county, wrong, by="county")
    off(county, wrong)
    said = Message.objects.filter(title__contains="作废")
    assert {one.recipient.username for one in said} == {"county", "supervisor", "head1", "head2"}
    event = Event.objects.get(kind="assessment.called_off")
    assert WRONG not in event.record and '"stage":"appeals"' in event.record.replace(" ", "")
    with pytest.raises(errors.AssessmentError, match="已作废"):
        scoring.appeal(by=county["head1"], subject_id=subject.pk, code="duty", words="组织人员都有")
    with pytest.raises(errors.AssessmentError, match="不能作废"):
        off(county, wrong)
    with after_appeals(wrong), pytest.raises(errors.AssessmentError, match="已作废"):
        rounds.decide(by=county["countyhead"], round_id=wrong.pk)
    again = opened(county)
    assert (again.first_day, again.state) == (wrong.first_day, RoundState.SCORING)
    with pytest.raises(errors.BadRound, match="已经开过"):
        opened(county)
    assert wrong in Round.objects.visible_to(county["head1"]), "they had read their scores in it"
    assert again not in Round.objects.visible_to(county["head1"])
    assert verify().fault is None


def test_only_a_round_whose_results_are_not_public_is_called_off(county: County) -> None:
    township = county.areas["杉坞镇"]
    round_ = opened(county, by=county["reviewer1"], area=township, subjects_are="village")
    scored(county, round_, by=("reviewer1", "supervisor"))
    rounds.tell(by=county["reviewer1"], round_id=round_.pk)
    with after_appeals(round_):
        rounds.decide(by=county["head1"], round_id=round_.pk)
        rounds.publish_results(by=county["head1"], round_id=round_.pk)
        with pytest.raises(errors.AssessmentError, match="结果已公开"):
            off(county, round_, by="head1")
    assert {one.recipient.username for one in Message.objects.filter(title="考核结果公开了")} >= {
        "secretary1"
    }


def test_who_was_assessed_in_a_round_called_off_before_it_was_told_learns_nothing_of_it(
    county: County,
) -> None:
    round_ = opened(county)
    scored(county, round_, by=("county",))
    off(county, round_)
    assert not Message.objects.filter(recipient=county["head1"], title__contains="考核").exists()
    assert round_ not in Round.objects.visible_to(county["head1"])
    last = clock.today().year
    assert periods.of("year", last + 1, county.areas["枫禾县"], "township").first.year == last + 1


@pytest.mark.postgres
def test_points_are_put_right_by_who_gave_them_until_they_are_told_and_the_old_ones_stay(
    county: County,
) -> None:
    round_ = opened(county)
    scored(county, round_, points=90)
    subject = round_.subjects.get(area=county.areas["杉坞镇"])
    codes = scoring.typed_codes(round_)
    right: dict[str, Any] = {
        "subject_id": subject.pk,
        "points": dict.fromkeys(codes, 60),
        "reasons": dict.fromkeys(codes, "又看了一遍档案"),
    }
    with pytest.raises(errors.BadRound, match="写清为什么改"):
        scoring.score(by=county["county"], **right)
    with pytest.raises(errors.AssessmentError, match="已经有两个人"):
        scoring.score(by=county["assessor"], why="想改别人的", **right)
    scoring.score(by=county["county"], why="看错了一行", **right)
    scoring.score(by=county["county"], why="又少敲了一位", **(right | {"points": dict.fromkeys(codes, 70)}))
    assert Score.objects.filter(subject=subject).count() == 4
    rounds.tell(by=county["county"], round_id=round_.pk)
    subject.refresh_from_db()
    assert [subject.final[code] for code in codes] == [80_00] * len(codes), "the mean of 70 and 90"
    with pytest.raises(errors.AssessmentError, match="不能这样办"):
        scoring.score(by=county["county"], why="告知以后", **right)
    assert Event.objects.filter(kind="assessment.rescored").count() == 2
    assert verify().fault is None


def test_who_is_to_score_is_led_from_one_to_the_next_and_told_that_it_is_open(county: County) -> None:
    round_ = opened(county)
    told = {one.recipient.username for one in Message.objects.filter(title__contains="要两个人打分")}
    assert "supervisor" in told and "county" not in told
    assert len(scoring.left_for(county["county"], round_)) == round_.subjects.count()
    scored(county, round_, by=("county",))
    assert not scoring.left_for(county["county"], round_)
    assert not scoring.left_for(county["countyhead"], round_), "who decides scores nobody"
    assert scoring.left_for(county["supervisor"], round_)


def test_what_an_appeal_shows_is_read_by_who_answers_it_and_by_nobody_beside(county: County) -> None:
    round_ = told(county)
    subject = round_.subjects.get(area=county.areas["杉坞镇"])
    given: dict[str, Any] = {"by": county["head1"], "subject_id": subject.pk, "code": "duty"}
    many = [("签到表.jpg", prepare(play.photo("签到表")))] * 10
    with pytest.raises(errors.BadRound, match="最多附 9 份"):
        scoring.appeal(**given, words="培训办过三次，有签到表", files=many)
    scoring.appeal(**given, words="培训办过三次，有签到表", files=many[:1])
    sheet = PrivateFile.objects.get(reference__startswith="assessment_appeal:")
    assert sheet.sha256 in Event.objects.get(kind="assessment.appealed").record
    opens = {
        name: access.may_open(county[name], sheet) for name in ("head1", "countyhead", "head2", "clerk1")
    }
    assert opens == {"head1": True, "countyhead": True, "head2": False, "clerk1": False}
    owner = access.owner_of(sheet)
    assert (owner.object_id, owner.area) == (round_.number, county.areas["杉坞镇"])


def test_the_trail_tells_of_indicators_by_their_names_and_of_points_as_points() -> None:
    assert entry("points", {"duty": 9, "growth": 85}) == "责任落实 9；收入增长实不实 85"
    assert entry("results", [{"score": 8307, "grade": "good", "final": {"duty": 95_00}}]) == (
        "总分 83.07；等次 良好；最后得分 责任落实 95.00"
    )
    assert (entry("indicator", "proved"), entry("stage", "appeals")) == ("公示贴满有证明", "可以申诉")
