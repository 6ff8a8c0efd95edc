"""The public addresses of the form for requests, for the mirror and the sitemap."""

from collections.abc import Iterator

from disclosure.mirror.registry import DAILY, Address, Source, register
from portal import clock
from portal.areas.models import Area, Level


def connect() -> None:
    """Tell the mirror of the way to the form, and of the forms, which it cannot stand in for."""
    register(Source(every, behind))


def every() -> Iterator[Address]:
    """Return the pages that lead to each village, and each village's form."""
    yield Address("/ask/", DAILY)
    for area in Area.objects.in_force(clock.today()).order_by("path"):
        village = area.level == Level.VILLAGE
        yield Address(f"/ask/{area.code}/", listed=not village, form=village)


def behind(kind: str, key: str) -> Iterator[Address]:
    """Return nothing: what these pages show (areas, settings) marks everything."""
    yield from ()
