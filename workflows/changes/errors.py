"""What the room answers where a change, an exit or an aid cannot be filed."""

from collections.abc import Mapping


class ChangeRefused(Exception):
    """Something that cannot be filed or recorded as it is; `str()` says what to do.

    `fields` has a sentence for each input that is wrong, by its key.
    """

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        self.fields = dict(fields or {})
        super().__init__(message)
