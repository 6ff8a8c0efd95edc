"""Every event names the rows that its act wrote, and what they said, so that a row changed past it is found.

A model marked `followed` has each save noted within the transaction; the next `append` puts the notes into
the record under ``rows``: table, number, keyed digest of the columns. What is undone with a savepoint takes
its note with it. `update` and the `bulk_…` of Django tell nobody: whoever uses them calls `note`.

The digest is keyed (`portal.sealing`), so that the record tells nothing of a row to who has no key.
`holding` compares.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.models.expressions import Combinable
from django.db.models.signals import post_delete, post_save

from portal.sealing.keys import keyed_hash

# The name of the notes in a record: table -> number of the row -> digest.
ROWS = "rows"
Named = dict[str, dict[str, str]]
# A digest that stands for a row made, and what stands for a row taken away.
MADE, GONE = "+", "-"
DIGITS = 32
AnyModel = TypeVar("AnyModel", bound=type[models.Model])


@dataclass
class Followed:
    """A model that is followed, and the columns that count."""

    model: type[models.Model]
    columns: tuple[Any, ...]

    @cached_property
    def names(self) -> set[str]:
        """By which names a save may speak of the columns."""
        return {name for one in self.columns for name in (one.name, one.attname)}

    @cached_property
    def looks(self) -> list[tuple[str, str, Any, tuple[Any, ...], tuple[type, ...]]]:
        """Of each column: attribute, name, field, what is not written down, what needs no change."""
        return [(one.attname, one.column, one, _usual(one), _own_kinds(one)) for one in self.columns]


# By the table's label.
FOLLOWED: dict[str, Followed] = {}


def followed(*, but: Iterable[str] = (), only: Iterable[str] = ()) -> Callable[[AnyModel], AnyModel]:
    """Return the decorator of a model whose rows events name: all columns `but` some, or `only` some.

    A column is left out whose change is no act: what the portal counts, sends or looks up. The key must be a
    number. ValueError for a name that is no column.
    """

    def mark(model: AnyModel) -> AnyModel:
        follow(model, but=but, only=only)
        return model

    return mark


def follow(model: type[models.Model], *, but: Iterable[str] = (), only: Iterable[str] = ()) -> None:
    """Have events name the rows of `model`, as `followed` does."""
    meta, left_out, wanted = model._meta, frozenset(but), frozenset(only)
    names = {field.name for field in meta.concrete_fields}
    if unknown := (left_out | wanted) - names:
        raise ValueError(f"{meta.label} 没有这些栏目：{sorted(unknown)}")
    counted = wanted or names - left_out
    columns = tuple(one for one in meta.concrete_fields if one.name in counted and not one.primary_key)
    FOLLOWED[meta.label_lower] = Followed(model, columns)
    post_save.connect(_saved, sender=model, dispatch_uid=f"written.{meta.label_lower}")
    post_delete.connect(_deleted, sender=model, dispatch_uid=f"written.gone.{meta.label_lower}")


def note(*rows: models.Model, made: bool = False) -> None:
    """Note that `rows`, of followed models, stand as they say here; `made` where they are new."""
    for row in rows:
        _note(row, (MADE if made else "") + digest(row))


def note_again(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Note `rows` of `model` as the database holds them now (one query): for what `update` wrote."""
    numbers = [row.pk for row in rows]
    if numbers:
        note(*models.QuerySet(model).filter(pk__in=numbers))


def digest(row: models.Model) -> str:
    """Return the keyed digest of what `row` says in the columns that count.

    An empty column, or one that says what a new row says, is not written down: so a column that a model
    gains later changes no digest that stands.
    """
    told = {}
    for name, column, field, usual, own in FOLLOWED[row._meta.label_lower].looks:
        value = getattr(row, name)
        if type(value) not in own:
            if isinstance(value, Combinable):
                row.refresh_from_db(fields=[name])
                value = getattr(row, name)
            value = _plain(field, value)
        if value not in usual:
            told[column] = value
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return keyed_hash(text, f"row:{row._meta.label_lower}:{row.pk}")[:DIGITS]


def taken() -> Named:
    """Return what was noted in this transaction and no event names yet.

    That it is named is kept as the notes are: where the event is undone with its savepoint, what was noted
    before the savepoint waits for the next event.
    """
    waiting: list[_Note] = []
    for _sids, hook, _robust in reversed(connection.run_on_commit):
        if isinstance(hook, _AllNamed):
            break
        if isinstance(hook, _Note):
            waiting.append(hook)
    if not waiting:
        return {}
    transaction.on_commit(_AllNamed())
    named: Named = {}
    for one in reversed(waiting):
        told = named.setdefault(one.table, {})
        # A row that was made and saved again in one act is still a row made.
        made = told.get(one.number, "").startswith(MADE) and one.said != GONE
        told[one.number] = MADE + one.said.removeprefix(MADE) if made else one.said
    return named


@dataclass(frozen=True)
class _Note:
    """What a row says, kept among Django's hooks of the commit: they go with a savepoint that is undone."""

    table: str
    number: str
    said: str

    def __call__(self) -> None:
        """Do nothing: a row that was committed without an event is found by the next verification."""


class _AllNamed:
    """Stands behind the notes that an event names."""

    def __call__(self) -> None:
        """Do nothing."""


def _note(row: models.Model, said: str) -> None:
    # Outside a transaction no event can follow.
    if connection.in_atomic_block:
        transaction.on_commit(_Note(row._meta.label_lower, str(row.pk), said))


def _saved(
    sender: Any,
    instance: models.Model,
    created: bool,
    update_fields: Iterable[str] | None = None,
    **rest: Any,
) -> None:
    # Where nothing that counts was saved, nothing is said of what else somebody may hold in memory.
    if update_fields is None or not FOLLOWED[instance._meta.label_lower].names.isdisjoint(update_fields):
        note(instance, made=created)


def _deleted(sender: Any, instance: models.Model, **rest: Any) -> None:
    _note(instance, GONE)


def _plain(field: Any, value: Any) -> Any:
    """Return `value` of `field` as it will come back from the database."""
    if isinstance(field, models.JSONField):
        return json.loads(json.dumps(value, cls=field.encoder or DjangoJSONEncoder))
    if isinstance(field, models.ForeignKey):
        return value
    if hasattr(field, "stream_block"):
        return field.get_prep_value(value)
    value = field.to_python(value)
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date | int | None):
        return value
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def _own_kinds(field: Any) -> tuple[type, ...]:
    """Return the types whose values the database gives back as they are."""
    if isinstance(field, models.BooleanField):
        return bool, type(None)
    if isinstance(field, models.IntegerField | models.ForeignKey):
        return int, type(None)
    return (str,) if isinstance(field, models.CharField | models.TextField) else ()


def _usual(field: Any) -> tuple[Any, ...]:
    """Return what a row says in `field` that nobody filled in."""
    if field.default in (dict, list) or not field.has_default() or callable(field.default):
        return None, "", [], {}
    return (_plain(field, field.default),)
