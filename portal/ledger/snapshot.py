"""One moment of the database for a reading of many statements, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Have all reads within see what was committed at the first of them; nobody waits, nothing is written.

    The database refuses a write within. Inside a transaction of the caller's it is that one's sight that
    counts, and nothing is refused.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            _tell("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # A transaction that begins as the portal's others do would keep every writer out while it reads.
        with _beginning("DEFERRED"), transaction.atomic():
            _tell("PRAGMA query_only = ON")
            try:
                yield
            finally:
                _tell("PRAGMA query_only = OFF")


def _tell(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _beginning(mode: str) -> Iterator[None]:
    """Have a transaction of this connection begin in `mode` of SQLite."""
    # Only an open connection knows how its transactions begin.
    connection.ensure_connection()
    database: Any = connection
    usual, database.transaction_mode = database.transaction_mode, mode
    try:
        yield
    finally:
        database.transaction_mode = usual
