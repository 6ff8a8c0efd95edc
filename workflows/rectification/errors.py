"""What this room refuses. Each message tells the person what to do next."""


class RectificationError(Exception):
    """Something that cannot be done with a ticket or a report; `str()` says why and what to do."""


class NoSuchTicket(RectificationError):
    """The ticket is missing or hidden: both look alike."""


class NotYours(RectificationError):
    """The person holds no office for this act, or must leave it to another."""


class StaleTicket(RectificationError):
    """Somebody else acted on it since the person opened it."""


class NoOwner(RectificationError):
    """Nobody holds the office that should answer: a ticket never lies with nobody."""


class BadTicket(RectificationError):
    """What was typed is wrong: `wrong` has a sentence for each field."""

    def __init__(self, wrong: dict[str, str]) -> None:
        self.wrong = wrong
        super().__init__("".join(wrong.values()))


class NoSuchReport(RectificationError):
    """The report is missing or hidden."""


class BadReport(RectificationError):
    """The report cannot be drafted, signed or published like this."""
