"""What the register refuses, each told in words that say what to do next."""

from collections.abc import Mapping


class RegisterRefused(Exception):
    """Something that cannot stand in the register so; `str()` says what to correct.

    `fields` names what is wrong where: ``group_name``, ``phone``, ``bank_card``, ``members-0-id_number``.
    """

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        self.fields = dict(fields or {})
        super().__init__(message)


class RevealRefused(Exception):
    """A personal field that is not shown to this person; `str()` says whose office sees it."""


class TableRefused(Exception):
    """A table that is not taken as a whole: what kind of file it is, how large, how it is built."""


class StaleImport(Exception):
    """The register or the import changed since it was previewed; it has to be looked through again."""
