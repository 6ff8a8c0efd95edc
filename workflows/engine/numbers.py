"""Numbers of batches, cases and inspections, given under a lock so that none is given twice."""

from collections.abc import Iterable
from typing import Any

from portal import clock
from portal.areas.models import Area

from .models import Batch, Series


def next_in(prefix: str, count: int = 1) -> int:
    """Return the first of `count` new numbers of the series; must be called inside a transaction."""
    series, _created = Series.objects.select_for_update().get_or_create(prefix=prefix)
    first = series.last + 1
    Series.objects.filter(pk=series.pk).update(last=series.last + count)
    return first


def batch_number(area: Area) -> str:
    """Return a new batch number: the area's code, the year, the place in the year."""
    year = clock.today().year
    return f"{area.code}-{year}-{next_in(f'batch:{area.code}:{year}'):03d}"


def case_number(area: Area) -> str:
    """Return a new case number: the area's code, the year, the place in the year."""
    year = clock.today().year
    return f"{area.code}{year}{next_in(f'case:{area.code}:{year}'):05d}"


def inspection_number(area: Area, letter: str) -> str:
    """Return a new number of a ticket (Z), a spot check (C), a round (K): area, year, place in the year."""
    year = clock.today().year
    return f"{area.code}-{year}-{letter}{next_in(f'{letter}:{area.code}:{year}'):04d}"


def note_given(apps: Any, numbers: Iterable[str], letter: str) -> None:
    """Have the series of inspections go on behind `numbers`, which were counted before; for migrations.

    `apps` are the models as they were.
    """
    last: dict[str, int] = {}
    for number in numbers:
        area, year, place = number.split("-")
        prefix = f"{letter}:{area}:{year}"
        last[prefix] = max(last.get(prefix, 0), int(place.removeprefix(letter)))
    series = apps.get_model("workflows_engine", "Series")
    for prefix, given in last.items():
        series.objects.update_or_create(prefix=prefix, defaults={"last": given})


def split_number(parent: Batch) -> str:
    """Return the number of a batch that falls out of `parent`, whose row the caller holds locked.

    It hangs on the parent's own number, so that no further row need be locked for it late in an act.
    """
    return f"{parent.number}-{parent.offshoots.count() + 1}"


def ancestors_of(number: str) -> list[str]:
    """Return the numbers of the batches that the one numbered `number` fell out of, the first one first."""
    parts = number.split("-")
    return ["-".join(parts[:end]) for end in range(3, len(parts))]


def batch_root(number: str) -> str:
    """Return the number of the batch that the batch numbered `number` first came from."""
    return "-".join(number.split("-")[:3])
