"""What rooms register so that the verifier can hold their rows and files against the events.

The tree shows that the events are what they were; a binding shows that the rows, field history and files
beside them still say the same. A room registers a `Binding` when its app starts; every verification makes a
new one, hands it each event of its kinds in order, and asks in the end what does not fit.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from .faults import Fault


class Binding(Protocol):
    """Follows the events of some kinds and compares what they add up to with what is stored."""

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take one event of the kinds that were registered, in the order of the ledger."""

    def faults(self) -> Iterator[Fault]:
        """Yield what does not fit, each under the number of the event that says otherwise."""


_makers: dict[str, tuple[frozenset[str], Callable[[], Binding]]] = {}


def register(name: str, kinds: tuple[str, ...], maker: Callable[[], Binding]) -> None:
    """Have a binding called `name` made by `maker` follow the events of `kinds`; ValueError if taken."""
    if _makers.setdefault(name, (frozenset(kinds), maker))[1] is not maker:
        raise ValueError(f"账本核对项 {name} 已经登记过")


Follower = tuple[frozenset[str], Binding]


def fresh() -> list[Follower]:
    """Return a new binding of each kind, with the kinds that it follows."""
    return [(kinds, maker()) for kinds, maker in _makers.values()]
