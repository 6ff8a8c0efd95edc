"""What `manage.py up` prints once the portal answers: rooms register a function that gives lines."""

from collections.abc import Callable, Iterable

Greeting = Callable[[str], Iterable[str]]
_greetings: list[Greeting] = []


def register(greeting: Greeting) -> Greeting:
    """Have `greeting(address)` asked for lines to print; `address` is the site's, without a closing slash.

    Call it from an app's `ready()`. Registering the same function twice prints it once.
    """
    if greeting not in _greetings:
        _greetings.append(greeting)
    return greeting


def lines(address: str) -> list[str]:
    """Return every registered line, in the order of registration."""
    return [line for greeting in _greetings for line in greeting(address)]
