"""The Merkle tree of RFC 6962: leaf and node hashes, frontier, root, inclusion and consistency proofs.

Hashes are bytes here. Leaves are numbered from 0; an event of sequence n is leaf n - 1.
"""

import hashlib
from collections.abc import Iterable, Sequence

_sha256 = hashlib.sha256
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 over 0x00 and `data`."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 over 0x01, `left` and `right`."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The perfect subtrees of a tree, largest first: enough to append a leaf and to give the root."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ValueError("默克尔树的前沿与树的大小不符")

    def append(self, leaf: bytes) -> None:
        """Add the leaf hash `leaf`."""
        self.size += 1
        # Each trailing zero bit of the new size closes one more perfect subtree.
        for _ in range((self.size & -self.size).bit_length() - 1):
            leaf = _sha256(b"\x01" + self.hashes.pop() + leaf).digest()
        self.hashes.append(leaf)

    def root(self) -> bytes:
        """Return the root of the tree."""
        return folded(self.hashes)


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over the leaf hashes `leaves`."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index` (RFC 6962, 2.1.1), lowest first; IndexError outside the tree."""
    if not 0 <= index < len(leaves):
        raise IndexError("默克尔树里没有这片叶子")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes
) -> bool:
    """Return whether `proof` shows `leaf` (a leaf hash) at `index` in the tree of `size` and root."""
    if not 0 <= index < size:
        return False
    node, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and current == expected_root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the tree of the first `old_size` leaves is a prefix (RFC 6962, 2.1.2).

    IndexError where `old_size` is less than 1 or greater than the tree.
    """
    if not 1 <= old_size <= len(leaves):
        raise IndexError("旧树的大小要在 1 和现在的大小之间")
    return _subproof(leaves, old_size, whole=True)


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, whole=whole), root(leaves[split:])]
    return [*_subproof(leaves[split:], old_size - split, whole=False), root(leaves[:split])]


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether `proof` shows that the tree of `old_size` is a prefix of the tree of `new_size`."""
    if not 1 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = list(proof)
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    if node:
        if not path:
            return False
        old = new = path.pop(0)
    else:
        old = new = old_root
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def inclusion_spans(index: int, size: int) -> list[tuple[int, int]]:
    """Return the runs of leaves [start, end) whose roots are the audit path of leaf `index`, lowest first.

    With stored hashes a proof is put together from these without reading the leaves; IndexError outside.
    """
    if not 0 <= index < size:
        raise IndexError("默克尔树里没有这片叶子")
    spans: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old_size: int, size: int) -> list[tuple[int, int]]:
    """Return the runs of leaves whose roots are the consistency proof from `old_size` to `size`, in order."""
    if not 1 <= old_size <= size:
        raise IndexError("旧树的大小要在 1 和现在的大小之间")
    spans: list[tuple[int, int]] = []
    start, end, whole = 0, size, True
    while old_size < end:
        middle = start + _split(end - start)
        if old_size <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, whole = middle, False
    return [*([] if whole else [(start, end)]), *spans[::-1]]


def perfect_nodes(start: int, end: int) -> list[tuple[int, int]]:
    """Return the perfect subtrees (height, index) that the run [start, end) of a proof is made of, in order.

    Node (h, i) covers the leaves from i * 2^h to (i + 1) * 2^h.
    """
    nodes: list[tuple[int, int]] = []
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        nodes.append((height, start >> height))
        start += 1 << height
    return nodes


def folded(hashes: Sequence[bytes]) -> bytes:
    """Return the root over perfect subtrees of falling size, as `perfect_nodes` names them."""
    if not hashes:
        return EMPTY_ROOT
    # Written out: a verification comes here once for every event.
    root = hashes[-1]
    for left in hashes[-2::-1]:
        root = _sha256(b"\x01" + left + root).digest()
    return root


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (at least 2)."""
    return 1 << (size - 1).bit_length() - 1
