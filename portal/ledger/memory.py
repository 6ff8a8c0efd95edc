"""What a signer or a witness remembers in a file of its own: every tree that it put its name to.

One line of JSON for each, added and forced to the disk before the signature is handed out, so that nobody
who holds the database can make it forget. Who has the file open holds a lock: two at once would fork.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from . import notes
from .checkpoints import TreeHead
from .leaves import KeptLeaves


class MemoryLost(RuntimeError):
    """The file is damaged or in use by another process; the message is Chinese."""


class Memory:
    """The trees that were signed, in order; after a lawful restore only those that it left standing."""

    def __init__(self, path: Path, lines: Iterable[str], file: IO[bytes] | None = None) -> None:
        self.path = path
        self._file = file
        self.heads: list[TreeHead] = []
        self.last_note: notes.Note | None = None
        # The signer's copy of the leaves, once it was read.
        self.leaves: KeptLeaves | None = None
        for line in lines:
            self._take(line)

    @property
    def last(self) -> TreeHead | None:
        """The tree that the next one must extend."""
        return self.heads[-1] if self.heads else None

    def within(self, size: int) -> TreeHead | None:
        """Return the largest remembered tree of at most `size` leaves."""
        return next((head for head in reversed(self.heads) if head.size <= size), None)

    def add(self, note: notes.Note) -> None:
        """Remember the signed checkpoint `note`, on the disk when this returns."""
        self._write({"checkpoint": str(note)})

    def add_recovery(self, statement: notes.Note, restored: TreeHead) -> None:
        """Remember that the log was lawfully put back to the tree `restored`."""
        self._write({"recovery": str(statement), "restored": restored.text()})

    def _write(self, entry: dict[str, str]) -> None:
        if self._file is None:
            raise MemoryLost(_("这个文件只是打开来看的"))
        line = json.dumps(entry, ensure_ascii=False)
        self._file.write(line.encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._take(line)

    def _take(self, line: str) -> None:
        try:
            entry = json.loads(line)
            if "recovery" in entry:
                restored = TreeHead.parse(entry["restored"])
                self.heads = [head for head in self.heads if head.size < restored.size]
                self.heads.append(restored)
                self.last_note = None
                return
            self.last_note = notes.parse(entry["checkpoint"])
            self.heads.append(TreeHead.parse(self.last_note.text))
        except (ValueError, KeyError, TypeError):
            raise MemoryLost(_("记录签过哪些检查点的文件被改坏了，不能再用它签。请查明原因")) from None


def read(path: Path) -> Memory:
    """Return what the file at `path` holds, to look at; MemoryLost where it is damaged."""
    whole, _cut = _whole_lines(path.read_bytes())
    return Memory(path, whole)


@contextmanager
def opened(path: Path) -> Iterator[Memory]:
    """Open the file at `path`, made where it is missing; MemoryLost where another process holds it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MemoryLost(_("另一个进程正在用 %(path)s，不能两个一起签") % {"path": path}) from None
        whole, end = _whole_lines(file.read())
        # A line cut off while it was written: its signature never left the process.
        file.truncate(end)
        file.seek(end)
        yield Memory(path, whole, file)


def _whole_lines(data: bytes) -> tuple[list[str], int]:
    """Return the lines of `data` that end, and where the last of them does."""
    end = data.rfind(b"\n") + 1
    try:
        return data[:end].decode().splitlines(), end
    except UnicodeDecodeError:
        raise MemoryLost(_("记录签过哪些检查点的文件被改坏了，不能再用它签。请查明原因")) from None
