"""Timing two things turn by turn, so that whatever else the machine does falls on both alike."""

import statistics
import time
from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def turn_by_turn(times: int, **things: Callable[[int], object]) -> dict[str, float]:
    """Return the milliseconds of each of `things`, called `times` times in turn with its number.

    On SQLite, which works inside this process, they are of its processor; otherwise of the wall clock, and
    then the fifth at the quick end: on a busy machine the longer of two things is put aside for others more
    often than the shorter, and a median would measure that.
    """
    tick = time.thread_time if connection.vendor == "sqlite" else time.perf_counter
    taken: dict[str, list[float]] = {name: [] for name in things}
    for number in range(times):
        for name, thing in things.items():
            started = tick()
            thing(number)
            taken[name].append((tick() - started) * 1000)
    return {name: statistics.quantiles(values, n=5)[0] for name, values in taken.items()}


def queries(thing: Callable[[], object]) -> int:
    """Return how many queries `thing` asks, without those that begin, mark and end a transaction."""
    with CaptureQueriesContext(connection) as captured:
        thing()
    words = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(words) for query in captured.captured_queries)


def verdict(met: bool) -> str:
    """Return how an aim was met."""
    return "met" if met else "MISSED"
