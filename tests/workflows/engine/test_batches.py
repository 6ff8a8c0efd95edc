"""Batches: rows travel together, fall out in batches of their own, and nothing passes by itself."""

import pytest

from workflows.demo.build import County
from workflows.demo.play import active, check, sign, visit_all
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import NothingSigned
from workflows.engine.models import Batch, BatchState, Case, CaseState
from workflows.engine.numbers import batch_root
from workflows.engine.services import act

from ..county import make_batch


def test_cases_of_a_village_gather_in_one_draft_batch(county: County) -> None:
    batch = make_batch(county, rows=2, until="file")
    again = make_batch(county, rows=1, until="file", first=10)
    assert again == batch and again.row_count == 3
    assert again.amount_fen == sum(case.amount_fen for case in active(again))


def test_what_is_filed_after_the_batch_left_gathers_in_the_next(county: County) -> None:
    first = make_batch(county, rows=1, until="deliberate")
    second = make_batch(county, rows=1, until="file", first=10)
    assert second != first and second.number == f"{first.area.code}-{first.number.split('-')[1]}-002"


def test_held_rows_fall_out_and_keep_their_deadline_and_seat(county: County) -> None:
    batch = make_batch(county, rows=3, until="check")
    due, held = batch.due_on, active(batch)[2].number
    visit_all(batch, county["reviewer1"])
    outcome = check(batch, county["reviewer1"], {held: RowVerdict(Verdict.HOLD)})
    apart = Batch.objects.get(number=outcome.split[0])
    assert apart.number == f"{batch.number}-1" and batch_root(apart.number) == batch.number
    assert (apart.step, apart.due_on, apart.row_count) == ("check", due, 1)
    assert apart.pending == ",township_reviewer:assistance,"
    assert (batch.step, batch.row_count) == ("publish", 2)
    assert batch.amount_fen + apart.amount_fen == sum(Case.objects.values_list("amount_fen", flat=True))


def test_rows_that_one_county_office_holds_still_wait_only_for_those_who_have_not_acted(
    county: County,
) -> None:
    batch = make_batch(county, rows=2, until="record")
    sign(batch, county["county"])
    assert batch.pending == ",county_finance:finance,"
    held = active(batch)[0].number
    outcome = sign(batch, county["finance"], rows={held: RowVerdict(Verdict.HOLD)})
    apart = Batch.objects.get(number=outcome.split[0])
    assert (batch.step, apart.step, apart.pending) == ("start", "record", ",county_finance:finance,")


def test_a_batch_whose_rows_are_all_refused_is_closed(county: County) -> None:
    batch = make_batch(county, rows=2, until="check")
    visit_all(batch, county["reviewer1"])
    check(
        batch,
        county["reviewer1"],
        {case.number: RowVerdict(Verdict.REFUSE, "没有建") for case in active(batch)},
    )
    assert batch.state == BatchState.CLOSED and batch.closed_at and not batch.pending
    assert set(batch.cases.values_list("state", flat=True)) == {CaseState.REFUSED}


def test_a_refused_row_leaves_and_the_others_go_on(county: County) -> None:
    batch = make_batch(county, rows=2, until="check")
    visit_all(batch, county["reviewer1"])
    number = active(batch)[0].number
    outcome = check(batch, county["reviewer1"], {number: RowVerdict(Verdict.REFUSE, "没有建")})
    assert outcome.split == [] and (batch.step, batch.row_count) == ("publish", 1)
    assert Case.objects.get(number=number).step == "check"


def test_an_act_that_says_nothing_of_any_row_is_refused(county: County) -> None:
    batch = make_batch(county, rows=2, until="file")
    for verdicts in ({}, {case.pk: RowVerdict(Verdict.HOLD) for case in active(batch)}):
        with pytest.raises(NothingSigned, match="没有选择意见"):
            act(actor=county["helper1"], batch_id=batch.pk, seen_version=batch.version, verdicts=verdicts)
    batch.refresh_from_db()
    assert batch.step == "file" and not batch.acts.exists()


def test_a_verdict_that_the_step_does_not_know_is_refused(county: County) -> None:
    batch = make_batch(county, rows=1, until="record")
    with pytest.raises(NothingSigned, match="不能选"):
        sign(batch, county["county"], rows={active(batch)[0].number: RowVerdict(Verdict.REFUSE, "不同意")})


def test_both_county_offices_record_every_batch(county: County) -> None:
    for first, order in ((1, ("county", "finance")), (10, ("finance", "county"))):
        batch = make_batch(county, rows=1, until="record", first=first)
        sign(batch, county[order[0]])
        assert batch.step == "record"
        sign(batch, county[order[1]])
        assert batch.step == "start"


def test_those_whose_turn_it_becomes_are_told_and_told_once(county: County) -> None:
    from portal.outbox.models import Message

    batch = make_batch(county, rows=2, until="deliberate")
    told = Message.objects.filter(title__contains="禾坪村").values_list("recipient__username", flat=True)
    assert set(told) == {"clerk1", "secretary1", "team1"}
    before = Message.objects.count()
    from workflows.demo.play import meet

    meet(batch, county["clerk1"], 0)
    assert Message.objects.count() == before
    batch = make_batch(county, rows=1, until="record", first=10)
    before = Message.objects.count()
    sign(batch, county["county"])
    assert Message.objects.count() == before


def test_a_long_title_neither_breaks_the_batch_nor_its_message(county: County) -> None:
    from portal.areas.models import Area
    from workflows.programmes.models import Programme

    Programme.objects.update(title="到户" * 40)
    Area.objects.filter(name="禾坪村").update(name="禾坪" * 30)
    county.areas["禾坪村"].refresh_from_db()
    batch = make_batch(county, rows=1, until="check")
    assert len(batch.title) <= 120 and batch.step == "check"
    Area.objects.filter(pk=batch.area_id).update(name="禾坪村")
    county.areas["禾坪村"].refresh_from_db()
