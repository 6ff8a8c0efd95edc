"""The list's clock moves rows on, an objection holds its row, a correction is waited for (rules 4 to 6)."""

from datetime import timedelta

import pytest

from disclosure.publicity.models import ListKind, ListState, Objection, PublicList
from disclosure.publicity.services import RowDraft, answer, correct, end_due_lists, lodge
from portal import clock
from portal.clock import jobs
from portal.people.models import Office
from workflows.demo.build import County
from workflows.demo.play import active, check, sign, visit_all
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import NotYourTurn
from workflows.engine.models import ActKind, Batch, Case

from ..county import carry, make_batch


def office(county: County, username: str) -> Office:
    """Return the one office of `username`."""
    return county[username].offices.select_related("area").get()


def published(county: County, rows: int = 3) -> tuple[Batch, PublicList]:
    """Return a batch whose list runs, and the list."""
    batch = make_batch(county, rows=rows, until="publish")
    sign(batch, county["reviewer1"])
    return batch, PublicList.objects.get(number=batch.waits)


def object_to(running: PublicList, place: int | None = 0) -> Objection:
    """Lodge an objection to the row at `place`, or to the whole list."""
    rows = list(running.rows.order_by("position"))
    row_id = rows[place].pk if place is not None else None
    return lodge(list_id=running.pk, row_id=row_id, text="这家没有建圈舍").objection


def settle(county: County, objection: Objection, outcome: str, by: str = "reviewer1") -> None:
    """Answer `objection`."""
    answer(
        by=county[by],
        office=office(county, by),
        objection_id=objection.pk,
        outcome=outcome,
        findings="到现场看了，问了邻居",
        answer="已经查过，谢谢您提出来。",
        investigators=["沈知行", "韩同行"],
    )


def end(running: PublicList) -> int:
    """End all lists that are due the day after `running` closes."""
    with clock.travel(clock.now() + (running.closes_on - clock.today() + timedelta(days=1))):
        return end_due_lists()


def stands(case_number: str) -> tuple[str, str]:
    """Return the step and the awaited list of the batch of a case."""
    batch = Case.objects.select_related("batch").get(number=case_number).batch
    return batch.step, batch.waits


def test_a_batch_on_a_running_list_waits_and_nobody_may_act(county: County) -> None:
    batch, running = published(county)
    assert running.kind == ListKind.APPLICATION and running.row_count == 3
    for name in ("reviewer1", "head1", "clerk1"):
        with pytest.raises(NotYourTurn, match="公示期满"):
            sign(batch, county[name])
        assert not Batch.objects.waiting_for(county[name]).filter(pk=batch.pk).exists()


def test_the_clock_moves_nothing_before_the_last_day_is_over(county: County) -> None:
    batch, running = published(county)
    with clock.travel(clock.now() + (running.closes_on - clock.today())):
        assert end_due_lists() == 0
    batch.refresh_from_db()
    assert batch.waits == running.number
    end(running)
    batch.refresh_from_db()
    assert (batch.step, batch.waits) == ("approve", "")
    assert batch.acts.latest("pk").kind == ActKind.CLOCK and batch.acts.latest("pk").actor is None


def test_a_second_tick_moves_nothing(county: County) -> None:
    batch, running = published(county)
    with clock.travel(clock.now() + (running.closes_on - clock.today() + timedelta(days=1))):
        first = jobs.run_due()
        batch.refresh_from_db()
        version = batch.version
        second = jobs.run_due()
    batch.refresh_from_db()
    # Two lists end: this one and the village's resolution, which moves nothing.
    assert first["publicity.end_due_lists"] == 2 and second["publicity.end_due_lists"] == 0
    assert batch.version == version and batch.acts.filter(kind=ActKind.CLOCK).count() == 1


def test_an_open_objection_holds_its_row_and_the_others_move_on(county: County) -> None:
    batch, running = published(county)
    held = object_to(running).row.subject.removeprefix("case:")
    end(running)
    batch.refresh_from_db()
    assert (batch.step, batch.row_count) == ("approve", 2)
    assert stands(held) == ("publish", running.number)
    apart = Case.objects.get(number=held).batch
    assert apart.parent == batch and not apart.pending


def test_the_held_row_goes_on_when_the_objection_is_dismissed(county: County) -> None:
    batch, running = published(county)
    objection = object_to(running)
    end(running)
    settle(county, objection, "dismissed")
    apart = Batch.objects.get(parent=batch)
    assert (apart.step, apart.waits) == ("approve", "") and apart.pending == ",township_head:assistance,"


def test_a_row_under_two_objections_goes_on_only_after_both(county: County) -> None:
    batch, running = published(county)
    one, two = object_to(running), object_to(running)
    end(running)
    settle(county, one, "dismissed")
    assert Batch.objects.get(parent=batch).waits == running.number
    settle(county, two, "dismissed")
    assert Batch.objects.get(parent=batch).step == "approve"


def test_an_objection_answered_in_time_holds_nothing(county: County) -> None:
    batch, running = published(county)
    settle(county, object_to(running), "dismissed")
    end(running)
    batch.refresh_from_db()
    assert (batch.step, batch.row_count) == ("approve", 3)


