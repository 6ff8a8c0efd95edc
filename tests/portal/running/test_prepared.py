"""The database that tests begin with is made in a quicker way than Django's; it must be the same database."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from tests.prepared import ROOT, kept

# What is drawn or noted anew each time.
PASSING = re.compile(r"\b[0-9a-f]{32}\b|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?")


def said(file: Path) -> tuple[list[str], dict[str, list[str]]]:
    """Return how the tables, indexes and triggers of a database are written, and every row."""
    with closing(sqlite3.connect(file)) as database:
        written = [
            str(row) for row in database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")
        ]
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {
            name: sorted(PASSING.sub("", repr(row)) for row in database.execute(f'SELECT * FROM "{name}"'))
            for name in tables
        }
    return written, rows


@pytest.mark.django_db
def test_every_column_index_and_constraint_of_every_model_is_in_it() -> None:
    wrong = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            options = model._meta
            # A table of SQLite's full-text search has neither columns nor constraints in the common sense.
            if not options.managed or options.proxy or options.db_table.endswith("_fts"):
                continue
            found = {
                one.name for one in connection.introspection.get_table_description(cursor, options.db_table)
            }
            if found != {field.column for field in options.local_concrete_fields}:
                wrong.append(f"{options.label}: columns {sorted(found)}")
            there = connection.introspection.get_constraints(cursor, options.db_table)
            named = {one.name for one in [*options.indexes, *options.constraints]}
            wrong += [f"{options.label}: no {name}" for name in sorted(named - set(there))]
            unique = {tuple(one["columns"]) for one in there.values() if one["unique"] or one["primary_key"]}
            singly = {(field.column,) for field in options.local_concrete_fields if field.unique}
            wrong += [f"{options.label}: {columns} is not unique" for columns in sorted(singly - unique)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.proof
def test_it_is_what_django_makes_step_by_step(tmp_path: Path, rounds: Callable[[int, int], int]) -> None:
    """In the full run the whole is made both ways; else it is asked for what Django's tables have to be."""
    quickly = said(kept())
    assert len(quickly[0]) > 500
    if rounds(0, 1):
        plain = tmp_path / "plain.sqlite3"
        subprocess.run([sys.executable, "-m", "tests.prepared", str(plain), "plainly"], check=True, cwd=ROOT)
        assert said(plain) == quickly
