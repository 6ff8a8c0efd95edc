"""Stacked bars made on the server: SVG in em and per cent, every figure in words and in a table behind."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

ROW, WORDS_AT, BAR_AT, BAR_HIGH, PARTS_AT = 4.6, 1.1, 1.6, 0.9, 3.6


@dataclass(frozen=True)
class Part:
    """One part of every bar: what it is called, and the style of the desk by which it is drawn."""

    label: str
    style: str


@dataclass(frozen=True)
class Stack:
    """One bar: what it is of, the length of each part in any unit, the whole and the parts in words."""

    label: str
    values: Sequence[int]
    words: str
    figures: Sequence[str] = ()


@dataclass(frozen=True)
class Picture:
    """A picture with its table. `key` is its id on the page; `about` says in a sentence what is counted.

    `heads` and `rows` are the table behind: the first cell of a row is its head.
    """

    key: str
    title: str
    about: str
    parts: Sequence[Part]
    stacks: Sequence[Stack]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for stack in self.stacks for value in stack.values)

    def told(self, stack: Stack) -> str:
        """Return the parts of a bar that are not empty, in words."""
        named = zip(self.parts, stack.values, self.shown(stack), strict=True)
        return " · ".join(f"{part.label} {words}" for part, value, words in named if value)

    def shown(self, stack: Stack) -> Sequence[str]:
        """Return the figures of a bar's parts in words."""
        return stack.figures or [str(value) for value in stack.values]

    def svg(self) -> SafeString:
        """Return the drawing: one scale for all bars, so that their lengths can be compared."""
        longest = max([sum(stack.values) for stack in self.stacks] or [1]) or 1
        drawn = []
        for place, stack in enumerate(self.stacks):
            top = place * ROW
            left = 0.0
            parts = []
            for part, value in zip(self.parts, stack.values, strict=True):
                wide = 100 * value / longest
                parts.append((f"{left:.2f}", _em(top + BAR_AT), f"{wide:.2f}", _em(BAR_HIGH), part.style))
                left += wide
            rects = format_html_join("", '<rect x="{}%" y="{}" width="{}%" height="{}" class="{}"/>', parts)
            line = _em(top + WORDS_AT)
            # Colour is never alone: what each part is stands below the bar.
            under = (_em(top + PARTS_AT), self.told(stack))
            drawn.append((line, stack.label, line, stack.words, rects, *under))
        bars = format_html_join(
            "",
            '<text y="{}">{}</text><text x="100%" y="{}" text-anchor="end">{}</text>{}'
            '<text y="{}" class="pic-under">{}</text>',
            drawn,
        )
        said = "；".join(f"{stack.label} {stack.words}：{self.told(stack)}" for stack in self.stacks)
        return format_html(
            '<svg role="img" aria-labelledby="{0}-t {0}-d" width="100%" height="{1}" fill="currentColor">'
            '<title id="{0}-t">{2}</title><desc id="{0}-d">{3}</desc>{4}</svg>',
            *(self.key, _em(len(self.stacks) * ROW), self.title, said, bars),
        )


def _em(number: float) -> str:
    return f"{number:.2f}em"
