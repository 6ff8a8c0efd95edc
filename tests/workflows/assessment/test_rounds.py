"""Assessment: computed where the data is here, scored by two, appealed, decided above, reconciled."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from disclosure.publicity.models import PublicList
from portal import clock
from portal.ledger.models import Event
from portal.outbox.models import Message
from portal.people.models import Line, Role
from workflows.assessment import errors, periods, rounds, scoring
from workflows.assessment.counting import Scope, decisions_in_time, payments_in_time
from workflows.assessment.models import Appeal, Grade, Round, RoundState
from workflows.assessment.results import _counts
from workflows.demo import build
from workflows.demo.build import County
from workflows.engine.models import Case
from workflows.money.reconciliation import GapKind, reconcile

from ..county import make_batch
from ..deadlines.conftest import configure, on
from .conftest import opened, scored, year


def after_appeals(round_: Round) -> Any:
    round_.refresh_from_db()
    assert round_.appeal_until is not None
    return on(round_.appeal_until + timedelta(days=1))


def test_figures_are_computed_from_the_data_and_kept_with_their_digest(county: County) -> None:
    round_ = opened(county)
    subject = round_.subjects.get(area=county.areas["杉坞镇"])
    first, last = year()
    counted = decisions_in_time(Scope(county.areas["杉坞镇"], first, last))
    assert counted.of > 0
    assert subject.figures["in_time"] == {"good": counted.good, "of": counted.of}
    assert payments_in_time(Scope(county.areas["杉坞镇"], first, last)).of > 0
    other = round_.subjects.get(area=county.areas["蕨溪乡"])
    assert "in_time" not in other.figures, "where nothing happened there is nothing to go by"
    record = Event.objects.get(kind="assessment.opened").record
    assert subject.digest in record and '"weights"' in record


def test_two_people_score_what_is_typed_and_nobody_scores_what_is_computed(county: County) -> None:
    round_ = opened(county)
    subject = round_.subjects.get(area=county.areas["杉坞镇"])
    codes = scoring.typed_codes(round_)
    given = {
        "subject_id": subject.pk,
        "points": dict.fromkeys(codes, 80),
        "reasons": dict.fromkeys(codes, "看过台账"),
    }
    with pytest.raises(errors.BadRound, match="算出来的指标不能打分"):
        scoring.score(by=county["county"], **(given | {"points": given["points"] | {"in_time": 100}}))
    with pytest.raises(errors.BadRound, match="凭什么"):
        scoring.score(by=county["county"], **(given | {"reasons": {}}))
    with pytest.raises(errors.NotYours):
        scoring.score(by=county["countyhead"], **given)
    scoring.score(by=county["county"], **given)
    with pytest.raises(errors.AssessmentError, match="另一个人"):
        scoring.score(by=county["county"], **given)
    with pytest.raises(errors.AssessmentError, match="没有两个人打分"):
        rounds.tell(by=county["county"], round_id=round_.pk)
    with pytest.raises(errors.NoSuchRound):
        scoring.score(by=county["reviewer1"], **given)


def test_a_round_is_appealed_decided_accepted_published_and_closed(county: County) -> None:
    round_ = opened(county)
    scored(county, round_)
    rounds.tell(by=county["county"], round_id=round_.pk)
    subject = round_.subjects.get(area=county.areas["杉坞镇"])
    assert subject.score is not None and subject.grade
    told = Message.objects.filter(title__startswith="考核得分")
    assert {one.recipient.username for one in told} == {"head1", "head2"}
    with pytest.raises(errors.NotYours):
        scoring.appeal(
            by=county["reviewer1"], subject_id=subject.pk, code="duty", words="组织人员都有，少算了"
        )
    made = scoring.appeal(
        by=county["head1"], subject_id=subject.pk, code="duty", words="组织人员都有，少算了"
    )
    with pytest.raises(errors.AssessmentError, match="申诉期到"):
        rounds.decide(by=county["countyhead"], round_id=round_.pk)
    with after_appeals(round_):
        with pytest.raises(errors.AssessmentError, match="申诉没有答复"):
            rounds.decide(by=county["countyhead"], round_id=round_.pk)
        answer = {"appeal_id": made.pk, "upheld": True, "words": "核对档案，确实少算", "points": 100}
        with pytest.raises(errors.NotYours):
            scoring.settle_appeal(by=county["supervisor"], **answer)
        scoring.settle_appeal(by=county["countyhead"], **answer)
        before = subject.score
        subject.refresh_from_db()
        assert subject.final["duty"] == 100_00 and subject.score > before
        assert Appeal.objects.get().upheld
        assert Message.objects.get(title__contains="申诉要答复").recipient == county["countyhead"]
        rounds.decide(by=county["countyhead"], round_id=round_.pk)
        with pytest.raises(errors.AssessmentError, match="不能这样办"):
            rounds.publish_results(by=county["countyhead"], round_id=round_.pk)
        with pytest.raises(errors.AssessmentError, match="抽查入户"):
            rounds.accept(by=county["assessor"], round_id=round_.pk, words="看了两个镇，都对得上")
        with pytest.raises(errors.NotYours):
            rounds.accept(by=county["supervisor"], round_id=round_.pk, words="看了两个镇，都对得上")
        rounds.accept(by=county["assessor"], round_id=round_.pk, words="访谈不够，再查", accepted=False)
        round_.refresh_from_db()
        assert round_.state == RoundState.APPEALS
    kinds = [
        kind.removeprefix("assessment.")
        for kind in Event.objects.filter(object_type="assessment")
        .order_by("sequence")
        .values_list("kind", flat=True)
    ]
    assert kinds == ["opened", *["scored"] * 4, "told", "appealed", "appeal_settled", "decided", "sent_back"]


def test_a_village_round_is_published_without_the_city_and_closed_only_when_the_sums_agree(
    county: County,
) -> None:
    township = county.areas["杉坞镇"]
    round_ = opened(county, by=county["reviewer1"], area=township, subjects_are="village")
    scored(county, round_, by=("reviewer1", "supervisor"))
    rounds.tell(by=county["reviewer1"], round_id=round_.pk)
    waiting = make_batch(county, rows=1, until="start", first=31)
    with after_appeals(round_):
        rounds.decide(by=county["head1"], round_id=round_.pk)
        shown = rounds.publish_results(by=county["head1"], round_id=round_.pk)
        assert shown.content == "assessments"
        first = shown.rows.get(position=1)
        assert first.shown["item"] == "禾坪村" and "分" in first.shown["note"] and not first.name
        village = round_.subjects.get(area=county.areas["禾坪村"])
        rounds.add_consequence(by=county["head1"], subject_id=village.pk, kind="praise", words="办得又快又实")
        with pytest.raises(errors.DoesNotReconcile) as refused:
            rounds.close(by=county["head1"], round_id=round_.pk)
        case = Case.objects.get(batch=waiting)
        assert [gap.number for gap in refused.value.gaps] == [case.number]
        assert set(refused.value.gaps[0].kinds) == {GapKind.UNPAID, GapKind.UNDISCLOSED}
        assert case.number in str(refused.value)
    with pytest.raises(CommandError, match="1 件对不上"):
        call_command("reconcile", township.code, *(day.isoformat() for day in year()), stdout=StringIO())
    sums = reconcile(county.areas["竹坞村"], *year())
    assert sums.agrees and sums.cases == 0
    whole = reconcile(township, *year())
    assert whole.cases == 3 and whole.approved_fen - whole.paid_fen == case.amount_fen


def test_helpers_are_published_as_counts_that_tell_of_nobody_and_read_only_their_own(county: County) -> None:
    township = county.areas["杉坞镇"]
    round_ = opened(county, by=county["reviewer1"], area=township, subjects_are="helper")
    subject = round_.subjects.get(person=county["helper1"])
    assert subject.figures["filed_right"] == {"good": 2, "of": 2}
    assert not Round.objects.visible_to(county["helper1"]).exists()
    scored(county, round_, by=("reviewer1", "supervisor"))
    rounds.tell(by=county["reviewer1"], round_id=round_.pk)
    assert [one.person for one in scoring.subjects_of(county["helper1"], round_)] == [county["helper1"]]
    assert not scoring.subjects_of(county["secretary2"], round_)
    with after_appeals(round_):
        rounds.decide(by=county["head1"], round_id=round_.pk)
        shown = rounds.publish_results(by=county["head1"], round_id=round_.pk)
    said = [(row.shown["item"], row.shown["note"]) for row in shown.rows.order_by("position")]
    assert said == [("杉坞镇帮扶责任人", "不足 3 人，不公布等次")]
    name = county["helper1"].display_name
    assert name not in str(said) and PublicList.objects.get(pk=shown.pk).show_names is False
    with after_appeals(round_):
        assert rounds.close(by=county["head1"], round_id=round_.pk).agrees


def test_the_city_decides_on_its_counties_by_another_person_than_those_who_scored(county: County) -> None:
    city = county.areas["禾清市"]
    build.make_official(county, "assessor2", "邵公允", Role.CITY_ASSESSOR, "禾清市", Line.ALL)
    build.make_official(county, "assessor3", "柏守正", Role.CITY_ASSESSOR, "禾清市", Line.ALL)
    with pytest.raises(errors.NotYours):
        opened(county, by=county["supervisor"], area=city, subjects_are="county")
    round_ = opened(county, by=county["assessor"], area=city, subjects_are="county")
    scored(county, round_, by=("assessor", "assessor2"))
    rounds.tell(by=county["assessor"], round_id=round_.pk)
    with after_appeals(round_):
        with pytest.raises(errors.NotYours, match="打过分"):
            rounds.decide(by=county["assessor2"], round_id=round_.pk)
        rounds.decide(by=county["assessor3"], round_id=round_.pk)
        shown = rounds.publish_results(by=county["assessor3"], round_id=round_.pk)
    assert shown.rows.get().shown["item"] == "枫禾县"


def test_what_cannot_be_opened_says_why(county: County) -> None:
    with pytest.raises(errors.BadRound, match="请选到县"):
        opened(county, area=county.areas["杉坞镇"])
    this_year = clock.today().year
    for out in (this_year - 3, this_year + 1):
        with pytest.raises(errors.BadRound, match="今年或者前两年"):
            opened(county, year=out)
    with on(date(this_year, 12, 20)), pytest.raises(errors.BadRound, match=f"{this_year}-12-21 才能开"):
        opened(county)
    opened(county)
    with pytest.raises(errors.BadRound, match="已经开过"):
        opened(county)


def test_the_days_of_a_round_follow_from_its_kind_and_year_and_leave_no_gap(county: County) -> None:
    area, this_year = county.areas["枫禾县"], clock.today().year
    half = opened(county, kind="half")
    assert (half.first_day, half.last_day) == (date(this_year, 1, 1), date(this_year, 6, 30))
    last = opened(county, year=this_year - 1)
    assert (last.first_day, last.last_day) == (date(this_year - 1, 1, 1), date(this_year - 1, 12, 31))
    configure("assessment.year_until", "10-31", area, date(this_year, 1, 1))
    now = opened(county)
    assert (now.first_day, now.last_day) == (date(this_year, 1, 1), date(this_year, 10, 31))
    whom = periods.of("year", this_year + 1, area, "township")
    assert (whom.first, whom.last) == (date(this_year, 11, 1), date(this_year + 1, 10, 31))


@pytest.mark.postgres
def test_a_round_is_closed_only_when_its_days_are_over(county: County) -> None:
    this_year = clock.today().year
    head, township = county["head1"], county.areas["杉坞镇"]
    with on(date(this_year, 12, 21)):
        round_ = opened(county, by=county["reviewer1"], area=township, subjects_are="village")
        scored(county, round_, by=("reviewer1", "supervisor"))
        rounds.tell(by=county["reviewer1"], round_id=round_.pk)
    with on(date(this_year, 12, 31)):
        rounds.decide(by=head, round_id=round_.pk)
        rounds.publish_results(by=head, round_id=round_.pk)
        with pytest.raises(errors.AssessmentError, match="12-31，过了才能"):
            rounds.close(by=head, round_id=round_.pk)
    with on(date(this_year + 1, 1, 1)):
        assert rounds.close(by=head, round_id=round_.pk).agrees
        village = round_.subjects.get(area=county.areas["禾坪村"])
        asked = {"by": head, "subject_id": village.pk, "kind": "interview"}
        rounds.add_consequence(**asked, words="档案不全，限期补齐")
        told = Message.objects.get(recipient=county["secretary1"], title__contains="结果怎么用")
        assert told.title and village.consequences.count() == 1, "an interview may come after the closing"


def test_the_points_of_a_grade_are_those_of_the_day_on_which_the_round_was_opened(county: County) -> None:
    area = county.areas["枫禾县"]
    round_ = opened(county)
    scored(county, round_, points=85)
    configure("assessment.good", 86, area, clock.today())
    rounds.tell(by=county["county"], round_id=round_.pk)
    other = round_.subjects.get(area=county.areas["蕨溪乡"])
    assert other.score == 85_00 and other.grade == Grade.GOOD


def test_who_helps_in_one_village_on_two_lines_is_assessed_there_once(county: County) -> None:
    build.make_official(county, "helper1", "", Role.HELPER, "禾坪村", Line.EDUCATION)
    round_ = opened(county, by=county["reviewer1"], area=county.areas["杉坞镇"], subjects_are="helper")
    assert round_.subjects.filter(person=county["helper1"]).count() == 1


def test_who_answers_for_an_assessed_area_judges_nothing_in_its_round(county: County) -> None:
    round_ = opened(county)
    build.make_official(county, "head2", "", Role.COUNTY_REVIEWER, "枫禾县", Line.ALL)
    build.make_official(county, "head2", "", Role.COUNTY_HEAD, "枫禾县", Line.ALL)
    other = round_.subjects.get(area=county.areas["杉坞镇"])
    codes = scoring.typed_codes(round_)
    given = {"points": dict.fromkeys(codes, 10), "reasons": dict.fromkeys(codes, "看过台账")}
    with pytest.raises(errors.NotYours, match="被考核"):
        scoring.score(by=county["head2"], subject_id=other.pk, **given)
    scored(county, round_)
    rounds.tell(by=county["county"], round_id=round_.pk)
    made = scoring.appeal(by=county["head1"], subject_id=other.pk, code="duty", words="组织人员都有，少算了")
    answer: dict[str, Any] = {"appeal_id": made.pk, "upheld": False, "words": "核对档案，没有少算"}
    with pytest.raises(errors.NotYours, match="被考核"):
        scoring.settle_appeal(by=county["head2"], **answer)
    scoring.settle_appeal(by=county["countyhead"], **answer)
    with after_appeals(round_), pytest.raises(errors.NotYours, match="被考核"):
        rounds.decide(by=county["head2"], round_id=round_.pk)


def test_sent_back_by_the_city_a_round_may_be_appealed_again(county: County) -> None:
    round_ = opened(county)
    scored(county, round_)
    rounds.tell(by=county["county"], round_id=round_.pk)
    subject = round_.subjects.get(area=county.areas["杉坞镇"])
    with after_appeals(round_):
        rounds.decide(by=county["countyhead"], round_id=round_.pk)
        rounds.accept(by=county["assessor"], round_id=round_.pk, words="访谈不够，再查", accepted=False)
        with pytest.raises(errors.AssessmentError, match="申诉期到"):
            rounds.decide(by=county["countyhead"], round_id=round_.pk)
        scoring.appeal(by=county["head1"], subject_id=subject.pk, code="duty", words="组织人员都有，少算了")


def test_a_grade_of_one_helper_is_told_with_the_next_ones() -> None:
    good, fine, fail = Grade.EXCELLENT.value, Grade.GOOD.value, Grade.FAIL.value
    assert _counts([good] * 4 + [fail]) == "优秀或不合格 5 人"
    assert _counts([good] + [fine] * 3 + [fail] * 3) == "优秀或良好 4 人、不合格 3 人"
    assert _counts([good, fail]) == "不足 3 人，不公布等次"
