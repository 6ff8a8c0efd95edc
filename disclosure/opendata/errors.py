"""What can be wrong with a question to the API."""


class BadQuestion(ValueError):
    """A parameter cannot be understood; the message says which, and what may stand there."""
