"""Spot checks: the seed before the draw, a sample that anyone can draw again, visits, tickets."""

import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock
from portal.ledger import evidence
from portal.ledger.models import Event
from portal.people.models import Role
from workflows.assessment import rounds
from workflows.assessment.errors import AssessmentError
from workflows.assessment.opening import open_round
from workflows.demo.build import County
from workflows.engine.models import Case
from workflows.rectification.models import Ticket
from workflows.registry.kinships import declare
from workflows.registry.models import Degree, Household
from workflows.spotchecks import errors, services
from workflows.spotchecks.models import CheckState, HomeVisit, SpotCheck
from workflows.spotchecks.visits import record_visit

from ..assessment.conftest import late_december, scored
from ..deadlines.conftest import on
from .conftest import Paid, drawn, photos, said, sealed


def record_of(check: SpotCheck, kind: str) -> dict[str, object]:
    found = Event.objects.get(kind=kind, object_id=check.number)
    body: dict[str, object] = json.loads(found.record)["body"]
    return body


def test_the_seed_and_the_frame_are_in_the_ledger_before_anything_is_drawn(
    paid: Paid, county: County
) -> None:
    check = sealed(county)
    body = record_of(check, "spotcheck.seeded")
    assert body["seed"] == check.seed and body["frame_rows"] == 3
    assert check.take == {county.areas["禾坪村"].code: 2}
    told = json.dumps(check.frame)
    assert not any(case.number in told or case.subject in told for case in Case.objects.all())
    with pytest.raises(errors.NotYetSigned, match="签名"):
        services.draw(by=county["supervisor"], check_id=check.pk)
    paid.parties.sign()
    services.draw(by=county["supervisor"], check_id=check.pk)
    with pytest.raises(errors.SpotCheckError, match="正在入户"):
        services.draw(by=county["supervisor"], check_id=check.pk)
    check.refresh_from_db()
    assert check.drawn.count() == 2 and check.beacon
    assert {row.case.area.name for row in check.drawn.all()} == {"禾坪村"}
    assert record_of(check, "spotcheck.drawn")["seed_event"] == check.seed_event


def test_anyone_draws_the_sample_again_from_the_bundle_and_finds_nobody_in_it(
    paid: Paid, county: County, tmp_path: Path
) -> None:
    check = drawn(paid, county)
    record_visit(by=county["supervisor"], check_id=check.pk, position=1, said=said(check), photos=photos())
    paid.parties.sign()
    paid.parties.witness()
    bundle = tmp_path / "b.zip"
    evidence.export(check.number, bundle, by=county["supervisor"])
    with zipfile.ZipFile(bundle) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist()).decode()
        (tmp_path / "v.py").write_bytes(packed.read("mingbai_verify.py"))
    homes = Household.objects.of_subjects([row.case.subject for row in check.drawn.all()])
    for secret in [*(home.head_name for home in homes), "欧阳无此人", "羊圈", str(check.salt)]:
        assert str(secret) not in everything
    words = [sys.executable, "-I", "v.py", "bundle", "b.zip", "--trust", str(paid.parties.trust)]
    told = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    # Another sample than the seed gives is found out.
    with zipfile.ZipFile(bundle) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    frame = parts["draws/1/frame"].decode().splitlines()
    other = [line for line in frame[1:] if line not in parts["draws/1/sample"].decode()]
    kept = parts["draws/1/sample"].decode().splitlines()
    parts["draws/1/sample"] = "\n".join([*kept[:-1], other[0], ""]).encode()
    with zipfile.ZipFile(bundle, "w") as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_a_household_that_received_less_opens_a_ticket_at_once(paid: Paid, county: County) -> None:
    check = drawn(paid, county)
    less = said(check, 2, told="other", received_fen=100_00, sent_key="less")
    act = {"by": county["supervisor"], "check_id": check.pk, "position": 2}
    visit = record_visit(**act, said=less, photos=photos())
    ticket = Ticket.objects.get()
    assert visit.ticket == ticket and not visit.agrees
    assert ticket.source == "spot_check" and ticket.owner_role == Role.TOWNSHIP_HEAD
    assert "本人说收到 100.00 元" in str(ticket.text)
    assert ticket.reference == f"spotcheck:{check.number}/2"
    # Sent twice by a phone without signal, it is kept once.
    assert record_visit(**act, said=less, photos=photos()) == visit
    assert Ticket.objects.count() == HomeVisit.objects.count() == 1
    body = Event.objects.get(kind="spotcheck.visited").record
    assert "10000" not in body and "欧阳无此人" not in body and '"agrees":false' in body


