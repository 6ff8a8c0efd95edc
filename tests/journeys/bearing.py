"""What a public page must bear beside axe: keys alone, 400 % zoom, wide text, high contrast, old hands.

Each check says what is wrong in a sentence, or nothing. A page of which every element was found sound in the
same surroundings and the same version is not tried again, save in the full run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .watching import Sound, overhang

LOOK = Path(__file__).with_name("bearing.js").read_text(encoding="utf-8")
# 1280 pixels at 400 %: WCAG 1.4.10.
ZOOMED = {"width": 320, "height": 256}
DESK = {"width": 1280, "height": 900}
# 18 pt, and what domain.md section 5 (S35) asks of a finger's target, in CSS pixels.
ELDER_TEXT, ELDER_TARGET, TARGET = 24, 60, 44

_borne = Sound("bearing")


def strains(page: Any) -> list[str]:
    """Return a sentence for each thing that `page` does not bear; it stands afterwards as it stood before."""
    elder = bool(page.evaluate(LOOK))
    if _borne.knows(page, where=elder):
        return []
    found = [
        *_keys(page),
        *_order(page),
        *_ask(page, f"targets({ELDER_TARGET if elder else TARGET})"),
        *(_ask(page, f"small({ELDER_TEXT})") if elder else []),
        *_contrast(page),
        *_wide_text(page),
        *_zoom(page),
    ]
    if not found:
        _borne.learn(page, where=elder)
    return found


def _ask(page: Any, what: str) -> Any:
    return page.evaluate(f"() => __bearing.{what}")


def _keys(page: Any) -> list[str]:
    """Go through the whole page by the tabulator alone: in order, seen, never caught."""
    for _place in range(_ask(page, "begin()") + 1):
        page.keyboard.press("Tab")
    return list(_ask(page, "went()"))


def _order(page: Any) -> list[str]:
    """Compare the order of the text with what the eye reads, on a phone and on a wide screen."""
    found = _ask(page, "order()")
    with _window(page, DESK):
        return [*found, *_ask(page, "order()")]


def _contrast(page: Any) -> list[str]:
    """Ask for more contrast, then for the reader's own colours."""
    page.emulate_media(contrast="more")
    faint = _ask(page, "faint()")
    page.emulate_media(contrast="null", forced_colors="active")
    edges = _ask(page, "edges()")
    page.emulate_media(forced_colors="null")
    return [*faint, *edges]


def _wide_text(page: Any) -> list[str]:
    """Set lines, letters and words apart."""
    _ask(page, "spread(true)")
    found = [f"with wide text: {one}" for one in overhang(page) + _ask(page, "cut()")]
    _ask(page, "spread(false)")
    return found


def _zoom(page: Any) -> list[str]:
    """Read it at 400 %: nothing goes out at the side, nothing is cut."""
    with _window(page, ZOOMED):
        return [f"at 400 %: {one}" for one in overhang(page) + _ask(page, "cut()")]


@contextmanager
def _window(page: Any, size: dict[str, int]) -> Iterator[None]:
    before = page.viewport_size
    page.set_viewport_size(size)
    yield
    page.set_viewport_size(before)
