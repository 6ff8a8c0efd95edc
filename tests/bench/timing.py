"""Timing two things turn by turn, so that whatever else the machine does falls on both alike."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext


def turn_by_turn(times: int, **things: Callable[[int], object]) -> dict[str, float]:
    """Return the milliseconds that each of `things` takes, called `times` times in turn with its number.

    Of the processor, in this process and in the database's that serves it, so that other work on the machine
    does not count. Where the machine does not tell, of the wall clock, and then the fifth at the quick end:
    on a busy machine the longer of two things is put aside more often than the shorter.
    """
    spent = _clock()
    taken: dict[str, list[float]] = {name: [] for name in things}
    for number in range(times):
        for name, thing in things.items():
            started = spent()
            thing(number)
            taken[name].append((spent() - started) * 1000)
    return {name: statistics.quantiles(values, n=5)[0] for name, values in taken.items()}


def _clock() -> Callable[[], float]:
    """Return what tells the seconds of processor spent; the wall clock where a server hides its own."""
    if connection.vendor == "sqlite":
        return time.thread_time
    connection.ensure_connection()
    schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    try:
        told = int(schedule.read_text().split()[0])
    except (OSError, ValueError):
        told = 0
    if not told:
        return time.perf_counter
    return lambda: time.thread_time() + int(schedule.read_text().split()[0]) / 1e9


def queries(thing: Callable[[], object]) -> int:
    """Return how many queries `thing` asks, without those that begin, mark and end a transaction."""
    with CaptureQueriesContext(connection) as captured:
        thing()
    words = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(words) for query in captured.captured_queries)


def verdict(met: bool) -> str:
    """Return how an aim was met."""
    return "met" if met else "MISSED"
