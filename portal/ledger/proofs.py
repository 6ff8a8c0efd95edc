"""Proofs over the stored ledger: roots, inclusion and consistency, in a few reads at any size."""

from collections.abc import Sequence

from . import merkle
from .tiles import Nodes


def root_at(size: int) -> bytes:
    """Return the root of the tree of the first `size` events; IndexError where the ledger lost some."""
    return _roots([(0, size)])[0] if size else merkle.EMPTY_ROOT


def inclusion(index: int, size: int) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of `size`, lowest first; IndexError outside it."""
    return _roots(merkle.inclusion_spans(index, size))


def consistency(old_size: int, size: int) -> list[bytes]:
    """Return the proof that the tree of `old_size` is a prefix of that of `size`; IndexError outside it.

    Empty where `old_size` is 0: every tree begins with the empty one.
    """
    return _roots(merkle.consistency_spans(old_size, size)) if old_size else []


def _roots(spans: Sequence[tuple[int, int]]) -> list[bytes]:
    """Return the roots of `spans`, all read together."""
    parts = [merkle.perfect_nodes(start, end) for start, end in spans]
    nodes = Nodes(node for part in parts for node in part)
    return [merkle.folded([nodes.node(*node) for node in part]) for part in parts]
