"""Stays, lights and the total limit."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import jobs
from portal.clock.workdays import add_working_days, working_days_between
from workflows.deadlines import stays
from workflows.deadlines.models import Mark, Reminder, Stay
from workflows.demo.build import County
from workflows.demo.play import active, sign
from workflows.engine import consequences, deadlines
from workflows.engine.acting import RowVerdict
from workflows.engine.deadlines import Light
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch, BatchState, WrittenOnce

from .. import roads
from .conftest import MONDAY, before_township, configure, june

TOTAL = "flow.road_repair.total_days"


def open_stay(batch: Batch) -> Stay:
    return Stay.objects.get(batch=batch, left_at=None)


def test_a_deadline_of_five_days_is_yellow_two_days_before_its_end(county: County) -> None:
    area = county.areas["禾坪村"]
    due = date(2026, 6, 8)
    shown = []
    for day in range(1, 11):
        with june(day):
            shown.append(deadlines.light(due, area, MONDAY))
    assert shown == [Light.GREEN] * 3 + [Light.YELLOW] * 5 + [Light.RED] * 2


def test_a_long_deadline_is_yellow_for_its_last_fifth(county: County) -> None:
    area = county.areas["禾坪村"]
    due = add_working_days(MONDAY, 20)
    with june(1):
        assert deadlines.yellow_on(MONDAY, due, area) == add_working_days(MONDAY, 16)
    configure("deadline.yellow_percent", 50, area)
    assert deadlines.yellow_on(MONDAY, due, area) == add_working_days(MONDAY, 10)
    configure("deadline.yellow_days", 15, area)
    assert deadlines.yellow_on(MONDAY, due, area) == add_working_days(MONDAY, 5)


@given(st.dates(date(2025, 1, 1), date(2026, 9, 30)), st.integers(0, 40))
def test_a_light_never_begins_before_the_deadline_nor_ends_after_it(start: date, days: int) -> None:
    due = add_working_days(start, days)
    yellow = deadlines.yellow_on(start, due, None)
    left = working_days_between(yellow, due)
    assert start <= yellow <= due
    assert left <= max(2, -(-days // 5))
    if yellow > start:
        assert left == max(2, -(-days // 5))


test_a_light_never_begins_before_the_deadline_nor_ends_after_it = pytest.mark.django_db(
    test_a_light_never_begins_before_the_deadline_nor_ends_after_it
)


def test_a_setting_that_changes_later_leaves_running_steps_as_they_are(county: County) -> None:
    with june(1):
        batch = before_township(county)
    configure("flow.road_repair.look.days", 1, county.areas["枫禾县"], date(2026, 6, 2))
    configure("deadline.yellow_days", 4, county.areas["枫禾县"], date(2026, 6, 2))
    with june(3):
        jobs.run_due()
        other = before_township(county, "road:2")
        batch.refresh_from_db()
        assert batch.due_on == date(2026, 6, 8) and other.due_on == date(2026, 6, 4)
        assert deadlines.light(batch.due_on, batch.area, MONDAY) == Light.GREEN
        assert open_stay(batch).yellow_on == date(2026, 6, 4)
        assert open_stay(other).yellow_on == date(2026, 6, 3)


def test_a_stay_ends_with_the_working_days_that_it_took(county: County) -> None:
    with june(1):
        batch = before_township(county)
    with june(9):
        sign(batch, county["reviewer1"], changes={"urgency": "low"})
    looked = Stay.objects.get(batch=batch, step="look")
    assert looked.spent_days == 6 and looked.next_on is None
    assert open_stay(batch).step == "post"


def test_what_is_published_is_not_counted_as_time_taken(county: County) -> None:
    with june(1):
        batch = before_township(county)
        sign(batch, county["reviewer1"], changes={"urgency": "low"})
    with june(2):
        sign(batch, county["reviewer1"])
    with june(12):
        run_out(batch)
    assert Stay.objects.get(batch=batch, step="post").spent_days == 1
    assert open_stay(batch).due_on == add_working_days(date(2026, 6, 12), 5)


def run_out(batch: Batch) -> None:
    """The board's time is over."""
    consequences.move_by_clock(
        batch_number=batch.number, awaited=f"board:{batch.number}", held=set(), why="张贴期满"
    )


