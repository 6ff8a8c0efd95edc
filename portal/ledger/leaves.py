"""The signer's own copy of the leaf hashes: 32 bytes for each event, in a file beside its memory.

With it the signer recomputes the tree by itself instead of believing the database's tiles, and whoever
investigates later can name the first event that was changed (`verify_ledger --memory`).
"""

import os
from collections.abc import Iterable
from pathlib import Path

from . import merkle

CHUNK = 32 * 4096


def beside(memory: Path) -> Path:
    """Return where the leaf hashes stand that belong to the memory at `memory`."""
    return memory.with_name(memory.name + ".leaves")


class KeptLeaves:
    """The leaf hashes that were signed, and the frontier of the tree over them."""

    def __init__(self, path: Path, size: int) -> None:
        """Take the first `size` leaf hashes of the file at `path`; what is beyond was never signed."""
        self._path = path
        path.touch(mode=0o600)
        self.frontier = merkle.Frontier()
        with path.open("rb") as file:
            while self.frontier.size < size and (chunk := file.read(CHUNK)):
                for start in range(0, len(chunk) - 31, 32):
                    if self.frontier.size < size:
                        self.frontier.append(chunk[start : start + 32])

    def add(self, leaves: Iterable[bytes]) -> None:
        """Add `leaves` behind those that are there, on the disk when this returns."""
        with self._path.open("r+b") as file:
            file.truncate(self.frontier.size * 32)
            file.seek(0, os.SEEK_END)
            for leaf in leaves:
                file.write(leaf)
                self.frontier.append(leaf)
            file.flush()
            os.fsync(file.fileno())

    def set_aside(self) -> None:
        """Move what lies beyond the signed ones, lost in a restore, to a file of its own beside."""
        with self._path.open("rb") as file:
            file.seek(self.frontier.size * 32)
            lost = file.read()
        if lost:
            first = self.frontier.size + 1
            last = self.frontier.size + len(lost) // 32
            self._path.with_name(f"{self._path.name}.lost-{first}-{last}").write_bytes(lost)
