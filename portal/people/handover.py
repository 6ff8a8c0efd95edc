"""The open work of someone who leaves: upper rooms register how theirs is handed over.

A mover is called inside the transaction of `services.hand_over`. It moves what it knows of and returns
the ledger's drafts of what it moved; the service appends them, so that the head row is locked last.
"""

from collections.abc import Sequence
from typing import Protocol

from portal.ledger.services import Draft

from .models import User


class Mover(Protocol):
    """Moves the open work of one room."""

    def __call__(self, *, by: User, from_user: User, to_user: User, reason: str) -> Sequence[Draft]:
        """Move the work of `from_user` to `to_user` and return one draft for each thing moved."""


_movers: list[Mover] = []


def register(mover: Mover) -> None:
    """Add `mover`; adding it twice changes nothing."""
    if mover not in _movers:
        _movers.append(mover)


def movers() -> list[Mover]:
    """Return the registered movers."""
    return list(_movers)
