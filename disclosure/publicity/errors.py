"""What the room answers where something about a public list or an objection is refused."""


class PublicityError(Exception):
    """An act on a list or an objection that was not done. `str()` is a sentence for the person."""


class NoSuchList(PublicityError):
    """Missing, not published, or outside the office: one answer for all."""


class NoSuchObjection(PublicityError):
    """Missing, or outside the office: one answer for both."""


class EmptyList(PublicityError):
    """A list without a row."""


class BadRow(PublicityError):
    """A row that cannot be shown as it is; the message says which and why."""


class BadPeriod(PublicityError):
    """A number of days or a kind of day that cannot be counted."""


class NotDeliberated(PublicityError):
    """The list rests on a deliberation that has not passed, or on another village's."""


class ReasonMissing(PublicityError):
    """A correction without a reason."""


class NotToBeCorrected(PublicityError):
    """The list has been replaced already, or the new one is of another place or kind."""


class ListReplaced(PublicityError):
    """The list was replaced by a corrected one, of number `successor`."""

    def __init__(self, message: str, successor: str) -> None:
        self.successor = successor
        super().__init__(message)


class BadPosting(PublicityError):
    """A proof of posting of a day that cannot be."""


class BadObjection(PublicityError):
    """An objection that lacks what it needs."""


class AlreadyAnswered(PublicityError):
    """The objection has its answer; it is not changed."""


class BadAnswer(PublicityError):
    """An answer without findings, without two investigators, or without words for the objector."""


class MustStepAside(PublicityError):
    """The official is related to the household that the objection is about (design.md rule 3)."""


class NoAppeal(PublicityError):
    """The answer cannot be appealed here: none yet, too late, done once, or the county's own."""


class BadRedaction(PublicityError):
    """A redaction that cannot be asked for or decided as it is; the message says why."""


class NoSuchRedaction(PublicityError):
    """Missing, or outside the office: one answer for both."""


class BadOutage(PublicityError):
    """An outage that cannot be declared or decided as it is; the message says why."""
