"""What was built once in an empty database is put there again row by row, in a fiftieth of the time.

Only where the database stands, row by row, as it stood before, on the same day or at the same moment of a set
clock, and within a transaction, where nothing ever waits for its commit, or without one, as before. On
PostgreSQL it is built anew.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction

from portal import clock
from portal.configuration.services import forget

Built = TypeVar("Built")
Row = tuple[Any, ...]
Rows = dict[str, dict[Row, None]]


@dataclass(frozen=True)
class _Kept:
    """What came and went in each table, and what the builder returned."""

    gone: dict[str, list[Row]]
    new: dict[str, list[Row]]
    built: Any


_known: dict[tuple[object, ...], _Kept] = {}
_tables: dict[str, list[str]] = {}
# Tables between two models: what a test case puts back there gets new keys, which nothing refers to.
_between: set[str] = set()


def remembered(build: Callable[..., Built], *given: Any) -> Built:
    """Return what `build` returns, with the database as it leaves it.

    What it is `given` must follow from the database and the clock, and what it returns must be worth a copy.
    """
    if connection.vendor != "sqlite":
        return build(*given)
    before = _rows()
    when = clock.now() if clock.is_set() else clock.today()
    # What is appended at the end of the outermost transaction (`portal.ledger.last`) knows a test's own.
    within = tuple(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)
    said = str([sorted(map(repr, rows)) for rows in before.values()])
    key = (build, when, bool(within), all(within), hash(said))
    kept = _known.get(key)
    if kept is None:
        built = build(*given)
        after = _rows()
        gone = {name: [row for row in rows if row not in after[name]] for name, rows in before.items()}
        new = {name: [row for row in rows if row not in before[name]] for name, rows in after.items()}
        _known[key] = _Kept(gone, new, copy.deepcopy(built))
        return built
    with transaction.atomic(), connection.cursor() as cursor:
        for name, rows in kept.gone.items():
            first = 1 if name in _between else 0
            where = " AND ".join(f'"{column}" IS %s' for column in _tables[name][first:])
            for row in rows:
                cursor.execute(f'DELETE FROM "{name}" WHERE {where}', row[first:])
        for name, rows in kept.new.items():
            if rows:
                places = ", ".join(["%s"] * len(_tables[name]))
                cursor.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)
    # As the signals of the rows would have it.
    cache.clear()
    forget()
    return copy.deepcopy(kept.built)


def _rows() -> Rows:
    """Return every row of every table; what triggers write into the tables of searches comes by itself.

    Rows between two models come without their key, and are given one when they are put back.
    """
    with connection.cursor() as cursor:
        if not _tables:
            models = apps.get_models(include_auto_created=True)
            _between.update(one._meta.db_table for one in models if one._meta.auto_created)
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            found = cursor.fetchall()
            virtual = [name for name, sql in found if sql.startswith("CREATE VIRTUAL")]
            for name, _sql in found:
                if name != "sqlite_sequence" and not any(name.startswith(one) for one in virtual):
                    cursor.execute(f'SELECT * FROM "{name}" LIMIT 0')
                    _tables[name] = [column[0] for column in cursor.description]
        rows: Rows = {}
        for name in _tables:
            cursor.execute(f'SELECT * FROM "{name}"')
            found = cursor.fetchall()
            rows[name] = dict.fromkeys((None, *row[1:]) if name in _between else tuple(row) for row in found)
        return rows