def test_a_visit_takes_two_people_a_signature_and_nobody_who_is_related(paid: Paid, county: County) -> None:
    check = drawn(paid, county)
    act = {"by": county["supervisor"], "check_id": check.pk, "position": 1}
    for wrong, word in (
        ({"second_visitor": "孔秉直"}, "两个人"),
        ({"told": ""}, "收到没有"),
        ({"received_fen": None}, "收到多少"),
        ({"signed_how": ""}, "签字"),
        ({"met_name": ""}, "姓名"),
        ({"seen": ""}, "看到的情况"),
    ):
        with pytest.raises(errors.BadCheck, match=word):
            record_visit(**act, said=said(check, **wrong), photos=photos())
    with pytest.raises(errors.BadCheck, match="照片"):
        record_visit(**act, said=said(check), photos=[])
    nobody = said(check, met="nobody", met_name="", told="", received_fen=None, on_time=None, signed_how="")
    with pytest.raises(errors.BadCheck, match="门口的照片"):
        record_visit(**act, said=nobody)
    assert not record_visit(**act, said=nobody, photos=photos("门口")).agrees
    assert not Ticket.objects.exists()
    home = Household.objects.of_subjects([check.drawn.get(position=1).case.subject]).get()
    me = county["supervisor"]
    declare(by=me, office=None, user=me, household=home, degree=Degree.SIBLING)
    with pytest.raises(errors.SpotCheckError, match="回避"):
        record_visit(**act, said=said(check, sent_key="again"), photos=photos())


def test_nobody_but_supervisors_and_assessors_knows_of_a_check(paid: Paid, county: County) -> None:
    check = drawn(paid, county)
    sees = {name for name in county.people if SpotCheck.objects.visible_to(county[name]).exists()}
    assert sees == {"supervisor", "assessor"}
    with pytest.raises(errors.NoSuchCheck):
        services.close(by=county["countyhead"], check_id=check.pk, words="没有问题")
    with pytest.raises(errors.NoSuchCheck):
        sealed(county, by=county["countyhead"])


def test_a_check_is_closed_when_all_were_visited_and_given_up_only_before_the_draw(
    paid: Paid, county: County
) -> None:
    by = county["supervisor"]
    check = drawn(paid, county)
    with pytest.raises(errors.SpotCheckError, match="2 户没有入户"):
        services.close(by=by, check_id=check.pk, words="都对得上")
    with pytest.raises(errors.SpotCheckError):
        services.abandon(by=by, check_id=check.pk, reason="抽中的不合意")
    for position in (1, 2):
        record_visit(by=by, check_id=check.pk, position=position, said=said(check, position), photos=photos())
    closed = services.close(by=by, check_id=check.pk, words="两户都对得上")
    assert closed.state == CheckState.CLOSED
    assert record_of(check, "spotcheck.closed") == {
        "drawn": 2,
        "visited": 2,
        "agree": 2,
        "tickets": 0,
        "nobody": 0,
    }
    other = sealed(county)
    services.abandon(by=by, check_id=other.pk, reason="范围选错了")
    assert SpotCheck.objects.visible_to(by).count() == 2
    assert Event.objects.filter(kind="spotcheck.abandoned").count() == 1


def test_nothing_is_sealed_again_before_the_first_check_of_that_money_is_done(
    paid: Paid, county: County
) -> None:
    first = sealed(county)
    with pytest.raises(errors.BadCheck, match=first.number):
        sealed(county, area="禾坪村")
    services.abandon(by=county["supervisor"], check_id=first.pk, reason="范围选错了")
    second = sealed(county, area="禾坪村")
    with pytest.raises(errors.BadCheck, match=second.number):
        sealed(county)


def test_nobody_draws_fewer_than_the_county_has_set(paid: Paid, county: County) -> None:
    for less, said_so in (({"per_village": 1}, "至少抽 2 户"), ({"percent": 9}, "至少百分之 10")):
        with pytest.raises(errors.BadCheck, match=said_so):
            sealed(county, **less)


def test_the_city_accepts_an_assessment_where_households_were_visited_and_then_it_is_published(
    paid: Paid, county: County
) -> None:
    check = drawn(paid, county)
    record_visit(by=county["supervisor"], check_id=check.pk, position=1, said=said(check), photos=photos())
    area, reviewer = county.areas["枫禾县"], county["county"]
    with late_december():
        round_ = open_round(
            by=reviewer, area=area, subjects_are="township", kind="year", year=clock.today().year
        )
    assert round_.subjects.get(area=county.areas["杉坞镇"]).figures["confirmed"] == {"good": 1, "of": 1}
    scored(county, round_)
    rounds.tell(by=reviewer, round_id=round_.pk)
    round_.refresh_from_db()
    assert round_.appeal_until is not None
    with on(round_.appeal_until + timedelta(days=1)):
        rounds.decide(by=county["countyhead"], round_id=round_.pk)
        with pytest.raises(AssessmentError):
            rounds.publish_results(by=county["countyhead"], round_id=round_.pk)
        rounds.accept(by=county["assessor"], round_id=round_.pk, words="入户一户，访谈两人，和账上一致")
        shown = rounds.publish_results(by=county["countyhead"], round_id=round_.pk)
    assert shown.content == "assessments" and shown.row_count == 2
    assert Event.objects.filter(kind="assessment.accepted").count() == 1
