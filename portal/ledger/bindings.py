"""What rooms register so that the verifier can hold their rows and files against the events.

The tree shows that the events are what they were; a binding shows that the rows, field history and files
beside them still say the same. A room marks its bindings with `register`; every verification makes a new one
of each, hands it each event of its kinds in order, and asks in the end what does not fit. All of them read
the database as of the same moment (`snapshot`).
"""

from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from .faults import Fault


class Binding(Protocol):
    """Follows the events of its kinds and compares what they add up to with what is stored."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of events that it follows."""

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take one event of the kinds, in the order of the ledger."""

    def faults(self) -> Iterator[Fault]:
        """Yield what does not fit, each under the number of the event that says otherwise."""


AnyBinding = TypeVar("AnyBinding", bound=type[Binding])
_registered: list[type[Binding]] = []


def register(binding: AnyBinding) -> AnyBinding:
    """Have every verification look through a `binding`; for use as a decorator of its class."""
    _registered.append(binding)
    return binding


def fresh() -> list[Binding]:
    """Return a new binding of each class."""
    return [binding() for binding in _registered]
