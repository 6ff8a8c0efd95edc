"""Reading QR codes off the picture of a printed page: written for the tests, independent of what makes them.

ISO/IEC 18004, versions 1 to 6, byte mode; a rendered page has no stains, so nothing is corrected: a module
that is read wrongly makes the text wrong.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from PIL import Image

DOTS_PER_INCH = 300
# Error correction code words of a block and data code words of each block, by version and level.
BLOCKS = {
    1: {"L": (7, [19]), "M": (10, [16]), "Q": (13, [13]), "H": (17, [9])},
    2: {"L": (10, [34]), "M": (16, [28]), "Q": (22, [22]), "H": (28, [16])},
    3: {"L": (15, [55]), "M": (26, [44]), "Q": (18, [17] * 2), "H": (22, [13] * 2)},
    4: {"L": (20, [80]), "M": (18, [32] * 2), "Q": (26, [24] * 2), "H": (16, [9] * 4)},
    5: {"L": (26, [108]), "M": (24, [43] * 2), "Q": (18, [15, 15, 16, 16]), "H": (22, [11, 11, 12, 12])},
    6: {"L": (18, [68] * 2), "M": (16, [27] * 4), "Q": (24, [19] * 4), "H": (28, [15] * 4)},
}
LEVELS = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}
MASKS = [
    lambda row, column: (row + column) % 2,
    lambda row, column: row % 2,
    lambda row, column: column % 3,
    lambda row, column: (row + column) % 3,
    lambda row, column: (row // 2 + column // 3) % 2,
    lambda row, column: row * column % 2 + row * column % 3,
    lambda row, column: (row * column % 2 + row * column % 3) % 2,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2,
]
Corner = tuple[float, float, float]


def program() -> str | None:
    """Return what renders a PDF here, or None."""
    return shutil.which("pdftoppm")


def codes_in(pdf: bytes) -> list[str]:
    """Return the texts of the QR codes on the first page of `pdf`, from left to right."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "sheet.pdf"
        source.write_bytes(pdf)
        words = [str(program()), "-r", str(DOTS_PER_INCH), "-gray", "-f", "1", "-l", "1", str(source)]
        subprocess.run([*words, str(Path(folder) / "page")], check=True)
        picture = Image.open(next(Path(folder).glob("page*.pgm")))
        dark = picture.point(lambda shade: 1 if shade < 128 else 0).tobytes()
    page = _Page(dark, *picture.size)
    return [page.read(*corners) for corners in sorted(page.squares())]


class _Page:
    def __init__(self, dark: bytes, width: int, height: int) -> None:
        self.dark, self.width, self.height = dark, width, height

    def squares(self) -> Iterator[tuple[Corner, Corner, Corner]]:
        """Yield the three corners (x, y, module) of each code: top left, top right, bottom left."""
        found = list(self._corners())
        for left in found:
            slack = left[2] * 1.5
            row = [one for one in found if abs(one[1] - left[1]) < slack and one[0] > left[0] + 7 * left[2]]
            column = [
                one for one in found if abs(one[0] - left[0]) < slack and one[1] > left[1] + 7 * left[2]
            ]
            for right in row:
                for low in column:
                    if abs((right[0] - left[0]) - (low[1] - left[1])) < slack:
                        yield left, right, low

    def _corners(self) -> Iterator[Corner]:
        """Yield the middles of finder patterns: 1:1:3:1:1 across and down."""
        seen: list[Corner] = []
        for y in range(0, self.height, 2):
            line = self.dark[y * self.width : (y + 1) * self.width]
            for x, module in _pattern(line):
                if any(abs(x - a) < 3 * m and abs(y - b) < 3 * m for a, b, m in seen):
                    continue
                down = self.dark[int(x) :: self.width]
                for middle, height in _pattern(down):
                    if abs(middle - y) < 1.5 * module and abs(height - module) < 0.4 * module:
                        seen.append((x, middle, module))
                        yield seen[-1]
                        break

    def read(self, left: Corner, right: Corner, low: Corner) -> str:
        """Return the text of the code between three corners."""
        across = right[0] - left[0]
        version = round((across / left[2] + 7 - 17) / 4)
        size = 17 + 4 * version
        step = across / (size - 7)
        grid = [
            [
                self.dark[int(left[1] + (row - 3) * step) * self.width + int(left[0] + (column - 3) * step)]
                for column in range(size)
            ]
            for row in range(size)
        ]
        return _text(grid, version)


def _pattern(line: bytes) -> Iterator[tuple[float, float]]:
    """Yield middle and module of each run of dark, light, dark, light, dark as 1:1:3:1:1."""
    runs, start = [], 0
    for shade, cells in groupby(line):
        length = len(list(cells))
        runs.append((shade, start, length))
        start += length
    for place in range(len(runs) - 4):
        if not runs[place][0]:
            continue
        lengths = [length for _shade, _start, length in runs[place : place + 5]]
        module = sum(lengths) / 7
        if module < 1.5:
            continue
        if all(
            abs(length - wanted * module) < 0.6 * module
            for length, wanted in zip(lengths, (1, 1, 3, 1, 1), strict=True)
        ):
            yield runs[place][1] + sum(lengths) / 2, module


def _text(grid: list[list[int]], version: int) -> str:
    size = len(grid)
    kind = 0
    for column in (0, 1, 2, 3, 4):
        kind = kind << 1 | grid[8][column]
    kind ^= 0b10101
    mask, level = MASKS[kind & 7], LEVELS[kind >> 3]
    bits, upward = [], True
    for right in (column for column in range(size - 1, 0, -2)):
        right = right if right > 6 else right - 1
        for row in range(size - 1, -1, -1) if upward else range(size):
            for column in (right, right - 1):
                if not _is_fixed(row, column, size, version):
                    bits.append(grid[row][column] ^ (mask(row, column) == 0))
        upward = not upward
    words = [int("".join(map(str, bits[n : n + 8])), 2) for n in range(0, len(bits) - 7, 8)]
    _correcting, lengths = BLOCKS[version][level]
    blocks: list[list[int]] = [[] for _length in lengths]
    place = 0
    for depth in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if depth < length:
                block.append(words[place])
                place += 1
    data = "".join(f"{word:08b}" for block in blocks for word in block)
    assert data[:4] == "0100", "only byte mode is read here"
    count = int(data[4:12], 2)
    return bytes(int(data[12 + 8 * n : 20 + 8 * n], 2) for n in range(count)).decode()


def _is_fixed(row: int, column: int, size: int, version: int) -> bool:
    """Tell whether a module belongs to the code's own furniture."""
    if (row < 9 and column < 9) or (row < 9 and column >= size - 8) or (row >= size - 8 and column < 9):
        return True
    if row == 6 or column == 6:
        return True
    middle = size - 7
    return version > 1 and abs(row - middle) <= 2 and abs(column - middle) <= 2
