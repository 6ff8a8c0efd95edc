"""A county whose year is known: Monday 1 June 2026, with roads that wait before the township."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction

from portal import clock
from portal.areas.models import Area
from portal.configuration.models import Setting
from portal.configuration.services import forget
from workflows.demo.build import County
from workflows.demo.play import sign
from workflows.engine.models import Batch

from .. import roads
from ..county import make_county

MONDAY = date(2026, 6, 1)


def on(day: date, hour: int = 2) -> AbstractContextManager[None]:
    """Set the clock to ten in the morning of `day`, Shanghai time."""
    return clock.travel(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def june(day: int) -> AbstractContextManager[None]:
    """Set the clock to the morning of that day of June 2026 (the 19th is a holiday)."""
    return on(date(2026, 6, day))


def configure(key: str, value: Any, area: Area | None = None, valid_from: date = MONDAY) -> None:
    """Set `key` as two persons would have done."""
    Setting.objects.create(
        key=key,
        area=area,
        value=value,
        valid_from=valid_from,
        source="试",
        confirmed_at="2026-01-01T00:00:00Z",
    )
    forget()


def before_township(county: County, *subjects: str) -> Batch:
    """Return a batch of roads that the village sent today and that stands at the township's look."""
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], *(subjects or ("road:1",)))
    sign(batch, county["clerk1"])
    batch.refresh_from_db()
    return batch


@pytest.fixture(scope="module")
def kept_county(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[County]:
    """Yield the county as of 1 June 2026, in a transaction around every test of the module."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        around = transaction.atomic()
        around.__enter__()
        try:
            with on(MONDAY):
                made = make_county()
            yield made
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def county(kept_county: County, db: None) -> Iterator[County]:
    """Return the county; what the test does to it is undone, and settings are read afresh after it."""
    yield County(kept_county.areas, dict(kept_county.people), kept_county.programme)
    forget()
