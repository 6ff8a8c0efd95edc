"""Stacked bars made on the server: SVG in per cent, every figure in words and in a table behind."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html_join
from django.utils.safestring import SafeString


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

    `heads` and `rows` are the table behind: the first cell of a row is its head. `below` are addresses of
    pictures of the places that the first rows are about; `more` is where the things themselves stand.
    """

    key: str
    title: str
    about: str
    parts: Sequence[Part]
    stacks: Sequence[Stack]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    below: Sequence[str] = ()
    more: tuple[str, str] | None = None

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

    def lines(self) -> Sequence[tuple[str, str, list[tuple[str, str]]]]:
        """Return each row of the table: head, address of what lies below, cells with their heads."""
        addresses = [*self.below, *[""] * len(self.rows)]
        return [
            (row[0], address, list(zip(self.heads[1:], row[1:], strict=True)))
            for row, address in zip(self.rows, addresses, strict=False)
        ]

    def svg(self) -> SafeString:
        """Return the drawing: one scale for all bars, so that their lengths can be compared.

        Words stand beside the bars, not in them: they wrap where the screen is narrow.
        """
        longest = max([sum(stack.values) for stack in self.stacks] or [1]) or 1
        drawn = []
        for stack in self.stacks:
            left = 0.0
            parts = []
            for part, value in zip(self.parts, stack.values, strict=True):
                wide = 100 * value / longest
                parts.append((f"{left:.2f}", f"{wide:.2f}", part.style))
                left += wide
            rects = format_html_join("", '<rect x="{}%" width="{}%" height="100%" class="{}"/>', parts)
            # Colour is never alone: what each part is stands below the bar.
            told = self.told(stack)
            said = f"{stack.label} {stack.words}：{told}"
            drawn.append((stack.label, stack.words, said, rects, told))
        return format_html_join(
            "",
            '<div class="pic-bar"><p><span>{}</span><span>{}</span></p>'
            '<svg role="img" aria-label="{}">{}</svg><p class="pic-under">{}</p></div>',
            drawn,
        )
