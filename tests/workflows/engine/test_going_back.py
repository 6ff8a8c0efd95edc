"""Going back is honest: returning, taking back, and what either leaves behind (design.md rule 5)."""

import pytest

from portal import clock
from workflows.demo.build import County
from workflows.demo.play import active, answers, check, meet, sign, visit_all
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import BadAct, NothingSigned, NotYourTurn
from workflows.engine.models import Act, ActKind, Batch, Case, CaseState, Decision
from workflows.engine.records import Outcome
from workflows.engine.services import act
from workflows.notices.models import HouseholdNotice, ServiceMethod
from workflows.notices.services import serve
from workflows.programmes.models import Application
from workflows.programmes.services import amend_application

from .. import roads
from ..county import carry, make_batch


def take_back(county: County, batch: Batch, by: str, opinion: str = "金额看错了") -> Outcome:
    """Take back the last act on `batch`."""
    batch.refresh_from_db()
    outcome = act(
        actor=county[by],
        batch_id=batch.pk,
        seen_version=batch.version,
        kind=ActKind.TAKE_BACK,
        opinion=opinion,
    )
    batch.refresh_from_db()
    return outcome


def lowered(batch: Batch, amount_fen: int = 100_000) -> dict[str, RowVerdict]:
    """Return a verdict that lowers the first row to `amount_fen`."""
    number = active(batch)[0].number
    return {number: RowVerdict(Verdict.AGREE, "圈舍面积不够", {"amount_fen": amount_fen})}


def test_a_returned_row_goes_back_to_filing_in_a_batch_of_its_own_and_comes_again(county: County) -> None:
    batch = make_batch(county, rows=3, until="check")
    visit_all(batch, county["reviewer1"])
    number = active(batch)[1].number
    outcome = check(batch, county["reviewer1"], {number: RowVerdict(Verdict.RETURN, "规模和照片对不上")})
    again = Batch.objects.get(number=outcome.split[0])
    case = again.cases.get()
    assert (batch.step, batch.row_count) == ("publish", 2)
    assert (again.step, again.round, again.parent, case.round) == ("file", 2, batch, 2)
    amend_application(by=county["helper1"], case=case, seen_version=again.version, answers=answers(0, 4000))
    again.refresh_from_db()
    assert again.amount_fen == Case.objects.get(pk=case.pk).amount_fen == 240_000
    sign(again, county["helper1"])
    for place in range(4):
        meet(again, county["clerk1"], place)
    assert again.step == "check"
    with pytest.raises(NothingSigned, match="入户"):  # what follows is done again: the visit too
        check(again, county["reviewer1"])
    visit_all(again, county["reviewer1"])
    check(again, county["reviewer1"])
    assert again.step == "publish" and case.visits.count() == 2


def test_returning_and_refusing_need_a_reason(county: County) -> None:
    batch = make_batch(county, rows=1, until="check")
    visit_all(batch, county["reviewer1"])
    for verdict in (Verdict.RETURN, Verdict.REFUSE):
        with pytest.raises(NothingSigned, match="写明理由"):
            check(batch, county["reviewer1"], {active(batch)[0].number: RowVerdict(verdict, "  ")})


def test_a_row_goes_back_only_to_a_step_that_it_completed(county: County) -> None:
    batch = make_batch(county, rows=1, until="approve")
    with pytest.raises(NothingSigned, match="没有办过那个环节"):
        sign(
            batch,
            county["head1"],
            rows={active(batch)[0].number: RowVerdict(Verdict.RETURN, "再看看", to_step="record")},
        )


def test_a_batch_that_is_returned_as_a_whole_stays_one(county: County) -> None:
    batch = make_batch(county, rows=2, until="approve")
    back = {case.number: RowVerdict(Verdict.RETURN, "验收标准没写清") for case in active(batch)}
    outcome = sign(batch, county["head1"], rows=back)
    assert outcome.split == [] and (batch.step, batch.round) == ("check", 2)
    assert batch.pending == ",township_reviewer:assistance,"


def test_an_act_is_taken_back_before_the_next_level_signs_for_it(county: County) -> None:
    batch = make_batch(county, rows=2, until="check")
    visit_all(batch, county["reviewer1"])
    before = {case.pk: case.amount_fen for case in active(batch)}
    check(batch, county["reviewer1"], lowered(batch))
    assert HouseholdNotice.objects.filter(voided_at=None).count() == 1
    take_back(county, batch, "reviewer1")
    assert (batch.step, batch.round, batch.amount_fen) == ("check", 1, sum(before.values()))
    assert {case.pk: case.amount_fen for case in active(batch)} == before
    assert not HouseholdNotice.objects.filter(voided_at=None).exists()
    assert not Application.objects.exclude(checked_fen=None).exists()
    check(batch, county["reviewer1"])  # the visits of this round still count
    assert batch.step == "publish"


