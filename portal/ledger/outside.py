"""What the events are held against: signed trees, what was noted outside the database, stored tiles.

The database alone cannot show that it was not rewritten as a whole; these can.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from django.db.models import Count
from django.utils.translation import gettext as _

from . import checkpoints, memory, notes, recovery, trust
from .checkpoints import TreeHead
from .faults import Bad
from .leaves import beside
from .models import Checkpoint, Cosignature, Tile
from .tiles import WIDTH, tile_root

CHUNK = 500
NEVER = 2**63
# Size, root, what to call it, and for stored ones the note and the key of those that have cosignatures.
Tree = tuple[int, bytes, str, tuple[str, int] | None]


@dataclass(frozen=True)
class Pinned:
    """Trees, and leaf hashes, that somebody keeps outside the database."""

    heads: tuple[TreeHead, ...] = ()
    leaves_file: Path | None = None

    @classmethod
    def of(cls, path: Path) -> "Pinned":
        """Return what the memory of a signer or witness at `path` holds; MemoryLost where damaged."""
        leaves = beside(path)
        return cls(tuple(memory.read(path).heads), leaves if leaves.exists() else None)

    def noting(self, head: TreeHead) -> "Pinned":
        """Return the same with one more tree."""
        return replace(self, heads=(*self.heads, head))

    def leaves(self) -> "Leaves":
        """Return the leaf hashes to compare with."""
        return Leaves(self.leaves_file)


class Leaves:
    """The leaf hashes that a signer keeps of what it signed: they tell the first event that was changed."""

    def __init__(self, path: Path | None) -> None:
        self._file = path.open("rb") if path else None
        self._kept = path.stat().st_size // 32 if path else 0
        self.are_kept = self._kept > 0

    def check(self, sequence: int, leaf: bytes) -> None:
        """Raise Bad where the signer saw another event under this number."""
        if sequence <= self._kept and self._file and self._file.read(32) != leaf:
            raise Bad(_("和签名员签过的不是同一条：签过以后被改写、调换或插入过"))

    def end(self, size: int, losses: Sequence[recovery.Statement]) -> None:
        """Raise Bad where the signer saw more events than there are."""
        if self._file:
            self._file.close()
        if self._kept > size and not any(loss.lost.size >= self._kept for loss in losses):
            raise Bad(_("缺失，签名员签过 %(size)d 条") % {"size": self._kept}, size + 1)


class Signed:
    """Signed and noted trees, each compared with the events when the walk comes to its size."""

    def __init__(self, policy: trust.Policy, pinned: Pinned) -> None:
        self._policy = policy
        self._heads = self._in_order(pinned)
        self._fitting = 0
        self.count = self.cosigned = 0
        self.losses: list[recovery.Statement] = []
        self._advance()

    @property
    def unchecked(self) -> tuple[str, ...]:
        """What could not be checked, in words."""
        if not self._policy.logs:
            return (_("没有信任文件，检查点的签名没有核对"),)
        if not self.count:
            return (_("账本还没有签过检查点"),)
        if not self.cosigned:
            return (_("检查点还没有见证人签名"),)
        return ()

    def check(self, size: int, root: bytes) -> None:
        """Compare the trees of `size` with the root that the events give; raises Bad."""
        while self._next and self._next[0] <= size:
            its_size, its_root, words, checkpoint = self._next
            if its_root != root and not self._was_lost(its_size):
                where = {"from": self._fitting + 1, "to": its_size}
                raise Bad(
                    words
                    + _("不一致：第 %(from)d 到第 %(to)d 号之间，账本在那以后被改写、截短或分叉过") % where,
                    its_size,
                )
            if checkpoint:
                self._verify(*checkpoint, its_size, its_root)
            self._fitting = max(self._fitting, its_size)
            self._advance()

    def recovered(self, sequence: int, record: str, root_before: str) -> None:
        """Take the event of a restore: lawful only if a witness signed it and it fits; raises Bad."""
        try:
            statement, _note = recovery.of_event(record, self._policy)
        except (recovery.NotLawful, notes.BadNote) as error:
            raise Bad(_("恢复没有证明：%(why)s") % {"why": error}) from None
        restored = statement.restored
        if restored.size != sequence - 1 or restored.root.hex() != root_before:
            raise Bad(_("恢复声明说的不是它前面的账本，声明被搬用过"))
        self.losses.append(statement)

    def end(self, size: int) -> None:
        """Raise Bad where somebody holds a longer tree than there is, and no restore accounts for it."""
        while self._next:
            its_size, its_root, words, checkpoint = self._next
            if not self._was_lost(its_size):
                reason = _("缺失，%(words)s是 %(size)d 条时的，账本被截短过")
                raise Bad(reason % {"words": words, "size": its_size}, size + 1)
            if checkpoint:
                self._verify(*checkpoint, its_size, its_root)
            self._advance()

    def close(self) -> None:
        """Close what is still open in the database."""
        self._heads.close()

    def _advance(self) -> None:
        """Go on to the next tree; `next_size` is the size at which it is compared."""
        self._next = next(self._heads, None)
        self.next_size = self._next[0] if self._next else NEVER

    def _was_lost(self, size: int) -> bool:
        return any(loss.restored.size < size <= loss.lost.size for loss in self.losses)

    def _verify(self, note: str, pk: int, size: int, root: bytes) -> None:
        """Check the log's signature under a stored checkpoint, and those of its witnesses."""
        if not self._policy.logs:
            return
        try:
            signed = notes.parse(note)
            head = checkpoints.checked(signed, self._policy.logs)
            lines = Cosignature.objects.filter(checkpoint=pk).values_list("line", flat=True) if pk else ()
            witnessed = signed.adding(notes.signature_line(line) for line in lines)
            by = notes.verified(witnessed, self._policy.witnesses)
        except notes.BadNote as error:
            raise Bad(_("%(size)d 条时的检查点：%(why)s") % {"size": size, "why": error}, size) from None
        if (head.size, head.root) != (size, root):
            raise Bad(_("%(size)d 条时的检查点，栏目和签过的文书不一致") % {"size": size}, size)
        self.count += 1
        self.cosigned += bool(by)

    def _in_order(self, pinned: Pinned) -> Generator[Tree, None, None]:
        """Yield size, root and words of every tree, smallest first; the note and key of stored ones."""
        kept = sorted(pinned.heads, key=lambda head: head.size)
        rows = Checkpoint.objects.annotate(witnesses=Count("cosignatures")).order_by("size", "pk")
        place = 0
        fields = ("pk", "size", "root", "note", "witnesses")
        with closing(rows.values_list(*fields).iterator(CHUNK)) as stored:
            for pk, size, root, note, witnesses in stored:
                while place < len(kept) and kept[place].size <= size:
                    yield kept[place].size, kept[place].root, _("树根与您另外留存的树根"), None
                    place += 1
                yield size, bytes.fromhex(root), _("树根与签过的检查点"), (note, pk if witnesses else 0)
        for head in kept[place:]:
            yield head.size, head.root, _("树根与您另外留存的树根"), None


