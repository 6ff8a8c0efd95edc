"""Stored tiles of the tree (C2SP tlog-tiles): written after the events, read by every proof.

Nothing here is in an act's way: the clock's tick and the signer complete the tiles. Where they lag behind,
reading falls back on the events, so that a proof is never wrong, only slower.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Q

from . import merkle
from .models import Event, Head, Tile

WIDTH = 256
HEIGHT = 8
# Rows that are held in memory at a time.
BATCH = 64


def tile_root(hashes: bytes) -> bytes:
    """Return the root over the concatenated hashes of a full tile."""
    row = [hashes[start : start + 32] for start in range(0, len(hashes), 32)]
    while len(row) > 1:
        row = [merkle.node_hash(row[n], row[n + 1]) for n in range(0, len(row), 2)]
    return row[0]


def complete() -> int:
    """Write every full tile that the events give and that is not there yet; return how many.

    Safe to run at once from two processes: what the other has written is left as it is.
    """
    size = Head.objects.values_list("size", flat=True).first() or 0
    written, level, width = 0, 0, size
    while width >= WIDTH:
        last = Tile.objects.filter(level=level).order_by("-index").values_list("index", flat=True).first()
        batch: list[Tile] = []
        for index, hashes in _full(level, 0 if last is None else last + 1, width // WIDTH):
            batch.append(Tile(level=level, index=index, hashes=hashes, root=tile_root(hashes)))
            if len(batch) == BATCH:
                Tile.objects.bulk_create(batch, ignore_conflicts=True)
                written, batch = written + len(batch), []
        if batch:
            Tile.objects.bulk_create(batch, ignore_conflicts=True)
        written, level, width = written + len(batch), level + 1, width // WIDTH
    return written


def _full(level: int, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield index and hashes of the tiles from `start` to `end` at `level`, from the level below."""
    for first in range(start, end, BATCH):
        past = min(first + BATCH, end)
        row = _below(level, first * WIDTH, past * WIDTH)
        for index in range(first, past):
            hashes = row[(index - first) * WIDTH : (index - first + 1) * WIDTH]
            if len(hashes) < WIDTH:
                # An event or a tile has gone missing: the verifier names it, and no tile is made up.
                return
            yield index, b"".join(hashes)


def _below(level: int, start: int, end: int) -> list[bytes]:
    """Return the hashes of `level` at the places [start, end), as stored a level below; short of the lost."""
    if level == 0:
        rows = Event.objects.filter(sequence__gt=start, sequence__lte=end).order_by("sequence")
        return [bytes.fromhex(leaf) for leaf in rows.values_list("leaf_hash", flat=True)]
    tiles = Tile.objects.filter(level=level - 1, index__gte=start, index__lt=end).order_by("index")
    return [bytes(root) for root in tiles.values_list("root", flat=True)]


class Nodes:
    """The hashes of perfect subtrees, from as few rows as there are tiles that hold them."""

    def __init__(self, wanted: Iterable[tuple[int, int]]) -> None:
        """Fetch what gives the nodes (height, index) of `wanted`; they must lie within the tree."""
        places = {_place(height, index) for height, index in wanted}
        self._rows: dict[tuple[int, int], tuple[int, list[bytes]]] = {}
        self._fetch({(level, first // WIDTH) for level, first, _count in places}, places)

    def node(self, height: int, index: int) -> bytes:
        """Return the hash of node `index` at `height`; IndexError where the tree has lost it."""
        level, first, count = _place(height, index)
        start, row = self._rows[level, first // WIDTH]
        row = row[first - start : first - start + count]
        if len(row) < count:
            raise IndexError("账本里缺了算这条证明要用的记录")
        while len(row) > 1:
            row = [merkle.node_hash(row[n], row[n + 1]) for n in range(0, len(row), 2)]
        return row[0]

    def _fetch(self, tiles: set[tuple[int, int]], places: set[tuple[int, int, int]]) -> None:
        asked = Q()
        for level, index in tiles:
            asked |= Q(level=level, index=index)
        if not tiles:
            return
        stored = Tile.objects.filter(asked).values_list("level", "index", "hashes")
        for level, index, hashes in stored:
            data = bytes(hashes)
            row = [data[start : start + 32] for start in range(0, len(data), 32)]
            self._rows[level, index] = (index * WIDTH, row)
        for level, index in tiles - self._rows.keys():
            # A tile at the tree's edge, or one not yet written: its places one by one from the level below.
            here = [place for place in places if (place[0], place[1] // WIDTH) == (level, index)]
            start = min(first for _level, first, _count in here)
            end = max(first + count for _level, first, count in here)
            self._rows[level, index] = (start, _places(level, start, end))


def _places(level: int, start: int, end: int) -> list[bytes]:
    """Return the hashes of `level` at [start, end), those that are not stored recomputed from below."""
    row = _below(level, start, end)
    if len(row) == end - start or level == 0:
        return row
    stored = Tile.objects.filter(level=level - 1, index__gte=start, index__lt=end)
    known = {index: bytes(root) for index, root in stored.values_list("index", "root")}
    for index in range(start, end):
        if index not in known:
            hashes = _places(level - 1, index * WIDTH, (index + 1) * WIDTH)
            if len(hashes) < WIDTH:
                raise IndexError("账本里缺了算这条证明要用的记录")
            known[index] = tile_root(b"".join(hashes))
    return [known[index] for index in range(start, end)]


def _place(height: int, index: int) -> tuple[int, int, int]:
    """Return the tile level, the first place in it and how many places make up the node."""
    level, above = divmod(height, HEIGHT)
    return level, index << above, 1 << above
