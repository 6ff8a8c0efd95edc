"""Reminders and escalation: when, to whom, once each; nothing is approved or moved by them."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.clock import jobs
from portal.ledger.models import Event
from portal.outbox.models import Message
from portal.people.models import Line, Role
from portal.people.services import end_office
from workflows.deadlines import reminding
from workflows.deadlines.escalation import chain
from workflows.deadlines.models import Mark, Reminder, Stay
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.play import sign
from workflows.engine.models import Batch
from workflows.engine.services import act

from .conftest import MONDAY, before_township, configure, june, on

# Five working days from 1 June end on the 8th; yellow from the 4th, red from the 9th.
LAST_OF_JUNE = 30


def marks(batch: Batch) -> list[tuple[str, int]]:
    return list(Reminder.objects.filter(stay__batch=batch).order_by("pk").values_list("mark", "number"))


def told(username: str, county: County) -> list[str]:
    """Return the messages of reminders to a person."""
    found = Message.objects.filter(recipient=county[username]).exclude(title__startswith="待办")
    return list(found.order_by("pk").values_list("title", flat=True))


def each_day(last: int, first: int = 1) -> None:
    """Let the clock's job run on every day of June from `first` to `last`."""
    for day in range(first, last + 1):
        with june(day):
            reminding.remind_due()


def test_a_step_in_its_time_reminds_nobody(county: County) -> None:
    with june(1):
        batch = before_township(county)
    each_day(3)
    assert marks(batch) == []


def test_it_reminds_when_yellow_when_red_and_then_every_few_days(county: County) -> None:
    with june(1):
        batch = before_township(county)
    each_day(4)
    assert marks(batch) == [("yellow", 0)]
    each_day(8, 5)
    assert marks(batch) == [("yellow", 0)]
    each_day(9, 9)
    assert marks(batch) == [("yellow", 0), ("red", 0)]
    each_day(12, 10)
    assert ("again", 1) in marks(batch) and ("again", 2) not in marks(batch)
    each_day(17, 13)
    assert ("again", 2) in marks(batch)
    first = told("reviewer1", county)
    assert [title[:2] for title in first] == ["黄灯", "红灯", "红灯", "红灯"]
    assert not any("road" in title for title in first)


def test_nobody_is_reminded_on_a_day_off(county: County) -> None:
    with june(1):
        batch = before_township(county)
    each_day(5)
    before = marks(batch)
    each_day(7, 6)  # a weekend
    assert marks(batch) == before


def test_what_stays_red_is_told_to_the_next_superior_and_then_to_the_one_above(county: County) -> None:
    with june(1):
        batch = before_township(county)
    each_day(10)
    assert told("head1", county) == []
    each_day(11, 11)  # three working days red
    assert len(told("head1", county)) == 1 and told("countyhead", county) == []
    each_day(16, 12)
    assert len(told("countyhead", county)) == 1
    each_day(22, 17)
    assert len(told("supervisor", county)) == 1
    each_day(LAST_OF_JUNE, 23)
    assert [number for mark, number in marks(batch) if mark == Mark.ESCALATED] == [1, 2, 3]
    assert len(told("head1", county)) == 1


def test_escalation_approves_nothing_and_moves_nothing(county: County) -> None:
    with june(1):
        batch = before_township(county)
    each_day(LAST_OF_JUNE)
    now = Batch.objects.get(pk=batch.pk)
    for name in ("step", "state", "version", "pending", "waits", "due_on", "entered_at"):
        assert getattr(now, name) == getattr(batch, name)
    with june(LAST_OF_JUNE):
        sign(now, county["reviewer1"], changes={"urgency": "low"})
    assert Batch.objects.get(pk=batch.pk).step == "post"


def test_every_reminder_is_an_event_that_names_office_and_days(county: County) -> None:
    with june(1):
        batch = before_township(county)
    each_day(11)
    events = Event.objects.filter(object_type="batch", object_id=batch.number)
    assert events.filter(kind="deadline.reminded").count() == 2
    escalated = events.get(kind="deadline.escalated")
    assert '"days":3' in escalated.record and "township_head" in escalated.record
    assert "陶远山" not in escalated.record


def test_a_tick_that_runs_again_tells_nothing_twice(county: County) -> None:
    with june(1):
        batch = before_township(county)
    with june(11):
        jobs.run_due()
        once = (marks(batch), Message.objects.count(), Event.objects.count())
        assert jobs.run_due()["deadlines.remind"] == 0
        Stay.objects.filter(batch=batch).update(next_on=MONDAY)  # as if what was told had not been noted
        assert reminding.remind_due() == 0
        assert (marks(batch), Message.objects.count(), Event.objects.count()) == once


def test_a_tick_that_comes_days_late_tells_each_thing_once_and_no_yellow(
    county: County,
) -> None:
    with june(1):
        batch = before_township(county)
    with june(18):
        jobs.run_due()
    assert marks(batch) == [("red", 0), ("again", 2), ("escalated", 1), ("escalated", 2)]


