"""The ledger: what an append adds to a bare save, how fast it is verified, what a proof reads at a million.

Aims: an append at most 3 times a bare save with two writers; 30,000 events a second verified; 8 queries
a proof.
``LEDGER_EVENTS`` makes a shorter ledger.
"""

import multiprocessing
import os
import threading
import time
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from portal.areas.models import Area
from portal.ledger import kinds, merkle, proofs, tiles
from portal.ledger.canonical import canonical
from portal.ledger.models import Event, Head
from portal.ledger.services import Draft, append, stamp
from portal.ledger.verifier import verify
from workflows.demo.build import County

from .timing import queries, verdict

EVENTS = int(os.environ.get("LEDGER_EVENTS", "1000000"))
LEAST_A_SECOND, MOST_TIMES, MOST_QUERIES = 30_000, 3, 8
WRITERS, ACTS = 2, 300
CHUNK = 5000


def measure(county: County) -> None:
    """Measure appends beside bare saves, then a ledger that is filled up to a million events."""
    kinds.register("bench.done", "量度")
    _appends(county)
    started = time.perf_counter()
    fill(EVENTS)
    print(f"  (a ledger of {EVENTS} events made in {time.perf_counter() - started:.0f} s)", flush=True)
    started = time.perf_counter()
    written = tiles.complete()
    print(f"  {written} tiles written in {time.perf_counter() - started:.1f} s", flush=True)
    started = time.perf_counter()
    asked = queries(lambda: proofs.inclusion(EVENTS // 3, EVENTS))
    taken = (time.perf_counter() - started) * 1000
    print(f"  a proof: {asked} queries, {taken:.1f} ms; aim {MOST_QUERIES}: {verdict(asked <= MOST_QUERIES)}")
    started, spent = time.perf_counter(), time.thread_time()
    report = verify(rows=False)
    taken, spent = time.perf_counter() - started, time.thread_time() - spent
    assert report.fault is None and report.size >= EVENTS, report
    rate = report.size / taken
    print(
        f"  {report.size} events verified in {taken:.1f} s ({spent:.1f} s of the processor here): "
        f"{rate:,.0f} a second; aim {LEAST_A_SECOND:,}: {verdict(rate >= LEAST_A_SECOND)}",
        flush=True,
    )


def _appends(county: County) -> None:
    """Have two writers save a row each in a transaction, bare and with an event, in turn.

    As processes, which is how a county's server runs two workers, and as threads of one, where Python lets
    only one go on at a time.
    """
    for name, together in (("processes", _processes), ("threads of one process", _threads)):
        taken: dict[str, list[float]] = {"bare": [], "recorded": []}
        for _round in range(5):
            for what in taken:
                taken[what].append(together(county, what == "recorded"))
        bare, recorded = min(taken["bare"]), min(taken["recorded"])
        ratio = recorded / bare
        print(
            f"  an append in an act, {WRITERS} {name}: {ratio:.1f} times a bare save "
            f"({recorded:.2f} ms to {bare:.2f} ms); aim {MOST_TIMES}: {verdict(ratio <= MOST_TIMES)}",
            flush=True,
        )


def _act(row: Area, number: int, recorded: bool) -> None:
    with transaction.atomic():
        row.save(update_fields=["name"])
        if recorded:
            append(Draft("bench.done", "thing", f"{row.pk}-{number}", body={"fen": number}))


def _processes(county: County, recorded: bool) -> float:
    """Return the milliseconds that one act took on average, with a process for each writer."""
    context = multiprocessing.get_context("fork")
    barrier, told = context.Barrier(WRITERS), context.Queue()

    def write(row: Area) -> None:
        for number in range(ACTS // 10):
            _act(row, number, recorded)
        barrier.wait()
        started = time.perf_counter()
        for number in range(ACTS):
            _act(row, number, recorded)
        told.put(time.perf_counter() - started)

    connection.close()
    rows = list(county.areas.values())[:WRITERS]
    writers = [context.Process(target=write, args=(row,)) for row in rows]
    for writer in writers:
        writer.start()
    taken = [told.get() for _writer in writers]
    for writer in writers:
        writer.join()
    return max(taken) * 1000 / (WRITERS * ACTS)


def _threads(county: County, recorded: bool) -> float:
    """Return the milliseconds that one act took on average, with a thread for each writer."""
    start = threading.Barrier(WRITERS + 1)

    def write(row: Area) -> None:
        connection.ensure_connection()
        start.wait()
        try:
            for number in range(ACTS):
                _act(row, number, recorded)
        finally:
            connection.close()

    rows = list(county.areas.values())[:WRITERS]
    threads = [threading.Thread(target=write, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    start.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - started) * 1000 / (WRITERS * ACTS)


def fill(size: int) -> None:
    """Add made events behind those that are there, up to `size`, as `append` would, many at a time."""
    head = Head.objects.get()
    frontier = merkle.Frontier(head.size, (bytes.fromhex(hash_) for hash_ in head.frontier))
    moment = head.recorded_at
    assert moment is not None
    while frontier.size < size:
        events: list[Event] = []
        for _n in range(min(CHUNK, size - frontier.size)):
            sequence = frontier.size + 1
            moment += timedelta(milliseconds=7)
            event = _made(sequence, moment)
            leaf = merkle.leaf_hash(event.record.encode())
            frontier.append(leaf)
            event.leaf_hash, event.root = leaf.hex(), frontier.root().hex()
            events.append(event)
        with transaction.atomic():
            Event.objects.bulk_create(events)
            Head.objects.filter(pk=head.pk).update(
                size=frontier.size,
                frontier=[hash_.hex() for hash_ in frontier.hashes],
                root=events[-1].root,
                recorded_at=moment,
            )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A server does so by itself after as many rows; the throw-away one has it turned off.
            cursor.execute("ANALYZE")


def _made(sequence: int, moment: Any) -> Event:
    columns: dict[str, Any] = {
        "sequence": sequence,
        "kind": "case.decided",
        "object_type": "case",
        "object_id": f"9901011012012026{sequence % 90000:05d}",
        "role": "township_reviewer",
        "area_code": "990101101201",
        "line": "assistance",
    }
    body = {"act": "sign", "verdict": "agree", "from": "check", "to": "publish", "amount_fen": sequence}
    record = canonical(
        {
            **columns,
            "actor": None,
            "recorded_at": stamp(moment),
            "claimed_at": None,
            "body": body,
            "commitments": {},
        }
    )
    return Event(**columns, recorded_at=moment, record=record)