def refused_one(county: County) -> tuple[Batch, Case]:
    """Return a batch of three whose second row the reviewer refused, and that row."""
    batch = make_batch(county, rows=3, until="check")
    visit_all(batch, county["reviewer1"])
    second = active(batch)[1]
    check(batch, county["reviewer1"], {second.number: RowVerdict(Verdict.REFUSE, "没有建成")})
    second.refresh_from_db()
    assert second.state == CaseState.REFUSED and second.closed_at
    return batch, second


def test_a_row_that_was_refused_comes_back_with_the_act_that_refused_it(county: County) -> None:
    batch, second = refused_one(county)
    take_back(county, batch, "reviewer1")
    second.refresh_from_db()
    assert (second.state, second.step, second.closed_at) == (CaseState.ACTIVE, "check", None)
    assert second in active(batch)
    assert (batch.row_count, batch.amount_fen) == (3, sum(case.amount_fen for case in active(batch)))
    assert not HouseholdNotice.objects.filter(voided_at=None).exists()
    check(batch, county["reviewer1"])
    assert (batch.step, batch.row_count) == ("publish", 3)


def test_a_refusal_that_the_household_was_told_of_is_not_taken_back(county: County) -> None:
    batch, second = refused_one(county)
    notice = HouseholdNotice.objects.get(case=second)
    serve(
        by=county["reviewer1"],
        notice_id=notice.pk,
        served_on=clock.today(),
        how=ServiceMethod.SIGNED,
        served_to="本人",
    )
    with pytest.raises(BadAct, match="收到"):
        take_back(county, batch, "reviewer1")
    second.refresh_from_db()
    assert second.state == CaseState.REFUSED


def test_taking_back_is_told_as_an_act_with_its_reason(county: County) -> None:
    from portal.ledger.models import Event

    batch = make_batch(county, rows=1, until="deliberate")
    take_back(county, batch, "helper1", "漏了一户")
    last = batch.acts.latest("pk")
    assert (last.kind, last.step, last.opinion) == (ActKind.TAKE_BACK, "file", "漏了一户")
    event = Event.objects.filter(kind="batch.acted").latest("sequence")
    assert '"from":"deliberate"' in event.record and '"to":"file"' in event.record
    assert "漏了一户" not in event.record and '"opinion"' in event.record


def test_a_second_check_that_is_taken_back_restores_the_amount_of_the_first(county: County) -> None:
    batch = make_batch(county, rows=1, until="check")
    visit_all(batch, county["reviewer1"])
    check(batch, county["reviewer1"], lowered(batch, 150_000))
    carry(county, batch, "approve")
    sign(batch, county["head1"], rows={active(batch)[0].number: RowVerdict(Verdict.RETURN, "再核一次")})
    visit_all(batch, county["reviewer1"])
    check(batch, county["reviewer1"], lowered(batch, 120_000))
    take_back(county, batch, "reviewer1")
    assert active(batch)[0].amount_fen == 150_000


def test_taking_back_needs_a_reason(county: County) -> None:
    batch = make_batch(county, rows=1, until="deliberate")
    with pytest.raises(BadAct, match="原因"):
        take_back(county, batch, "helper1", " ")


def test_only_who_did_it_takes_it_back(county: County) -> None:
    batch = make_batch(county, rows=1, until="deliberate")
    with pytest.raises(NotYourTurn):
        take_back(county, batch, "clerk1")


def test_what_the_next_level_signed_for_is_not_taken_back(county: County) -> None:
    batch = make_batch(county, rows=1, until="record")
    act(
        actor=county["county"],
        batch_id=batch.pk,
        seen_version=batch.version,
        kind=ActKind.SIGN_FOR,
    )
    with pytest.raises(NotYourTurn):
        take_back(county, batch, "head1")
    with pytest.raises(NotYourTurn):
        take_back(county, batch, "county")


@pytest.mark.parametrize(("step", "who"), [("check", "clerk1"), ("publish", "clerk1"), ("pay", "reviewer1")])
def test_what_is_public_or_in_effect_is_not_taken_back(county: County, step: str, who: str) -> None:
    batch = make_batch(county, rows=1, until=step)
    with pytest.raises((BadAct, NotYourTurn)):
        take_back(county, batch, who)
    assert batch.step == step