class _Level:
    """The tiles of one level: the hashes that fill the next one, and what is stored of it."""

    def __init__(self, level: int) -> None:
        self.level, self.filled = level, 0
        self.row: list[bytes] = []
        rows = Tile.objects.filter(level=level).order_by("index").values_list("index", "hashes", "root")
        self._stored = rows.iterator(CHUNK)
        self.next = next(self._stored, None)

    def close(self) -> None:
        """Close the cursor over what is stored."""
        self._stored.close()

    def fill(self) -> tuple[bytes, bool]:
        """Return the root of the full tile and whether it is stored; raises Bad where it differs."""
        hashes, index, due = b"".join(self.row), self.filled, self.next
        root = tile_root(hashes)
        self.row.clear()
        self.filled += 1
        if due is None or due[0] > index:
            # Not written yet, or taken out: it is a copy, and proofs go back to the events.
            return root, False
        if due[0] < index or bytes(due[1]) != hashes or bytes(due[2]) != root:
            first = _first_other(hashes, bytes(due[1]))
            sequence = (index * WIDTH + first) * WIDTH**self.level + 1
            raise Bad(_("存着的散列块和这一条对不上：事件或散列块被改写过"), sequence)
        self.next = next(self._stored, None)
        return root, True


class Tiles:
    """The stored tiles, recomputed from the leaves as the walk goes: proofs are made from them."""

    def __init__(self) -> None:
        self.count = 0
        self._levels = [_Level(0)]
        self._first = self._levels[0].row

    def take(self, leaf: bytes) -> None:
        """Take the next leaf; raises Bad where the tile that it fills is not the stored one."""
        self._first.append(leaf)
        if len(self._first) < WIDTH:
            return
        for level in self._levels:
            root, stored = level.fill()
            self.count += stored
            if level.level + 1 == len(self._levels):
                self._levels.append(_Level(level.level + 1))
            above = self._levels[level.level + 1]
            above.row.append(root)
            if len(above.row) < WIDTH:
                return

    def close(self) -> None:
        """Close what is still open in the database."""
        for level in self._levels:
            level.close()

    def end(self) -> None:
        """Raise Bad where a tile is stored of leaves that are not there."""
        beyond = Tile.objects.filter(level__gte=len(self._levels)).exists()
        if beyond or any(level.next for level in self._levels):
            raise Bad(_("存着的散列块比账本长"))


def _first_other(ours: bytes, theirs: bytes) -> int:
    """Return the first place of 32 bytes in which the two differ."""
    for place in range(WIDTH):
        if ours[place * 32 : place * 32 + 32] != theirs[place * 32 : place * 32 + 32]:
            return place
    return 0
