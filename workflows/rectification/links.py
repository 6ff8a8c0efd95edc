"""Where a ticket is looked at: the desk says so, which this room does not know."""

from collections.abc import Callable

from .models import Ticket

_path: Callable[[str], str] | None = None


def register(path: Callable[[str], str]) -> None:
    """Have `path(number)` give the address of a ticket's screen."""
    global _path
    _path = path


def to_ticket(ticket: Ticket) -> str:
    """Return the address of the screen of `ticket`; empty where no desk is installed."""
    return _path(ticket.number) if _path else ""
