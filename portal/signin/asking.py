"""Which acts ask for a fresh proof: every act at the desk, but what a room names as everyday."""

from collections.abc import Iterable

# Sent with a form that does nothing yet: keeping what is typed, looking something up, one more line.
NOT_AN_ACT = frozenset(["keep", "discard", "seen", "find", "count", "more", "form"])
FILLING = "fill:"

_everyday: dict[str, frozenset[str] | None] = {}
_also: set[str] = set()


def everyday(name: str, deeds: Iterable[str] | None = None) -> None:
    """Let the route `name` be posted to without a fresh proof: at all, or where `do` is one of `deeds`.

    For what decides nothing: searching, reading, filing for a household, noting. An idle screen stays locked.
    """
    _everyday[name] = None if deeds is None else frozenset(deeds)


def ask_too(*names: str) -> None:
    """Have routes outside the namespace ``desk`` ask for a fresh proof when they are posted to."""
    _also.update(names)


def asks(name: str, deed: str) -> bool:
    """Return whether a POST to the route `name` with `do` as `deed` asks for a fresh proof."""
    if name in _also:
        return True
    if not name.startswith("desk:") or deed in NOT_AN_ACT or deed.startswith(FILLING):
        return False
    if name not in _everyday:
        return True
    deeds = _everyday[name]
    return deeds is not None and deed not in deeds
