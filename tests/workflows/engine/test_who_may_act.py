"""Who may act on a batch: office, area, line, role and date decide, and nothing else."""

from datetime import timedelta

import pytest

from portal import clock
from portal.people.models import Line, Role, User
from portal.people.services import end_office
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.play import active, sign
from workflows.engine.acting import RowVerdict
from workflows.engine.errors import BadAct, NoSuchBatch, NotYourTurn, StaleCase
from workflows.engine.models import Act, ActKind, Batch, Case
from workflows.engine.services import act, amend_case

from ..county import make_batch

pytestmark = pytest.mark.postgres


def attempt(batch: Batch, actor: User, kind: ActKind = ActKind.SIGN, opinion: str = "") -> None:
    """Agree to every row of `batch` as `actor`."""
    batch.refresh_from_db()
    verdicts = {case.pk: RowVerdict() for case in active(batch)} if kind == ActKind.SIGN else {}
    act(
        actor=actor,
        batch_id=batch.pk,
        seen_version=batch.version,
        verdicts=verdicts,
        kind=kind,
        opinion=opinion,
    )


@pytest.mark.parametrize("stranger", ["helper2", "clerk8", "reviewer2", "head2"])
def test_a_batch_of_another_area_is_a_missing_one(county: County, stranger: str) -> None:
    batch = make_batch(county, rows=1, until="file")
    with pytest.raises(NoSuchBatch) as hidden:
        attempt(batch, county[stranger])
    with pytest.raises(NoSuchBatch) as missing:
        act(actor=county[stranger], batch_id=batch.pk + 1000, seen_version=0)
    assert str(hidden.value) == str(missing.value)


@pytest.mark.parametrize("stranger", ["helper2", "sysadmin", "nobody"])
def test_a_stale_form_tells_a_stranger_no_more_than_a_fresh_one(county: County, stranger: str) -> None:
    batch = make_batch(county, rows=1, until="deliberate")
    actor = county[stranger] if stranger != "nobody" else User.objects.create(username="nobody")
    with pytest.raises(NoSuchBatch):
        act(actor=actor, batch_id=batch.pk, seen_version=0)


@pytest.mark.parametrize(
    "other", ["watch1", "grid1", "secretary1", "reviewer1", "head1", "county", "supervisor"]
)
def test_another_role_over_the_same_village_may_not_act_and_is_told_who_may(
    county: County, other: str
) -> None:
    batch = make_batch(county, rows=1, until="file")
    with pytest.raises(NotYourTurn, match="村文书或帮扶责任人或驻村工作队"):
        attempt(batch, county[other])
    assert not Act.objects.exists()


def test_another_line_of_the_same_place_may_not_act(county: County) -> None:
    batch = make_batch(county, rows=1, until="check")
    doctor = build.make_official(county, "doctor", "白问诊", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.HEALTH)
    with pytest.raises(NoSuchBatch):
        attempt(batch, doctor)


@pytest.mark.parametrize("administrator", ["sysadmin", "security", "audit", "editor"])
def test_administrators_and_editors_decide_no_business(county: County, administrator: str) -> None:
    batch = make_batch(county, rows=1, until="file")
    with pytest.raises(NotYourTurn):
        attempt(batch, county[administrator])


def test_superuser_status_opens_nothing(county: County) -> None:
    batch = make_batch(county, rows=1, until="file")
    User.objects.create(username="root", is_superuser=True, is_staff=True)
    with pytest.raises(NoSuchBatch):
        attempt(batch, User.objects.get(username="root"))


def test_an_office_that_ended_a_moment_ago_no_longer_counts(county: County) -> None:
    batch = make_batch(county, rows=1, until="check")
    reviewer = county["reviewer1"]
    assert Batch.objects.waiting_for(reviewer).filter(pk=batch.pk).exists()  # its scope is kept now
    (office,) = reviewer.offices.all()
    with clock.travel(clock.now() + timedelta(days=1)):
        end_office(by=county["security"], office=office, on=clock.today(), reason="调离")
        with pytest.raises(NotYourTurn):
            attempt(batch, reviewer)


def test_an_account_that_was_shut_may_not_act(county: County) -> None:
    batch = make_batch(county, rows=1, until="file")
    User.objects.filter(username="helper1").update(is_active=False)
    with pytest.raises(NotYourTurn):
        attempt(batch, county["helper1"])


def test_who_saw_an_older_version_is_refused_and_told_who_was_faster(county: County) -> None:
    batch = make_batch(county, rows=1, until="file")
    seen = batch.version
    sign(batch, county["helper1"])
    with pytest.raises(StaleCase, match=county["helper1"].display_name):
        act(actor=county["clerk1"], batch_id=batch.pk, seen_version=seen)
    with pytest.raises(StaleCase, match="您自己"):
        act(actor=county["helper1"], batch_id=batch.pk, seen_version=seen)


def test_a_case_is_amended_only_as_it_was_seen_and_only_before_it_is_handed_in(county: County) -> None:
    batch = make_batch(county, rows=1, until="file")
    case = batch.cases.get()
    change = {"case_id": case.pk, "amount_fen": 100, "change": lambda case: {}}
    with pytest.raises(StaleCase):
        amend_case(actor=county["helper1"], seen_version=batch.version - 1, **change)
    with pytest.raises(NoSuchBatch):
        amend_case(actor=county["helper2"], seen_version=batch.version, **change)
    sign(batch, county["helper1"])
    with pytest.raises(BadAct):
        amend_case(actor=county["helper1"], seen_version=batch.version, **change)


def test_a_verdict_on_a_case_of_another_batch_is_refused(county: County) -> None:
    batch = make_batch(county, rows=1, until="check")
    other = make_batch(county, rows=1, until="file", first=10)
    with pytest.raises(BadAct):
        act(
            actor=county["reviewer1"],
            batch_id=batch.pk,
            seen_version=batch.version,
            verdicts={other.cases.get().pk: RowVerdict()},
        )


def test_nobody_may_act_on_a_closed_batch(county: County) -> None:
    batch = make_batch(county, rows=1, until="end")
    for name in ("clerk1", "reviewer1", "county", "finance"):
        with pytest.raises(NotYourTurn, match="已经办结"):
            attempt(batch, county[name])


def test_signing_for_a_batch_is_an_act_of_its_own_that_decides_nothing(county: County) -> None:
    batch = make_batch(county, rows=1, until="check")
    attempt(batch, county["reviewer1"], ActKind.SIGN_FOR)
    batch.refresh_from_db()
    assert batch.signed_for_by == county["reviewer1"] and batch.step == "check"
    last = batch.acts.latest("pk")
    assert last.kind == ActKind.SIGN_FOR and not last.decisions.exists()
    with pytest.raises(BadAct, match="已经签收过"):
        attempt(batch, county["reviewer1"], ActKind.SIGN_FOR)


def test_who_may_act_is_who_has_it_to_do(county: County) -> None:
    batch = make_batch(county, rows=1, until="check")
    waiting = {
        name for name in county.people if Batch.objects.waiting_for(county[name]).filter(pk=batch.pk).exists()
    }
    assert waiting == {"reviewer1"}
    assert Case.objects.visible_to(county["clerk1"]).filter(batch=batch).exists()
    assert not Case.objects.visible_to(county["clerk2"]).exists()
    assert not Case.objects.visible_to(county["finance"]).exists()


def test_finance_sees_a_batch_from_the_step_at_which_it_takes_part(county: County) -> None:
    batch = make_batch(county, rows=1, until="record")
    assert Batch.objects.visible_to(county["finance"]).get() == batch
    assert Case.objects.visible_to(county["finance"]).count() == 1
