"""Where a batch is looked at: the desk registers it, so that the engine need not know the desk."""

from collections.abc import Callable

_to_batch: list[Callable[[str], str]] = []


def register(to_batch: Callable[[str], str]) -> None:
    """Let `to_batch(number)` give the path of a batch's page."""
    _to_batch[:] = [to_batch]


def to_batch(number: str) -> str:
    """Return the path of the page of the batch numbered `number`; empty where no desk is installed."""
    return _to_batch[0](number) if _to_batch else ""
