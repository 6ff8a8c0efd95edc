"""Which acts ask for a fresh proof: every act at the desk, but what a room names as everyday."""

from collections.abc import Iterable

_everyday: dict[str, frozenset[str] | None] = {}
_also: dict[str, frozenset[str]] = {}


def everyday(name: str, deeds: Iterable[str] | None = None) -> None:
    """Let the route `name` be posted to without a fresh proof: at all, or where `do` is one of `deeds`.

    For what decides nothing: searching, reading, filing for a household, noting; an idle screen stays locked.
    A deed that ends in a colon stands for all that begin with it. Name no deed that the view does not look
    at: whoever sends it would do the other thing unasked.
    """
    _everyday[name] = None if deeds is None else frozenset(deeds)


def ask_too(name: str, deeds: Iterable[str] = ("",)) -> None:
    """Have a route outside the namespace ``desk`` ask for a fresh proof where what is done is one of `deeds`.

    What is done there is the route's own `action_name`, or nothing.
    """
    _also[name] = frozenset(deeds)


def asks(name: str, deed: str) -> bool:
    """Return whether a POST to the route `name`, doing `deed`, asks for a fresh proof."""
    if name in _also:
        return deed in _also[name]
    if not name.startswith("desk:"):
        return False
    if name not in _everyday:
        return True
    deeds = _everyday[name]
    return deeds is not None and deed not in deeds and deed.partition(":")[0] + ":" not in deeds