def test_a_published_list_is_not_taken_back(county: County) -> None:
    batch = make_batch(county, rows=1, until="publish")
    sign(batch, county["reviewer1"])
    with pytest.raises(NotYourTurn):
        take_back(county, batch, "reviewer1")


def test_an_approval_that_is_taken_back_frees_the_budget(county: County) -> None:
    from workflows.programmes.models import Budget
    from workflows.programmes.services import committed_fen

    batch = make_batch(county, rows=2, until="record")
    budget = Budget.objects.get()
    assert committed_fen(budget) == batch.amount_fen
    take_back(county, batch, "head1")
    assert committed_fen(budget) == 0 and batch.step == "approve"


def test_a_registered_start_that_is_taken_back_is_forgotten(county: County) -> None:
    batch = make_batch(county, rows=1, until="accept")
    take_back(county, batch, "helper1")
    assert Application.objects.get().started_on is None and batch.step == "start"


def test_an_act_of_somebody_who_lost_the_office_is_not_taken_back_by_them(county: County) -> None:
    batch = make_batch(county, rows=1, until="deliberate")
    office = county["helper1"].offices.get()
    from datetime import timedelta

    from portal import clock
    from portal.people.services import end_office

    with clock.travel(clock.now() + timedelta(days=1)):
        end_office(by=county["security"], office=office, on=clock.today(), reason="调离")
        with pytest.raises(NotYourTurn):
            take_back(county, batch, "helper1")


def test_what_the_level_above_did_in_place_of_a_recused_official_goes_back_to_the_level_above(
    county: County,
) -> None:
    from .test_nobody_acts_twice import kin

    batch = make_batch(county, rows=1, until="check")
    kin(county, "reviewer1", batch)
    visit_all(batch, county["reviewer1"])
    check(batch, county["reviewer1"])
    check(batch, county["county"])
    take_back(county, batch, "county")
    assert batch.pending == ",county_reviewer:assistance,"


def test_the_undo_of_a_flow_is_run_when_its_act_is_taken_back(county: County) -> None:
    roads.looked.clear()
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1")
    sign(batch, county["clerk1"])
    sign(batch, county["reviewer1"], changes={"urgency": "high"})
    assert roads.looked == [batch.cases.get().number]
    take_back(county, batch, "reviewer1")
    assert roads.looked == [] and batch.step == "look"


def test_a_withdrawn_application_ends_and_the_others_go_on(county: County) -> None:
    batch = make_batch(county, rows=2, until="file")
    number = active(batch)[0].number
    sign(batch, county["helper1"], rows={number: RowVerdict(Verdict.WITHDRAW, "外出务工，不办了")})
    case = Case.objects.get(number=number)
    assert (case.state, case.closed_at is not None) == ("withdrawn", True)
    assert (batch.step, batch.row_count) == ("deliberate", 1)
    assert Decision.objects.get(case=case).reason == "外出务工，不办了"
    assert Act.objects.count() == 1


def test_a_return_that_is_taken_back_leaves_the_round_and_its_visits_as_they_were(county: County) -> None:
    batch = make_batch(county, rows=2, until="check")
    visit_all(batch, county["reviewer1"])
    back = {case.number: RowVerdict(Verdict.RETURN, "点错了") for case in active(batch)}
    check(batch, county["reviewer1"], back)
    assert (batch.step, batch.round) == ("file", 2)
    take_back(county, batch, "reviewer1")
    assert (batch.step, batch.round, {case.round for case in active(batch)}) == ("check", 1, {1})
    check(batch, county["reviewer1"])
    assert batch.step == "publish"


def test_a_return_is_not_taken_back_once_the_village_works_on_it(county: County) -> None:
    for first in (1, 10):
        batch = make_batch(county, rows=1, until="check", first=first)
        visit_all(batch, county["reviewer1"])
        case = active(batch)[0]
        check(batch, county["reviewer1"], {case.number: RowVerdict(Verdict.RETURN, "少一张表")})
        if first == 1:
            amend_application(
                by=county["clerk1"], case=case, seen_version=batch.version, answers=answers(3, 4000)
            )
        else:  # another household's application joins the batch: it was never deliberated
            assert make_batch(county, rows=1, until="file", first=20) == batch
        with pytest.raises(BadAct, match="已经签收"):
            take_back(county, batch, "reviewer1")
        assert batch.step == "file"
        carry(county, batch, "check")
