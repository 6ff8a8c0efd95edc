"""Jobs due by the clock: each runs once at a time, and one that fails stops no other."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from portal.clock import jobs
from portal.clock.models import JobRun

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
Travel = Callable[[datetime], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def no_other_jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(jobs, "_jobs", {})
    yield


def fails() -> int:
    raise ValueError("王测试 19900000001")


@pytest.mark.django_db
def test_every_registered_job_runs_and_tells_how_much_it_did(travel: Travel) -> None:
    jobs.register("first", lambda: 2)
    jobs.register("second", lambda: 0)
    with travel(NOON):
        assert jobs.run_due() == {"first": 2, "second": 0}
    run = JobRun.objects.get(name="first")
    assert (run.last_started_at, run.last_finished_at, run.last_error) == (NOON, NOON, "")


@pytest.mark.django_db
def test_a_failing_job_does_not_stop_the_others_and_is_recorded_without_its_message() -> None:
    jobs.register("broken", fails)
    jobs.register("sound", lambda: 1)
    assert jobs.run_due() == {"sound": 1}
    (error,) = jobs.failing().values()
    assert error.startswith("ValueError (test_jobs.py:")
    assert "1990" not in error and "王" not in error


@pytest.mark.django_db
def test_a_job_that_works_again_is_no_longer_failing(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.register("shaky", fails)
    jobs.run_due()
    monkeypatch.setattr(jobs, "_jobs", {"shaky": lambda: 1})
    assert jobs.run_due() == {"shaky": 1}
    assert jobs.failing() == {}


@pytest.mark.django_db
def test_a_job_that_is_running_is_not_started_again() -> None:
    inner: list[dict[str, int]] = []

    def job() -> int:
        inner.append(jobs.run_due())
        return 1

    jobs.register("nested", job)
    assert jobs.run_due() == {"nested": 1}
    assert inner == [{}]


@pytest.mark.django_db
def test_a_job_whose_runner_was_killed_runs_again_when_its_claim_is_over(travel: Travel) -> None:
    jobs.register("orphan", lambda: 1)
    JobRun.objects.create(name="orphan", claimed_until=NOON)
    with travel(NOON - timedelta(seconds=1)):
        assert jobs.run_due() == {}
    with travel(NOON):
        assert jobs.run_due() == {"orphan": 1}


@pytest.mark.postgres(only=True)
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_ticks_at_once_run_a_job_once(rounds: Callable[[int, int], int]) -> None:
    ticks = 4
    for number in range(rounds(5, 100)):
        start = threading.Barrier(ticks)
        returned = threading.Semaphore(0)
        results: list[dict[str, int]] = []

        def job(returned: threading.Semaphore = returned) -> int:
            # The job ends only when every other tick has come back without it.
            return sum(returned.acquire(timeout=10) for _ in range(ticks - 1))

        def tick(
            start: threading.Barrier = start,
            returned: threading.Semaphore = returned,
            results: list[dict[str, int]] = results,
        ) -> None:
            start.wait()
            try:
                results.append(jobs.run_due())
            finally:
                returned.release()
                connection.close()

        jobs.register(f"once {number}", job)
        threads = [threading.Thread(target=tick) for _ in range(ticks)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ran = [result[f"once {number}"] for result in results if f"once {number}" in result]
        assert ran == [ticks - 1]
        jobs._jobs.clear()


def test_a_name_is_registered_once() -> None:
    jobs.register("one", fails)
    jobs.register("one", fails)
    with pytest.raises(ValueError, match="已经登记"):
        jobs.register("one", lambda: 1)


@pytest.mark.django_db
def test_tick_prints_what_was_done_and_can_run_twice() -> None:
    due = [3, 0]
    jobs.register("lists", lambda: due.pop(0))
    out = StringIO()
    call_command("tick", stdout=out)
    call_command("tick", stdout=out)
    assert out.getvalue() == "lists：办理 3 件\n"


@pytest.mark.django_db
def test_tick_ends_with_code_1_and_names_the_job_that_failed() -> None:
    jobs.register("broken", fails)
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("tick", stderr=err)
    assert ended.value.code == 1
    assert "broken 出错：ValueError" in err.getvalue()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_tick_goes_on_until_it_is_told_to_stop_and_then_ends_its_round() -> None:
    done: list[str] = []

    def stops_the_second_time() -> int:
        done.append("first job")
        if len(done) > 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return 1

    def second() -> int:
        done.append("second job")
        return 1

    jobs.register("first", stops_the_second_time)
    jobs.register("second", second)
    call_command("tick", every=0.01, stdout=StringIO())
    assert done == ["first job", "second job"] * 2


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_tick_outlives_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []

    def run_due() -> dict[str, int]:
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    monkeypatch.setattr(jobs, "run_due", run_due)
    call_command("tick", every=0.01, stdout=StringIO())
    assert len(rounds) == 2
