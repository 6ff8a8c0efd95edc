"""How a finding is shown: the title and the paragraph with the words marked, everything else escaped."""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from .units import runs

# What a phone shows in three or four lines.
EXCERPT, BEFORE = 90, 24
DOTS = "…"


def places(text: str, phrases: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Return where `phrases` stand in `text`, as (start, end), in order and without overlap."""
    found = []
    for run in runs(text):
        units = [unit.text for unit in run]
        for phrase in phrases:
            length = len(phrase)
            for first in range(len(units) - length + 1):
                if units[first : first + length] == [*phrase]:
                    found.append((run[first].start, run[first + length - 1].end))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def has(text: str, phrases: Sequence[Sequence[str]]) -> int:
    """Return how many of `phrases` stand in `text`."""
    return sum(bool(places(text, [phrase])) for phrase in phrases)


def marked(text: str, phrases: Sequence[Sequence[str]]) -> SafeString:
    """Return `text` escaped, with the phrases in <mark>."""
    return _marked(text, places(text, phrases))


def excerpt(text: str, phrases: Sequence[Sequence[str]]) -> SafeString:
    """Return the part of `text` around its first phrase, escaped and marked; a short text as a whole."""
    text = " ".join(text.split())
    found = places(text, phrases)
    if len(text) <= EXCERPT + BEFORE:
        return _marked(text, found)
    first, last = found[0] if found else (0, 0)
    start = max(0, min(first - BEFORE, len(text) - EXCERPT))
    # A phrase of sixty characters is shown to its end.
    end = min(len(text), max(start + EXCERPT, last))
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in found if a < end and b > start]
    cut = _marked(text[start:end], inside)
    return mark_safe((DOTS if start else "") + cut + (DOTS if end < len(text) else ""))


def _marked(text: str, found: Sequence[tuple[int, int]]) -> SafeString:
    parts, last = [], 0
    for start, end in found:
        parts += [escape(text[last:start]), f"<mark>{escape(text[start:end])}</mark>"]
        last = end
    return mark_safe("".join([*parts, escape(text[last:])]))
