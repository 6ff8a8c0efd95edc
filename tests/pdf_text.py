"""Reading the portal's own PDF back: the text of each page, enough for what tests ask of a sheet."""

import re
import zlib
from dataclasses import dataclass

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)\sendobj", re.S)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.S)
# A string may hold pairs of brackets as they are.
_BARE = rb"(?:\\.|[^\\()])*"
_PAIR = rb"\(" + _BARE + rb"\)"
for _depth in range(6):
    _PAIR = rb"\((?:\\.|[^\\()]|" + _PAIR + rb")*\)"
_TOKEN = re.compile(rb"/(\w+) [\d.]+ Tf|" + _PAIR + rb"|<[0-9A-Fa-f]*>(?!>)", re.S)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True)
class Sheet:
    """The text of each page without any white space, and the file's own words about itself."""

    pages: list[str]
    raw: bytes

    @property
    def text(self) -> str:
        """The text of all pages."""
        return "".join(self.pages)


def read(pdf: bytes) -> Sheet:
    """Return the sheet that `pdf`, made by portal.printing, holds."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b(?!s)", body)]
    order = _kids(objects)
    pages = [objects[number] for number in order] if order else pages
    return Sheet([_page(page, objects) for page in pages], pdf)


def _kids(objects: dict[int, bytes]) -> list[int]:
    """Return the numbers of the pages in order, down the tree of pages."""
    trees = {number: body for number, body in objects.items() if re.search(rb"/Type\s*/Pages\b", body)}
    below = {
        number: [
            int(one) for one in re.findall(rb"(\d+) 0 R", re.search(rb"/Kids\s*\[(.*?)\]", body, re.S)[1])
        ]
        for number, body in trees.items()
    }
    roots = set(trees) - {kid for kids in below.values() for kid in kids}

    def leaves(number: int) -> list[int]:
        return [leaf for kid in below[number] for leaf in leaves(kid)] if number in below else [number]

    return [leaf for root in sorted(roots) for leaf in leaves(root)]


def _stream(body: bytes) -> bytes:
    data = _STREAM.search(body)[1]
    return zlib.decompress(data) if b"FlateDecode" in body else data


def _page(page: bytes, objects: dict[int, bytes]) -> str:
    resources = page
    if found := re.search(rb"/Resources (\d+) 0 R", page):
        resources = objects[int(found[1])]
    fonts = re.search(rb"/Font\s*<<(.*?)>>", resources, re.S)
    names = dict(re.findall(rb"/(\w+) (\d+) 0 R", fonts[1])) if fonts else {}
    maps = {name: _map(objects[int(number)], objects) for name, number in names.items()}
    content = int(re.search(rb"/Contents (\d+) 0 R", page)[1])
    return re.sub(r"[\s\u200b]", "", _text(_stream(objects[content]), maps))


def _map(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    cmap = _stream(objects[int(re.search(rb"/ToUnicode (\d+) 0 R", font)[1])])
    pairs: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, text in re.findall(rb"<([0-9A-F]+)>\s*<([0-9A-F]+)>", block):
            pairs[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return pairs


def _text(content: bytes, maps: dict[bytes, dict[int, str]]) -> str:
    said, font = [], b""
    for token in _TOKEN.finditer(content):
        found = token.group()
        if token[1]:
            font = token[1]
        elif found[:1] in b"(<":
            hexed = found.startswith(b"<")
            codes = bytes.fromhex(found[1:-1].decode()) if hexed else _ESCAPE.sub(_unescape, found[1:-1])
            said += [
                maps[font].get(int.from_bytes(codes[at : at + 2], "big"), "")
                for at in range(0, len(codes) - 1, 2)
            ]
    return "".join(said)


def _unescape(match: re.Match[bytes]) -> bytes:
    said = match[1]
    return bytes([int(said, 8) & 255]) if said.isdigit() else _NAMED.get(said, said)
