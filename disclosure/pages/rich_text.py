"""The paragraphs of a notice or a reading: their anchors on the page, and their plain text."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

_OPENING = re.compile(r"<(?P<tag>p|li|h[2-4])(?=[\s>])")
# A paragraph ends where it is closed, or where the next one, or a list within it, begins.
_PIECE = re.compile(
    r"<(?:p|li|h[2-4])(?:\s[^>]*)?>(?P<inside>.*?)(?=</(?:p|li|h[2-4])>|<(?:p|li|h[2-4]|ul|ol)[\s>]|\Z)", re.S
)
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<br\s*/?>")


@dataclass(frozen=True)
class Piece:
    """One paragraph, heading or list item of a rich text."""

    anchor: str
    text: str


def pieces(source: str) -> list[Piece]:
    """Return the paragraphs of the rich text `source` as plain text; empty ones keep their number."""
    texts = (_BREAK.sub(" ", found["inside"]) for found in _PIECE.finditer(source))
    return [
        Piece(f"p{number}", html.unescape(_TAG.sub("", text)).strip()) for number, text in enumerate(texts, 1)
    ]


def anchored(rendered: str) -> str:
    """Return the rendered rich text with the anchors p1, p2 … that `pieces` counts; as safe as it was."""
    count = 0

    def with_anchor(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f'{found[0]} id="p{count}"'

    return _OPENING.sub(with_anchor, rendered)


def rewritten(source: str, change: Callable[[str], str]) -> str:
    """Return the rich text `source` with every paragraph that `change` alters replaced by its plain words.

    Its marks and links leave with what stood there; the number of paragraphs, and so their anchors, stay.
    """

    def with_others(found: re.Match[str]) -> str:
        text = html.unescape(_TAG.sub("", _BREAK.sub(" ", found["inside"]))).strip()
        new = change(text) if text else text
        if new == text:
            return found[0]
        return found[0].removesuffix(found["inside"]) + html.escape(new, quote=False)

    return _PIECE.sub(with_others, source)
