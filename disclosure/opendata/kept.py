"""What the mirror keeps of this room: the page that tells of the data; data ask the database."""

from collections.abc import Iterable

from disclosure.mirror.registry import Address

PAGE = "/data/"


def every() -> Iterable[Address]:
    """Return the one page; the areas that it links to are those of the whole portal."""
    return [Address(PAGE)]


def behind(_kind: str, _key: str) -> Iterable[Address]:
    """Return nothing: it changes only with what every page shows."""
    return []