def test_no_total_runs_until_a_county_sets_one(county: County) -> None:
    with june(1):
        batch = before_township(county)
    assert open_stay(batch).total_due_on is None


def test_the_total_counts_from_the_opening_across_steps(county: County) -> None:
    configure(TOTAL, 15, county.areas["枫禾县"])
    with june(1):
        batch = before_township(county)
    with june(5):
        sign(batch, county["reviewer1"], changes={"urgency": "low"})
    stay = open_stay(batch)
    assert (stay.total_from, stay.total_due_on) == (MONDAY, date(2026, 6, 23))
    assert stay.total_yellow_on == add_working_days(MONDAY, 12)


def test_the_total_reminds_and_tells_the_superior_by_a_light_of_its_own(county: County) -> None:
    configure(TOTAL, 3, county.areas["枫禾县"])
    with june(1):
        batch = before_township(county)
    with june(5):
        jobs.run_due()
    found = Reminder.objects.filter(stay__batch=batch, mark=Mark.TOTAL_RED)
    assert found.count() == 1 and "陶远山" in found.get().told[0]


def test_the_total_stands_still_while_a_list_is_published(county: County) -> None:
    configure(TOTAL, 10, county.areas["枫禾县"])
    with june(1):
        batch = before_township(county)
        sign(batch, county["reviewer1"], changes={"urgency": "low"})
        sign(batch, county["reviewer1"])
    with june(9):
        run_out(batch)
    # Six working days on the board: ten from 1 June would have ended on the 15th.
    assert open_stay(batch).total_due_on == add_working_days(date(2026, 6, 15), 6)


def test_a_county_may_let_the_total_run_on_during_publication(county: County) -> None:
    configure(TOTAL, 10, county.areas["枫禾县"])
    configure("deadline.total_pauses", False, county.areas["枫禾县"])
    with june(1):
        batch = before_township(county)
        sign(batch, county["reviewer1"], changes={"urgency": "low"})
        sign(batch, county["reviewer1"])
    with june(9):
        run_out(batch)
    assert open_stay(batch).total_due_on == date(2026, 6, 15)


def test_rows_that_fall_out_keep_their_deadline_and_total(county: County) -> None:
    configure(TOTAL, 15, county.areas["枫禾县"])
    with june(1):
        batch = before_township(county, "road:1", "road:2")
    with june(3):
        held = active(batch)[0]
        sign(
            batch,
            county["reviewer1"],
            changes={"urgency": "low"},
            rows={held.number: RowVerdict(Verdict.HOLD)},
        )
    offshoot = Batch.objects.get(parent=batch)
    stay = open_stay(offshoot)
    assert (stay.step, stay.due_on) == ("look", date(2026, 6, 8))
    assert stay.total_due_on == open_stay(batch).total_due_on == date(2026, 6, 23)


def test_a_batch_that_is_over_stays_nowhere(county: County) -> None:
    with june(1):
        batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1")
        withdrawn = {active(batch)[0].number: RowVerdict(Verdict.WITHDRAW, "不修了")}
        sign(batch, county["clerk1"], rows=withdrawn)
    batch.refresh_from_db()
    assert batch.state == BatchState.CLOSED
    assert not Stay.objects.filter(batch=batch, left_at=None).exists()


def test_batches_from_before_are_taken_up_once(county: County) -> None:
    with june(1):
        batch = before_township(county)
        Stay.objects.filter(batch=batch).delete()
    with june(9):
        assert stays.follow_missing() == 1
        assert stays.follow_missing() == 0
        jobs.run_due()
    assert open_stay(batch).due_on == date(2026, 6, 8)
    assert Reminder.objects.filter(stay__batch=batch, mark=Mark.RED).exists()


def test_a_reminder_cannot_be_changed_or_deleted(county: County) -> None:
    with june(1):
        batch = before_township(county)
    with june(9):
        jobs.run_due()
    one = Reminder.objects.get(stay__batch=batch)
    for change in (one.save, one.delete, Reminder.objects.all().delete):
        with pytest.raises(WrittenOnce):
            change()


@pytest.mark.parametrize("value", [-1, 751, True, "5", 2.5])
def test_what_is_no_number_of_days_is_refused(value: object) -> None:
    assert deadlines.whole_days(value)
    assert deadlines.whole_days(15) is None
