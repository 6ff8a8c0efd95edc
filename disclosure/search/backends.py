"""The full text index of each database, on `Entry.grams`: the only raw SQL of the room.

SQLite has FTS5, whose index follows the table by triggers; PostgreSQL a generated column of type tsvector
with a GIN index. Neither needs an extension. The tokens are ASCII, so both databases' own parsers leave them
as they are.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from .units import tokens

TABLE, INDEX = "disclosure_search_entry", "disclosure_search_grams"

SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5("
    f"grams, content='{TABLE}', content_rowid='id', tokenize='ascii', columnsize=0)",
    f"CREATE TRIGGER IF NOT EXISTS {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX} (rowid, grams) VALUES (new.id, new.grams); END",
    f"CREATE TRIGGER IF NOT EXISTS {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX} ({INDEX}, rowid, grams) VALUES ('delete', old.id, old.grams); END",
    f"CREATE TRIGGER IF NOT EXISTS {INDEX}_update AFTER UPDATE OF grams ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX} ({INDEX}, rowid, grams) VALUES ('delete', old.id, old.grams); "
    f"INSERT INTO {INDEX} (rowid, grams) VALUES (new.id, new.grams); END",
)
POSTGRESQL = (
    f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS vector tsvector "
    "GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple', grams)) STORED",
    f"CREATE INDEX IF NOT EXISTS {INDEX} ON {TABLE} USING gin (vector)",
)
SQLITE_DROP = tuple(
    f"DROP {what} IF EXISTS {INDEX}{name}"
    for what, name in (
        ("TRIGGER", "_insert"),
        ("TRIGGER", "_delete"),
        ("TRIGGER", "_update"),
        ("TABLE", ""),
    )
)
POSTGRESQL_DROP = (f"DROP INDEX IF EXISTS {INDEX}", f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS vector")


def install(using: Any = connection) -> None:
    """Make the index where any part of it is missing; twice changes nothing."""
    _run(using, SQLITE if using.vendor == "sqlite" else POSTGRESQL)


def remove(using: Any = connection) -> None:
    """Take the index away; the table stays."""
    _run(using, SQLITE_DROP if using.vendor == "sqlite" else POSTGRESQL_DROP)


def _run(using: Any, statements: Iterable[str]) -> None:
    with using.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def repair() -> None:
    """Make the index anew from the table."""
    install()
    if connection.vendor == "sqlite":
        _run(connection, [f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')"])


def is_sound() -> bool:
    """Return whether the index stands and agrees with the table.

    PostgreSQL keeps the two together by itself. SQLite's triggers are lost where a migration makes the table
    anew, and nothing else would tell.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = %s", [INDEX])
            return cursor.fetchone() is not None
        cursor.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name IN (%s, %s, %s)",
            [f"{INDEX}_{name}" for name in ("insert", "delete", "update")],
        )
        if cursor.fetchone()[0] < 3:
            return False
    try:
        with transaction.atomic():
            _run(connection, [f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('integrity-check', 1)"])
    except DatabaseError:
        return False
    return True


def having(phrases: Sequence[Sequence[str]]) -> Q | RawSQL:
    """Return the condition that an entry has every one of `phrases`, each a list of units side by side.

    Made of codes alone (units.code), so that nothing a visitor types is part of a query's language.
    """
    if connection.vendor == "sqlite":
        asked = " AND ".join(_sqlite(phrase) for phrase in phrases)
        return Q(pk__in=RawSQL(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s", [asked]))
    asked = " & ".join(_postgresql(phrase) for phrase in phrases)
    return RawSQL(f"{TABLE}.vector @@ %s::tsquery", [asked], output_field=BooleanField())


def has(grams: str, phrases: Sequence[Sequence[str]]) -> bool:
    """Return whether an entry's `grams` have every one of `phrases`, as `having` asks the database."""
    padded = f" {grams} "
    return all(f" {' '.join(_tokens(phrase))}" + " " * (len(phrase) > 1) in padded for phrase in phrases)


def _tokens(phrase: Sequence[str]) -> list[str]:
    """Return the tokens that stand for `phrase`: whole ones, or of a single unit the beginning of one."""
    made = tokens([*phrase])
    return made[:-1] or made


def _sqlite(phrase: Sequence[str]) -> str:
    return f'"{" ".join(_tokens(phrase))}"' + " *" * (len(phrase) == 1)


def _postgresql(phrase: Sequence[str]) -> str:
    return f"({' <-> '.join(_tokens(phrase))}{':*' * (len(phrase) == 1)})"