def test_a_step_that_was_done_reminds_nobody_any_more(county: County) -> None:
    with june(1):
        batch = before_township(county)
    with june(8):
        sign(batch, county["reviewer1"], changes={"urgency": "low"})
    each_day(9, 9)
    assert marks(batch) == []


def test_the_deadline_begins_anew_with_every_entry_to_a_step(county: County) -> None:
    with june(1):
        batch = before_township(county)
    with june(9):
        jobs.run_due()
        back(batch, county)
        batch.refresh_from_db()
        assert (batch.step, batch.due_on) == ("ask", date(2026, 6, 16))
        jobs.run_due()
        sign(batch, county["clerk1"])
    batch.refresh_from_db()
    assert batch.due_on == date(2026, 6, 16)
    assert marks(batch) == [("red", 0)]
    each_day(17, 10)
    assert marks(batch) == [("red", 0), ("yellow", 0), ("red", 0)]
    assert Stay.objects.filter(batch=batch).count() == 4


def back(batch: Batch, county: County) -> None:
    """The township returns the batch."""
    from workflows.demo.play import active
    from workflows.engine.acting import RowVerdict
    from workflows.engine.definitions import Verdict

    batch.refresh_from_db()
    verdicts = {case.pk: RowVerdict(Verdict.RETURN, "要补照片") for case in active(batch)}
    act(actor=county["reviewer1"], batch_id=batch.pk, seen_version=batch.version, verdicts=verdicts)


def test_the_clock_stands_still_while_a_list_is_published(county: County) -> None:
    with june(1):
        batch = before_township(county)
        sign(batch, county["reviewer1"], changes={"urgency": "low"})
    with june(2):
        sign(batch, county["reviewer1"])
    each_day(LAST_OF_JUNE, 2)
    assert marks(batch) == []
    stay = Stay.objects.get(batch=batch, left_at=None)
    assert (stay.step, stay.due_on, stay.paused_on) == ("post", None, date(2026, 6, 2))


def test_what_nobody_holds_is_said_openly(county: County) -> None:
    with june(1):
        batch = before_township(county)
        office = county["reviewer1"].offices.get()
        end_office(by=county["security"], office=office, on=MONDAY, reason="调走")
    each_day(11)
    found = Reminder.objects.filter(stay__batch=batch).order_by("pk")
    assert [(one.mark, bool(one.told)) for one in found] == [
        ("yellow", False),
        ("red", False),
        ("escalated", True),
    ]


def test_a_level_without_anybody_is_passed_over(county: County) -> None:
    with june(1):
        before_township(county)
        end_office(by=county["security"], office=county["head1"].offices.get(), on=MONDAY, reason="调走")
    each_day(11)
    assert len(told("countyhead", county)) == 1


def test_a_superior_of_another_township_or_line_is_not_told(county: County) -> None:
    with june(1):
        build.make_official(county, "head8", "尹望川", Role.TOWNSHIP_HEAD, "杉坞镇", Line.EDUCATION)
        before_township(county)
    each_day(11)
    assert told("head1", county) and not told("head2", county) and not told("head8", county)


def test_the_county_says_after_how_many_days(county: County) -> None:
    configure("deadline.escalate_after_days", 1, county.areas["枫禾县"])
    configure("deadline.remind_every_days", 1, county.areas["枫禾县"])
    with june(1):
        batch = before_township(county)
    each_day(10, 9)
    assert marks(batch) == [("red", 0), ("escalated", 1), ("again", 1), ("escalated", 2)]


def test_everybody_has_a_superior_but_the_supervisor() -> None:
    assert chain(Role.VILLAGE_CLERK)[-1] == Role.SUPERVISOR == chain(Role.COUNTY_FINANCE)[-1]
    assert chain(Role.SUPERVISOR) == []


def test_however_the_ticks_fall_the_same_things_are_told(county: County) -> None:
    """Whenever the clock's job runs, by the last day red and the levels above were told, each once."""

    @settings(max_examples=8)
    @given(st.sets(st.integers(2, 29), max_size=8))
    def told_once(days: set[int]) -> None:
        Stay.objects.update(next_on=None)
        with june(1):
            batch = before_township(county, f"road:{len(days)}")
        for day in sorted(days | {LAST_OF_JUNE}):
            with june(day):
                reminding.remind_due()
        said = marks(batch)
        assert len(said) == len(set(said))
        assert {("red", 0), ("escalated", 1), ("escalated", 2), ("escalated", 3)} <= set(said)
        with june(LAST_OF_JUNE):
            sign(batch, county["reviewer1"], changes={"urgency": "low"})

    told_once()


def test_the_job_comes_back_on_the_right_day_after_a_weekend(county: County) -> None:
    with on(date(2026, 6, 5)):
        batch = before_township(county)
    stay = Stay.objects.get(batch=batch, left_at=None)
    # Friday and five working days: due on Friday the 12th, yellow on Wednesday.
    assert (stay.due_on, stay.yellow_on, stay.next_on) == (
        date(2026, 6, 12),
        date(2026, 6, 10),
        date(2026, 6, 10),
    )
