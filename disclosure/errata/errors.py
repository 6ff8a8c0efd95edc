"""Errors of reports; each message tells the person what to do next."""


class ErrataError(Exception):
    """An act on a report that is refused."""


class BadReport(ErrataError):
    """What was written cannot be taken as it is; `field` names the field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NoSuchReport(ErrataError):
    """There is no such report for this person."""


class AlreadyAnswered(ErrataError):
    """Somebody else answered it first."""
