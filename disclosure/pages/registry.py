"""What other rooms put on the home page: they register when their app starts, so that pages need not know them."""

from collections.abc import Callable, Sequence
from typing import Any

_newest: list[Callable[[int], Sequence[Any]]] = []


def register_newest(source: Callable[[int], Sequence[Any]]) -> None:
    """Let `source(limit)` give the newest public lists: objects with `title`, `url` and `note` (plain text).

    `source` may take two queries at most; it is asked once for each uncached home page.
    """
    if source not in _newest:
        _newest.append(source)


def newest_lists(limit: int) -> list[Any]:
    """Return up to `limit` of the newest public lists; empty while no room has registered any."""
    return [entry for source in _newest for entry in source(limit)][:limit]
