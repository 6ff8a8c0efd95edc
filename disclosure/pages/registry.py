"""What other rooms put on the home page and on a policy's: they register when their app starts; pages know
none of them.
"""

from collections.abc import Callable, Sequence
from typing import Any

Newest = Callable[[int], Sequence[Any]]

Established = Callable[[int], Sequence[Any]]

_newest: list[Newest] = []
_established: list[Established] = []


def register_newest(source: Newest) -> None:
    """Let `source(limit)` give the newest public lists: objects with `title`, `url` and `note` (plain text).

    `url` keeps the mode that is being read. `source` takes one query; it is asked once for each home page.
    """
    if source not in _newest:
        _newest.append(source)


def newest_lists(limit: int) -> list[Any]:
    """Return up to `limit` of the newest public lists; empty while no room has registered any."""
    return [entry for source in _newest for entry in source(limit)][:limit]


def register_established(source: Established) -> None:
    """Let `source(policy_id)` give what a policy document established: objects with `title`, `path`, `note`.

    `path` is of this site, without the prefix of large type. `source` takes one query a page.
    """
    if source not in _established:
        _established.append(source)


def established_by(policy_id: int) -> list[Any]:
    """Return what the policy document established; empty while no room has registered any."""
    return [entry for source in _established for entry in source(policy_id)]
