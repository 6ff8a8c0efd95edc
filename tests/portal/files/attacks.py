"""Uploads made to wear a server out, each small; by name, with a word of what the sender is told."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from PIL import Image

from .conftest import EXCEL, WORD, office, pdf, picture

MEGABYTE = 1024 * 1024


def _png(side: int, rows: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _progressive(side: int) -> bytes:
    """A progressive JPEG whose header says `side`: a decoder keeps all of it before the first row."""
    data = bytearray(picture("JPEG", (64, 64), progressive=True))
    frame = data.index(b"\xff\xc2")
    data[frame + 5 : frame + 9] = struct.pack(">HH", side, side)
    return bytes(data)


def _heic(side: int) -> bytes:
    data = bytearray(picture("HEIF", (64, 64)))
    at = data.find(b"ispe")
    while at != -1:
        data[at + 8 : at + 16] = struct.pack(">II", side, side)
        at = data.find(b"ispe", at + 4)
    return bytes(data)


def _laughs(depth: int = 9) -> bytes:
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "哈">' for n in range(depth)
    )
    return f"<?xml version='1.0'?><!DOCTYPE z [{entities}]><z>&l{depth - 1};</z>".encode()


def _packed(packing: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{WORD}.main+xml"/></Types>')
        archive.writestr("word/document.xml", "<a/>")
    return out.getvalue()


def _unknown_packing() -> bytes:
    data = office(WORD, {"word/document.xml": b"<a/>"})
    # The method is at 8 of a local header and at 10 of a directory entry.
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.find(mark)
        while at != -1:
            data = data[: at + place] + struct.pack("<H", 98) + data[at + place + 2 :]
            at = data.find(mark, at + 4)
    return data


def _lying() -> bytes:
    bomb = office(EXCEL, {"xl/worksheets/sheet1.xml": bytes(210 * MEGABYTE)})
    return bomb.replace(struct.pack("<I", 210 * MEGABYTE), struct.pack("<I", 1000))


def _crowded() -> bytes:
    """An end that names few entries of a directory that holds 200,000."""
    entry = b"PK\x01\x02" + bytes(42)
    directory = entry * 200_000
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), 4, 0)
    return b"PK\x03\x04" + directory + end


def _part(name: str, data: bytes, main: str = WORD) -> bytes:
    return office(main, {name: data})


def _object_stream(text: bytes) -> bytes:
    return pdf(
        b"5 0 obj << /Type /ObjStm /Filter /FlateDecode >> stream\n"
        + zlib.compress(text, 9)
        + b"\nendstream\n"
    )


def _animated() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("P", (20, 20), n) for n in range(3)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def _many(side: int, head: bytes, form: str) -> bytes:
    data = bytearray(picture(form, (8, 8)))
    if form == "GIF":
        data[6:10] = struct.pack("<HH", side, side)
    return bytes(data)


# name: (how it is made, what the sender is told)
ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "pixels in a PNG": (lambda: _png(60000), "像素太多"),
    "a PNG that claims little and holds much": (lambda: _png(40, bytes(150 * MEGABYTE)), ""),
    "pixels in a progressive JPEG": (lambda: _progressive(60000), "像素太多"),
    "pixels in a HEIC": (lambda: _heic(60000), "像素太多"),
    "pixels in a GIF": (lambda: _many(65000, b"", "GIF"), "不接收 GIF"),
    "a GIF that moves": (_animated, "不接收 GIF"),
    "a TIFF": (lambda: picture("TIFF"), "不接收 GIF、TIFF"),
    "packed zeros": (lambda: _part("word/media/image1.png", bytes(300 * MEGABYTE)), "解开后太大"),
    "a directory that lies about sizes": (_lying, "损坏"),
    "a directory that lies about its number": (_crowded, "太多"),
    "a way of packing that nobody knows": (_unknown_packing, "压缩方式"),
    "a way of packing that asks for gigabytes": (lambda: _packed(zipfile.ZIP_LZMA), "压缩方式"),
    "entities in the properties": (lambda: _part("docProps/app.xml", _laughs()), "不合规范"),
    "entities in a drawing": (lambda: _part("word/drawings/vmlDrawing1.vml", _laughs()), "不合规范"),
    "entities in relations": (lambda: _part("word/_rels/document.xml.rels", _laughs()), "不合规范"),
    "entities in UTF-16": (
        lambda: _part(
            "docProps/core.xml", _laughs().decode().replace("1.0'", "1.0' encoding='utf-16'").encode("utf-16")
        ),
        "不合规范",
    ),
    "elements without end": (lambda: _part("word/document.xml", b"<a>" * 40 * MEGABYTE), "不合规范"),
    "names without end": (
        lambda: _part(
            "word/document.xml", b"<z>" + b"".join(b"<a%d/>" % n for n in range(300_000)) + b"</z>"
        ),
        "不合规范",
    ),
    "one endless token": (lambda: _part("word/document.xml", b'<a b="' + b"x" * 150 * MEGABYTE), "不合规范"),
    "a list of types without end": (
        lambda: office(WORD, types="<Default/>" * 8 * MEGABYTE),
        "不合规范",
    ),
    "relations without end": (
        lambda: _part("_rels/.rels", b"<r>" + b"<a/>" * 5 * MEGABYTE + b"</r>"),
        "不合规范",
    ),
    "an archive in an archive": (lambda: _part("word/media/image1.png", office()), "嵌入"),
    "a PDF that unpacks to much": (lambda: _object_stream(bytes(300 * MEGABYTE)), "太大"),
    "a PDF of escapes": (lambda: _object_stream(b"/#41" * 40 * MEGABYTE), "结构"),
    "a PDF of nothing but streams": (lambda: pdf(b"#stream " * 2 * MEGABYTE), "结构"),
    "a PDF of object streams without end": (lambda: pdf(b"/ObjStm stream\n" * MEGABYTE), "结构"),
}
