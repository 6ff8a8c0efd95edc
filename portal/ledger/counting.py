"""Counting the rows that stand in followed tables, once: from then on an event has to name each of them.

A row comes with the event of the act that makes it (`written`). Those that came with a migration, or before
events named rows, have none; without a count nobody could tell them from a row that somebody put in. So
right after `migrate` the ledger names all that no event named yet, and which tables are complete. A table is
counted once: a second count would be the way to make a planted row lawful.
"""

import json
from collections.abc import Iterator
from itertools import islice

from django.db import models, transaction
from django.utils.translation import gettext as _

from . import writing
from .events import COUNTED
from .holding import WrittenRows, each_row
from .models import Event
from .services import Draft, append
from .verifier import verify
from .written import FOLLOWED, note

ROWS_AN_EVENT = 2000


class NotCountable(Exception):
    """The ledger does not hold, or a row cannot be read: what is wrong is found out first, then counted."""


def uncounted() -> list[str]:
    """Return the labels of followed tables that were never counted."""
    counted: set[str] = set()
    for record in Event.objects.filter(kind=COUNTED).values_list("record", flat=True):
        counted.update(json.loads(record)["body"]["tables"])
    return sorted(set(FOLLOWED) - counted)


def count_rows() -> int:
    """Have the ledger name every row of uncounted tables that no event names; return how many there were.

    Keeps every other act waiting meanwhile. Raises NotCountable. Where every table was counted nothing
    happens.
    """
    with transaction.atomic():
        writing.locked_head()
        tables = uncounted()
        if not tables:
            return 0
        if fault := verify().fault:
            raise NotCountable(_("账本对不上，先查清再点：%(fault)s") % {"fault": fault})
        told = WrittenRows()
        events = Event.objects.order_by("sequence").values_list("sequence", "record")
        for sequence, record in events.iterator(ROWS_AN_EVENT):
            told.take(sequence, json.loads(record))
        rows, counted = _untold(tables, told), 0
        while some := list(islice(rows, ROWS_AN_EVENT)):
            note(*some)
            append(Draft(COUNTED, "ledger", "1", body={"tables": []}))
            counted += len(some)
        # Complete only now: the last event says of which tables.
        append(Draft(COUNTED, "ledger", "1", body={"tables": tables}))
    return counted


def _untold(tables: list[str], told: WrittenRows) -> Iterator[models.Model]:
    """Yield the rows of `tables` that no event names."""
    for table in tables:
        model = FOLLOWED[table].model
        for number, row in each_row(model):
            if told.names(table, number):
                continue
            if row is None:
                where = {"called": model._meta.verbose_name, "number": number}
                raise NotCountable(_("%(called)s的第 %(number)s 行读不懂，先查清再点") % where)
            yield row
