"""What can be wrong with messages and group robots, each told in words that say what to do next."""


class OutboxError(Exception):
    """A message or a robot that cannot be dealt with as asked; the text is shown to the person."""


class BadRobot(OutboxError):
    """The robot's name, address or secret cannot be used."""


class NotYourRobot(OutboxError):
    """This person does not propose, confirm or stop this robot."""


class Undelivered(Exception):
    """A post that did not go out; `reason` is one of `Reason`, `detail` a number at most, never a text."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
