"""Where a report is looked at: the desk, which is on the floor above, says so when its app starts."""

from collections.abc import Callable

from disclosure.site.elder import plain

_screens: list[Callable[[int], str]] = []


def register(screen: Callable[[int], str]) -> None:
    """Let `screen(pk)` give the path of a report's screen."""
    _screens[:] = [screen]


def of(report_id: int) -> str:
    """Return the path of the screen; the report may come in from pages in large type."""
    return plain(_screens[0](report_id)) if _screens else "/admin/"
