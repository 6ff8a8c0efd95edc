"""The clock's job: it ends a list once, and an objection holds its row, not the list."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from disclosure.publicity import jobs
from disclosure.publicity.models import ListState, PublicList
from disclosure.publicity.services import correct, end_due_lists
from disclosure.publicity.signals import list_ran_out
from portal import clock
from portal.clock import jobs as due
from portal.ledger.models import Event
from portal.ledger.services import Draft
from portal.people.models import Role
from tests.disclosure.publicity.test_objections import answered, listening, object_to
from tests.disclosure.village import Village, a_list, hold, household, noon, opened

DAY = date(2026, 11, 21)
LAST = date(2026, 11, 28)
AFTER = noon(LAST + timedelta(days=1), 0, 1)


def _published(village: Village, **changes: Any) -> PublicList:
    with clock.travel(noon(DAY)):
        return a_list(village, **changes)


def test_a_list_runs_to_the_end_of_its_last_day(village: Village) -> None:
    published = _published(village)
    with clock.travel(noon(LAST, 23, 59)):
        assert end_due_lists() == 0
    with clock.travel(AFTER), listening(list_ran_out) as heard:
        assert end_due_lists() == 1
    published.refresh_from_db()
    assert (published.state, published.ended_at) == (ListState.ENDED, AFTER)
    assert heard[0]["list"] == published
    assert heard[0]["open_subjects"] == set()


def test_two_ticks_end_a_list_once(village: Village) -> None:
    _published(village)
    with clock.travel(AFTER), listening(list_ran_out) as heard:
        assert due.run_due()[jobs.NAME] == 1
        assert due.run_due()[jobs.NAME] == 0
    assert len(heard) == 1
    assert Event.objects.filter(kind="list.ended").count() == 1


def test_an_ended_list_with_an_open_objection_holds_only_that_rows_subject(village: Village) -> None:
    published = _published(village)
    with clock.travel(noon(DAY)):
        object_to(published, 2)
    with clock.travel(AFTER), listening(list_ran_out) as heard:
        end_due_lists()
    published.refresh_from_db()
    assert published.state == ListState.ENDED
    assert heard[0]["open_subjects"] == {"case:C2"}
    assert '"held_rows":[2]' in Event.objects.get(kind="list.ended").record


def test_an_objection_to_the_whole_list_holds_every_row(village: Village) -> None:
    published = _published(village)
    with clock.travel(noon(DAY)):
        object_to(published, None)
    with clock.travel(AFTER), listening(list_ran_out) as heard:
        end_due_lists()
    assert heard[0]["open_subjects"] == {"case:C1", "case:C2", "case:C3"}


def test_an_objection_that_was_answered_in_time_holds_nothing(village: Village) -> None:
    village.seat(Role.VILLAGE_SUPERVISION)
    published = _published(village)
    with clock.travel(noon(DAY + timedelta(days=2))):
        answered(village, object_to(published, 2).objection)
    with clock.travel(AFTER), listening(list_ran_out) as heard:
        end_due_lists()
    assert heard[0]["open_subjects"] == set()


def test_a_corrected_version_never_runs_out_and_its_successor_does(village: Village) -> None:
    old = _published(village)
    with clock.travel(noon(DAY + timedelta(days=3))):
        new = correct(
            **village.seat(Role.TOWNSHIP_REVIEWER), list_id=old.pk, rows=[household(1)], reason="写错了"
        )
    with clock.travel(AFTER):
        assert end_due_lists() == 0
    with clock.travel(AFTER + timedelta(days=3)), listening(list_ran_out) as heard:
        assert end_due_lists() == 1
    assert [facts["list"] for facts in heard] == [new]
    old.refresh_from_db()
    assert old.state == ListState.SUPERSEDED


def test_announcements_end_too_but_move_no_row(village: Village) -> None:
    with clock.travel(noon(DAY)):
        deliberation = opened(village)
        hold(village, deliberation)
        a_list(village, kind="resolution", deliberation=deliberation)
        a_list(village, kind="result")
    with clock.travel(AFTER + timedelta(days=7)), listening(list_ran_out) as heard:
        assert end_due_lists() == 2
    assert heard == []
    assert {*PublicList.objects.values_list("state", flat=True)} == {ListState.ENDED}


def test_what_a_listener_does_stands_after_the_end_in_the_ledger(village: Village) -> None:
    _published(village)

    def move_on(**_: Any) -> list[Draft]:
        return [Draft(kind="list.posted", object_type="test", object_id="follows")]

    list_ran_out.connect(move_on)
    try:
        with clock.travel(AFTER):
            end_due_lists()
    finally:
        list_ran_out.disconnect(move_on)
    last = Event.objects.order_by("-sequence")[:2]
    assert [event.kind for event in last] == ["list.posted", "list.ended"]


def test_a_list_that_fails_stays_running_is_reported_and_does_not_stop_the_others(village: Village) -> None:
    bad, good = _published(village), _published(village, reference="batch:B2")

    def fail(list: PublicList, **_: Any) -> None:
        if list.pk == bad.pk:
            raise RuntimeError("cannot move")

    list_ran_out.connect(fail)
    try:
        with clock.travel(AFTER):
            due.run_due()
            assert jobs.NAME in due.failing()
    finally:
        list_ran_out.disconnect(fail)
    states = [PublicList.objects.get(pk=one.pk).state for one in (bad, good)]
    assert states == [ListState.RUNNING, ListState.ENDED]
    with clock.travel(AFTER):
        assert due.run_due()[jobs.NAME] == 1
        assert jobs.NAME not in due.failing()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_processes_at_once_end_every_list_once(
    transactional_db: None, village: Village, rounds: Callable[[int, int], int]
) -> None:
    count = rounds(4, 40)
    for number in range(count):
        _published(village, reference=f"batch:B{number}")
    barrier = threading.Barrier(2)
    ended: list[int] = []

    def tick() -> None:
        try:
            with clock.travel(AFTER):
                barrier.wait()
                ended.append(end_due_lists())
        finally:
            connection.close()

    threads = [threading.Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(ended) == count
    assert Event.objects.filter(kind="list.ended").count() == count
