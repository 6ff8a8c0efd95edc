"""What this room refuses. Each message tells the person what to do next."""


class SpotCheckError(Exception):
    """Something that cannot be done with a spot check; `str()` says why and what to do."""


class NoSuchCheck(SpotCheckError):
    """The check is missing or hidden: both look alike."""


class NotYetSigned(SpotCheckError):
    """The ledger's signer has not yet signed the tree that holds the seed."""


class BadCheck(SpotCheckError):
    """What was typed is wrong: `wrong` has a sentence for each field."""

    def __init__(self, wrong: dict[str, str]) -> None:
        self.wrong = wrong
        super().__init__("".join(wrong.values()))
