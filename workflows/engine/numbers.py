"""Numbers of batches and cases, given under a lock so that none is given twice."""

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
