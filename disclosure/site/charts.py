"""Bar charts made on the server: SVG that stretches with the page and its type; a table stands behind.

Lengths are em and per cent: the chart needs no script, no style of its own, and reads at 16 and at 24 pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Heights in em: a bar below its line of words, and one more line where the words fill it.
ROW, LINE = 2.9, 1.4
# A narrow phone in large type has room for so many Chinese characters.
LINE_CHARACTERS = 12.5
# Shares of the ink that the page is read in: figures ask for nothing, and in a reader's own colours
# (white on black) they follow.
BAR, GROUND = ".7", ".08"


@dataclass(frozen=True)
class Bar:
    """One bar: what it is of, its length in any unit, and the figure in words (3件, 4,800元)."""

    label: str
    value: int
    words: str


@dataclass(frozen=True)
class Chart:
    """A chart. `key` is its id on the page; `about` says in a sentence what is counted."""

    key: str
    title: str
    about: str
    bars: Sequence[Bar]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(bar.value > 0 for bar in self.bars)

    def svg(self) -> SafeString:
        """Return the drawing; its title and description carry every figure for who hears the page."""
        longest = max([bar.value for bar in self.bars] or [1]) or 1
        rows, top = [], 0.0
        for bar in self.bars:
            label = _shortened(bar.label)
            # The figure moves to a line of its own where it would run into the words.
            below = LINE if _width(label) + _width(bar.words) > LINE_CHARACTERS else 0.0
            bar_top = top + below + 1.6
            share = round(100 * max(0, bar.value) / longest, 1)
            rows.append(
                (
                    *(_em(top + 1.1), label, _em(top + below + 1.1), bar.words),
                    *(_em(bar_top), GROUND, _em(bar_top), share, BAR),
                )
            )
            top += ROW + below
        drawn = format_html_join(
            "",
            '<text y="{}em">{}</text><text x="100%" y="{}em" text-anchor="end">{}</text>'
            '<rect y="{}em" width="100%" height=".7em" fill-opacity="{}"/>'
            '<rect y="{}em" width="{}%" height=".7em" fill-opacity="{}"/>',
            rows,
        )
        said = "；".join(f"{bar.label}{bar.words}" for bar in self.bars)
        return format_html(
            '<svg role="img" aria-labelledby="{0}-t {0}-d" width="100%" height="{1}em" fill="currentColor">'
            '<title id="{0}-t">{2}</title><desc id="{0}-d">{3}</desc>{4}</svg>',
            *(self.key, _em(top), self.title, said, drawn),
        )


def _width(text: str) -> float:
    """Return how wide `text` is in Chinese characters; a figure or a letter is 0.6 of one."""
    return sum(0.6 if char.isascii() else 1.0 for char in text)


def _shortened(label: str) -> str:
    """Return `label` as one line holds it; the table behind has it in full."""
    while _width(label) > LINE_CHARACTERS:
        label = f"{label.removesuffix('…')[:-1]}…"
    return label


def _em(number: float) -> str:
    return f"{number:.1f}"