def test_an_upheld_objection_sends_the_row_back_to_be_checked_and_published_again(county: County) -> None:
    batch, running = published(county)
    objection = object_to(running)
    number = objection.row.subject.removeprefix("case:")
    settle(county, objection, "upheld")
    batch.refresh_from_db()
    back = Case.objects.get(number=number).batch
    assert (batch.step, batch.waits, batch.row_count) == ("publish", running.number, 2)
    assert (back.step, back.round, back.parent) == ("check", 2, batch)
    decision = Case.objects.get(number=number).decisions.latest("pk")
    assert (decision.verdict, decision.actor, "异议成立" in decision.reason) == (
        Verdict.RETURN,
        county["reviewer1"],
        True,
    )
    end(running)
    batch.refresh_from_db()
    assert batch.step == "approve"
    visit_all(back, county["reviewer1"])
    lower = RowVerdict(reason="只建了一半", changes={"amount_fen": 100_000})
    check(back, county["reviewer1"], {number: lower})
    sign(back, county["reviewer1"])
    again = PublicList.objects.get(number=back.waits)
    assert (again.row_count, again.total_fen) == (1, 100_000) and again.number != running.number


def test_an_objection_upheld_after_the_period_sends_the_held_row_back(county: County) -> None:
    _batch, running = published(county)
    objection = object_to(running)
    end(running)
    settle(county, objection, "upheld")
    assert stands(objection.row.subject.removeprefix("case:")) == ("check", "")


def test_who_upheld_an_objection_for_the_county_still_records_for_the_county(county: County) -> None:
    batch, running = published(county, rows=1)
    settle(county, object_to(running), "upheld", by="county")
    batch.refresh_from_db()
    assert active(batch)[0].decisions.latest("pk").level == "county"
    carry(county, batch, "start")
    assert batch.step == "start"


def test_an_upheld_objection_to_the_whole_list_sends_every_row_back(county: County) -> None:
    batch, running = published(county)
    objection = object_to(running, None)
    end(running)
    batch.refresh_from_db()
    assert batch.waits == running.number  # it holds every row
    settle(county, objection, "upheld")
    batch.refresh_from_db()
    assert (batch.step, batch.row_count, batch.waits) == ("check", 3, "")


def test_a_dismissed_objection_to_the_whole_list_lets_every_row_go(county: County) -> None:
    batch, running = published(county)
    objection = object_to(running, None)
    end(running)
    settle(county, objection, "dismissed")
    batch.refresh_from_db()
    assert (batch.step, batch.row_count) == ("approve", 3)


def drafts(running: PublicList, **changed: int) -> list[RowDraft]:
    """Return the rows of `running` as drafts; `changed` maps positions (``r1``) to other amounts."""
    made = []
    for row in running.rows.order_by("position"):
        shown = row.shown
        made.append(
            RowDraft(
                subject=row.subject,
                name=row.name,
                group=shown["group"],
                item=shown["item"],
                amount_fen=changed.get(f"r{row.position}", row.amount_fen),
                note=shown["note"],
                why=shown["why"],
            )
        )
    return made


def correction(county: County, running: PublicList, rows: list[RowDraft]) -> PublicList:
    """Publish a corrected version of `running`."""
    return correct(
        by=county["reviewer1"],
        office=office(county, "reviewer1"),
        list_id=running.pk,
        rows=rows,
        reason="第二行的组写错了",
    )


def test_a_corrected_list_restarts_the_clock_and_the_batch_waits_for_it(county: County) -> None:
    batch, running = published(county)
    with clock.travel(clock.now() + timedelta(days=5)):
        new = correction(county, running, drafts(running))
        batch.refresh_from_db()
        assert batch.waits == new.number
        with clock.travel(clock.now() + timedelta(days=4)):
            end_due_lists()  # the old one would have ended by now
            batch.refresh_from_db()
            assert batch.waits == new.number
        end(new)
    batch.refresh_from_db()
    running.refresh_from_db()
    assert (batch.step, batch.row_count, running.state) == ("approve", 3, ListState.SUPERSEDED)


def test_an_objection_to_the_older_version_still_holds_its_row(county: County) -> None:
    batch, running = published(county)
    objection = object_to(running)
    new = correction(county, running, drafts(running))
    end(new)
    held = Batch.objects.get(parent=batch)
    assert held.waits == new.number
    settle(county, objection, "dismissed")
    held.refresh_from_db()
    assert held.step == "approve"


def test_a_row_that_a_correction_takes_out_or_changes_is_checked_again(county: County) -> None:
    batch, running = published(county)
    first, second, third = (row.subject.removeprefix("case:") for row in running.rows.order_by("position"))
    position = running.rows.order_by("position")[1].position
    new = correction(county, running, drafts(running, **{f"r{position}": 100})[1:])
    assert stands(first) == ("check", "") and stands(second) == ("check", "")
    assert stands(third) == ("publish", new.number)
    end(new)
    batch.refresh_from_db()
    assert (batch.step, [case.number for case in active(batch)]) == ("approve", [third])


def test_a_list_of_which_every_row_is_sent_back_is_not_published(county: County) -> None:
    batch = make_batch(county, rows=2, until="publish")
    back = {case.number: RowVerdict(Verdict.RETURN, "金额再核一次") for case in active(batch)}
    sign(batch, county["reviewer1"], rows=back)
    assert batch.step == "check" and not PublicList.objects.filter(kind=ListKind.APPLICATION).exists()
