"""Changing every column of every table past the portal, as a database's administrator could, and looking.

The events are walked once; then each change is made within a savepoint, what the walk's bindings say of that
table is asked for, and the change is taken back.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from portal.ledger import bindings, holding, written
from portal.ledger.faults import Fault
from portal.ledger.verifier import _Walk, verify

FLOORS = ("portal.", "disclosure.", "workflows.")
DROP, ADD = "a row less", "a row more"


class TakenBack(Exception):
    """Ends a savepoint."""


class Tamperer:
    """What a walk over the events holds in the end, to be held against rows that were changed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        end = _Walk.end
        self.kept: list[bindings.Binding] = []
        self.rows: holding.WrittenRows

        def ended(walk: _Walk, head: Any) -> None:
            end(walk, head)
            self.kept, self.rows = deepcopy(walk.bindings), deepcopy(walk.rows)

        with monkeypatch.context() as patched:
            patched.setattr(_Walk, "end", ended)
            report = verify()
        assert report.fault is None, report.fault
        self._reading = {type(each): _read_by(each) for each in self.kept}

    def finds(self, model: type[models.Model]) -> bool:
        """Return whether something is found wrong that stands in the table of `model`."""
        try:
            return next(self._faults(model), None) is not None
        except (ValueError, TypeError, KeyError, IndexError):
            # The verifier names what cannot be read.
            return True

    def _faults(self, model: type[models.Model]) -> Iterator[Fault]:
        table, label = model._meta.db_table, model._meta.label_lower
        if label in written.FOLLOWED:
            yield from deepcopy(self.rows).faults_of(label)
        looking = (each for each in self.kept if f'"{table}"' in self._reading[type(each)])
        yield from chain.from_iterable(deepcopy(each).faults() for each in looking)


def tables() -> list[type[models.Model]]:
    """Return every model of the rooms with a table, joined and historical ones too."""
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model.__module__.startswith(FLOORS)]


def unseen(tamperer: Tamperer, model: type[models.Model]) -> set[str]:
    """Change each column of one row, take a row away, put one in; return which of it nobody notices.

    What the database itself refuses counts as noticed. The table must hold a row.
    """
    found = set()
    rows = models.QuerySet(model).order_by("-pk")
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        row = next((one for one in rows[:200] if getattr(one, field.attname)), None) or rows[0]
        value = _other(field, getattr(row, field.attname))
        if not _noticed(tamperer, model, rows.filter(pk=row.pk).update, **{field.attname: value}):
            found.add(field.name)
    if not _noticed(tamperer, model, _drop, model, rows[0].pk):
        found.add(DROP)
    if not _noticed(tamperer, model, _add, rows[0]):
        found.add(ADD)
    return found


def _read_by(each: bindings.Binding) -> str:
    with CaptureQueriesContext(connection) as queries:
        list(deepcopy(each).faults())
    return " ".join(query["sql"] for query in queries.captured_queries)


def _noticed(tamperer: Tamperer, model: type[models.Model], change: Any, *given: Any, **named: Any) -> bool:
    noticed = True
    try:
        with transaction.atomic():
            change(*given, **named)
            noticed = tamperer.finds(model)
            raise TakenBack
    except (TakenBack, DatabaseError):
        return noticed


def _drop(model: type[models.Model], pk: Any) -> None:
    meta = model._meta
    assert meta.pk is not None
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{meta.db_table}" WHERE "{meta.pk.column}" = %s', [pk])


def _add(row: models.Model) -> None:
    """Put in a copy of `row` that breaks no rule of the table."""
    meta = row._meta
    constrained = {name for one in meta.constraints for name in getattr(one, "fields", ())}
    values: dict[str, Any] = {}
    for field in meta.local_concrete_fields:
        value = getattr(row, field.attname)
        if field.primary_key:
            if isinstance(field, models.AutoField):
                continue
            value = _other(field, value)
        elif field.unique or field.name in constrained:
            value = _other(field, value)
        values[field.column] = field.get_db_prep_save(value, connection)
    names = ", ".join(f'"{name}"' for name in values)
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(values))
        cursor.execute(f'INSERT INTO "{meta.db_table}" ({names}) VALUES ({places})', [*values.values()])


def _other(field: Any, value: Any) -> Any:
    """Return a value that `field` may hold and that is not `value`."""
    if isinstance(field, models.ForeignKey):
        others = field.related_model._base_manager.exclude(pk=value).order_by("-pk")
        return others.values_list("pk", flat=True).first()
    if isinstance(field, models.BooleanField):
        return not value
    if hasattr(field, "stream_block"):
        return field.to_python(json.dumps(field.get_prep_value(value)[:-1]))
    if isinstance(field, models.JSONField):
        return {**value, "x": 1} if isinstance(value, dict) else [*(value or []), "x"]
    if isinstance(field, models.DateTimeField):
        return (value or datetime(2026, 1, 1, tzinfo=UTC)) + timedelta(seconds=61)
    if isinstance(field, models.DateField):
        return (value or date(2026, 1, 1)) + timedelta(days=1)
    if isinstance(field, models.IntegerField | models.FloatField):
        return (value or 0) + 1
    if isinstance(field, models.BinaryField):
        return bytes(value or b"") + b"x"
    if isinstance(field, models.UUIDField):
        return None
    if field.flatchoices:
        return next(key for key, _label in reversed(field.flatchoices) if key not in (value, ""))
    text = f"{value or ''}"
    return f"{text[: (field.max_length or len(text) + 1) - 1]}{'y' if text.endswith('x') else 'x'}"
