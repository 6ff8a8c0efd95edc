"""The signer: signs the ledger's tree when it extends the last one that was signed, and refuses otherwise.

It runs under an account of its own (docs/ledger.md): the portal's account can read neither its key nor its
memory, so that whoever takes the portal and its database cannot have another past signed.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from . import checkpoints, merkle, proofs, recovery, tiles
from .checkpoints import TreeHead
from .kinds import urgent_kinds
from .leaves import KeptLeaves, beside
from .memory import Memory
from .models import Checkpoint, Event, Head
from .signers import Signer, signed


class DoesNotExtend(RuntimeError):
    """The ledger is not what it was when it was last signed, only longer; the message says how (Chinese)."""


def present(origin: str) -> TreeHead:
    """Return the tree as the database has it now; DoesNotExtend where the head is not that of its events."""
    head = Head.objects.first() or Head(size=0, root=merkle.EMPTY_ROOT.hex())
    try:
        root = proofs.root_at(head.size)
    except IndexError:
        raise DoesNotExtend(_("账本里缺了记录，没有签。请运行 verify_ledger")) from None
    if root.hex() != head.root:
        raise DoesNotExtend(_("账本头的总指纹和各条记录算出来的不一样，没有签。请运行 verify_ledger"))
    return TreeHead(origin, head.size, root)


def check_extends(last: TreeHead | None, now: TreeHead) -> None:
    """Raise DoesNotExtend unless the tree `now` is the stored one and begins with the tree `last`."""
    if last is None or last.size == 0:
        return
    words = {"last": last.size, "now": now.size}
    if now.size < last.size:
        raise DoesNotExtend(_("账本变短了：上次签的是 %(last)d 笔，现在只有 %(now)d 笔。没有签") % words)
    try:
        proof = proofs.consistency(last.size, now.size)
    except IndexError:
        raise DoesNotExtend(_("账本里缺了记录，没有签。请运行 verify_ledger")) from None
    if not merkle.verify_consistency(last.size, last.root, now.size, now.root, proof):
        raise DoesNotExtend(
            _("账本被改写过：现在的 %(now)d 笔，不是在上次签的 %(last)d 笔后面接着写的。没有签") % words
        )


def sign(signer: Signer, memory: Memory) -> Checkpoint | None:
    """Sign the present tree and keep the checkpoint; None where nothing was added since the last one.

    The new tree must extend the last one that `memory` holds, unless a restore was made lawful since
    (recovery.py); DoesNotExtend otherwise. The memory is written before the database, so that a signature
    that left the signer is never forgotten.
    """
    tiles.complete()
    now = present(signer.key.name)
    if recovery.follow(memory, now, lambda tree: _is_known(memory, tree)) and memory.last:
        memory.leaves = KeptLeaves(beside(memory.path), memory.last.size)
        memory.leaves.set_aside()
    last = memory.last
    if last and (last.size, last.root) == (now.size, now.root):
        if memory.last_note is None or _is_kept(last):
            return None
        # Killed between the two, last time.
        return checkpoints.keep(memory.last_note)
    check_extends(last, now)
    _keep_leaves(memory, now)
    note = signed(now.text(), signer)
    memory.add(note)
    return checkpoints.keep(note)


def _is_known(memory: Memory, tree: TreeHead) -> bool:
    """Return whether the signer's own leaves begin with `tree`: a witness can be deceived, these cannot."""
    kept = KeptLeaves(beside(memory.path), tree.size)
    return kept.frontier.size < tree.size or kept.frontier.root() == tree.root


def _keep_leaves(memory: Memory, now: TreeHead) -> None:
    """Add the new leaf hashes to the signer's own, and check that they make the tree `now`."""
    last = memory.last
    size = last.size if last else 0
    kept = memory.leaves
    if kept is None or kept.frontier.size != size:
        kept = memory.leaves = KeptLeaves(beside(memory.path), size)
    if kept.frontier.size < size:
        # The file was lost: what the database has is taken, if it makes the tree that was signed.
        kept.add(_leaves(kept.frontier.size, size))
    if last and size and kept.frontier.root() != last.root:
        raise DoesNotExtend(_("签名员自己留的散列和上次签的对不上，没有签。请查明是谁动了它的文件"))
    kept.add(_leaves(size, now.size))
    if kept.frontier.root() != now.root:
        raise DoesNotExtend(_("账本被改写过：前面签过的各条和现在的对不上。没有签"))


def _leaves(start: int, end: int) -> Iterator[bytes]:
    rows = Event.objects.filter(sequence__gt=start, sequence__lte=end).order_by("sequence")
    return (bytes.fromhex(leaf) for leaf in rows.values_list("leaf_hash", flat=True).iterator(2000))


def is_urgent(memory: Memory) -> bool:
    """Return whether something was recorded since the last signature that is signed at once."""
    since = memory.last.size if memory.last else 0
    return Event.objects.filter(sequence__gt=since, kind__in=urgent_kinds()).exists()


def _is_kept(head: TreeHead) -> bool:
    return Checkpoint.objects.filter(size=head.size, root=head.root.hex()).exists()
