"""The kinds of events: each room registers its own in its `events.py`, with the label of timelines."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

_labels: dict[str, str | Promise] = {}
_urgent: set[str] = set()


class UnknownKind(LookupError):
    """An event of a kind that no room has registered."""


def register(kind: str, label: str | Promise, *, urgent: bool = False) -> None:
    """Make `kind` (like ``"case.filed"``, up to 48 characters) known as `label`; ValueError if taken.

    What is `urgent` is published with it: the signer signs the ledger at once, not at its next round.
    """
    if not kind or len(kind) > 48:
        raise ValueError(f"事项代码要有 1 到 48 个字符：{kind!r}")
    if kind in _labels and str(_labels[kind]) != str(label):
        raise ValueError(f"事项 {kind} 已经登记为“{_labels[kind]}”")
    _labels[kind] = label
    if urgent:
        _urgent.add(kind)


def is_registered(kind: str) -> bool:
    """Return whether a room has registered `kind`."""
    return kind in _labels


def label(kind: str) -> str:
    """Return the label of `kind` for timelines; UnknownKind where no room has registered it."""
    try:
        return str(_labels[kind])
    except KeyError:
        raise UnknownKind(_("没有登记过的账本事项：%(kind)s") % {"kind": kind}) from None


def choices() -> list[tuple[str, Any]]:
    """Return the registered kinds with their labels, for filters."""
    return sorted(_labels.items())


def urgent_kinds() -> list[str]:
    """Return the kinds after which the ledger is signed at once."""
    return sorted(_urgent)
