"""What the room answers where something about a village matter is refused."""


class VillageMatterError(Exception):
    """An act on a village matter that was not done. `str()` is a sentence for the person at the desk."""


class NoSuchMatter(VillageMatterError):
    """Missing, or outside the office: one answer for both."""


class BadMatter(VillageMatterError):
    """A title, kind or reason that cannot be taken."""


class BadRows(VillageMatterError):
    """Rows that cannot be taken; `cells` holds what is wrong, by (row from 1, column key)."""

    def __init__(self, message: str, cells: dict[tuple[int, str], str] | None = None) -> None:
        super().__init__(message)
        self.cells = cells or {}


class StaleMatter(VillageMatterError):
    """Somebody else changed the matter in the meantime."""


class NotNow(VillageMatterError):
    """The matter is past the point at which this is done, or not there yet."""
