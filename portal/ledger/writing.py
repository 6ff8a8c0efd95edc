"""How appended events come into the database: the head read under its lock, and everything written at once.

The one place with statements of its own on the ledger's tables. Every act of the portal waits for them, and
on PostgreSQL Django took longer to make three statements than the database to run them. Here they are made
once, and events, openings and head go in one round trip. Elsewhere Django's own ways do.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from django.db import connection

from . import merkle
from .models import Event, Head, Opening

EVENT_COLUMNS = tuple(field.attname for field in Event._meta.concrete_fields)
OPENING_COLUMNS = ("event_id", "name", "salt")
_EVENT, _OPENING, _HEAD = Event._meta.db_table, Opening._meta.db_table, Head._meta.db_table
_LOCK = f"SELECT size, frontier, recorded_at FROM {_HEAD} WHERE id = 1 FOR UPDATE"


def locked_head() -> tuple[merkle.Frontier, datetime | None]:
    """Return the tree's frontier and the time of its last event, the head locked until the transaction ends.

    One query; the first append of all makes the row.
    """
    found = _read()
    if found is None:
        # Two first appends at once: one row is made, and both then queue for its lock.
        Head.objects.bulk_create([Head(pk=1, root=merkle.EMPTY_ROOT.hex())], ignore_conflicts=True)
        found = _read()
        assert found is not None
    size, hashes, recorded_at = found
    return merkle.Frontier(size, (bytes.fromhex(hash_) for hash_ in hashes)), recorded_at


def write(events: Sequence[Event], openings: Sequence[Opening], frontier: merkle.Frontier) -> None:
    """Write `events` with their `openings`, and move the locked head on to `frontier`.

    One query on PostgreSQL, two elsewhere and three with openings.
    """
    last, hashes = events[-1], [hash_.hex() for hash_ in frontier.hashes]
    if connection.vendor == "postgresql":
        given: list[object] = [getattr(event, name) for event in events for name in EVENT_COLUMNS]
        given += [getattr(opening, name) for opening in openings for name in OPENING_COLUMNS]
        given += [frontier.size, json.dumps(hashes), last.root, last.recorded_at]
        with connection.cursor() as cursor:
            cursor.execute(_statement(len(events), len(openings)), given)
        return
    Event.objects.bulk_create(events)
    if openings:
        Opening.objects.bulk_create(openings)
    Head.objects.filter(pk=1).update(
        size=frontier.size, frontier=hashes, root=last.root, recorded_at=last.recorded_at
    )


def _read() -> tuple[int, list[str], datetime | None] | None:
    if connection.vendor != "postgresql":
        locked = Head.objects.select_for_update().filter(pk=1)
        return locked.values_list("size", "frontier", "recorded_at").first()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        row = cursor.fetchone()
    return row and (row[0], json.loads(row[1]), row[2])


@lru_cache(maxsize=64)
def _statement(events: int, openings: int) -> str:
    """Return the statement that writes so many events and openings and moves the head on."""
    parts = [f"e AS ({_insert(_EVENT, EVENT_COLUMNS, events)})"]
    if openings:
        parts.append(f"o AS ({_insert(_OPENING, OPENING_COLUMNS, openings)})")
    return (
        f"WITH {', '.join(parts)} "
        f"UPDATE {_HEAD} SET size = %s, frontier = %s, root = %s, recorded_at = %s WHERE id = 1"
    )


def _insert(table: str, columns: Sequence[str], rows: int) -> str:
    row = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"
