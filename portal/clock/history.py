"""Field history that tells the portal's time (design.md rule 11)."""

from typing import Any

from portal import clock


class PortalTime:
    """For models with field history: the library asks them when a change happened."""

    @property
    def _history_date(self) -> Any:
        """The moment of a change, by the portal's clock."""
        return clock.now()

    @_history_date.setter
    def _history_date(self, value: Any) -> None:
        """Field history clears the date after use; the clock needs nothing cleared."""
