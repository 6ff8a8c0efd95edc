"""What is asked of every page that a journey opens: no error, no barrier, no sideways scroll."""

import os
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from tests.conftest import FULL

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
WCAG_A_AND_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Wagtail's admin scrolls within <main> and hides what sticks out of it: both are measured.
WIDTHS = """() => [document.documentElement, document.querySelector('main')]
  .filter(Boolean).map(one => [one.tagName, one.scrollWidth, one.clientWidth])
  .filter(([tag, wide, room]) => wide > room)
  .map(([tag, wide, room]) => `${tag} is ${wide} pixels wide in ${room}: ` +
    [...document.querySelectorAll('body *')]
      .filter(one => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 5)
      .map(one => one.tagName + '.' + one.className))"""
# As tall as what the admin scrolls.
HEIGHT = """() => Math.max(innerHeight, (document.querySelector('main') || document.body).scrollHeight)"""


# Wagtail's messages slide in a moment after the page; a colour half faded in is nobody's colour.
# And its side bar learns after the page that the window has become a phone's.
SETTLED = """() => (!document.querySelector('.messages li') ||
    document.querySelector('.messages.appear, .ready .messages')) &&
  (innerWidth >= 800 || !document.querySelector('.sidebar') || document.querySelector('.sidebar--mobile'))"""
FINISH = """() => document.getAnimations()
  .filter(one => one.effect.getComputedTiming().endTime < Infinity).forEach(one => one.finish())"""


@cache
def axe_source() -> str:
    """Return axe-core; it runs through `evaluate`, which the pages' strict policy allows."""
    return AXE.read_text(encoding="utf-8")


# What axe judges by: which elements stand where, with which attributes, whether they have a text. Not the
# words themselves. Of an address that is drawn for each page only its kind counts.
BUILT = """() => {
  const said = new Set();
  const given = new Set(['href', 'src', 'id', 'for', 'value', 'action', 'name', 'nonce', 'content', 'title',
    'datetime', 'd', 'aria-describedby', 'aria-labelledby', 'aria-controls']);
  const kind = one => one.tagName + [...one.attributes].map(has =>
    has.name + (given.has(has.name) ? (has.value ? '+' : '-') : '=' + has.value)).sort().join('|');
  for (const one of document.querySelectorAll('*')) {
    const words = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const above = one.parentElement, over = above && above.parentElement;
    said.add([over ? over.tagName : '', above ? kind(above) : '', kind(one), words,
      one.offsetParent !== null].join('>'));
  }
  return [...said];
}"""


class Sound:
    """The elements, each in its surroundings, of pages that were found sound in one respect.

    The workers of one run tell each other by a file in the folder that TESTS_SHARED names, if it names one.
    """

    def __init__(self, respect: str) -> None:
        folder = os.environ.get("TESTS_SHARED")
        self._file = Path(folder) / f"sound-{respect}" if folder else None
        self._known: set[str] = set()
        self._read = 0

    def knows(self, page: Any, *, where: object = "") -> bool:
        """Tell whether all that `page` is built of was found sound at `where`; never in the full run."""
        if FULL:
            return False
        if self._file and self._file.exists():
            with self._file.open(encoding="ascii") as said:
                said.seek(self._read)
                self._known.update(said.read().split())
                self._read = said.tell()
        return self._parts(page, where) <= self._known

    def learn(self, page: Any, *, where: object = "") -> None:
        """Keep that `page` was found sound at `where`."""
        new = self._parts(page, where) - self._known
        self._known |= new
        if self._file and new:
            # One write of whole lines to the end: what two workers say at once does not mix.
            with self._file.open("a", encoding="ascii") as said:
                said.write("\n".join(sorted(new)) + "\n")

    def _parts(self, page: Any, where: object) -> set[str]:
        lines = page.evaluate(BUILT)
        return {blake2b(f"{where} {one}".encode(), digest_size=12).hexdigest() for one in lines}


_judged = Sound("axe")


def barriers(page: Any) -> list[str]:
    """Return each violation of WCAG A and AA that axe finds on `page`, with the elements that have it.

    A page of which every element stood in the same surroundings on pages that were found sound at this width
    is not judged again, save in the full run: axe takes longer than the page.
    """
    page.wait_for_function(SETTLED)
    page.evaluate(FINISH)
    width = page.viewport_size["width"]
    if _judged.knows(page, where=width):
        return []
    found = _judge(page)
    if not found:
        _judged.learn(page, where=width)
    return found


def _judge(page: Any) -> list[str]:
    page.evaluate(axe_source())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
        ".then(done => done.violations.map(one => one.id + ': ' + one.help + ' — '"
        " + one.nodes.map(node => node.target.join(' ') + ' ' + node.html.slice(0, 160)).join(' | ')))",
        WCAG_A_AND_AA,
    )
    return list(found)


def overhang(page: Any) -> list[str]:
    """Return a sentence for each thing that can be scrolled sideways, naming what sticks out."""
    return list(page.evaluate(WIDTHS))


def keep_shot(page: Any, name: str, width: int) -> None:
    """Keep a picture of `page` in the folder that JOURNEY_SHOTS names, if it names one."""
    folder = os.environ.get("JOURNEY_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        window = page.viewport_size
        page.set_viewport_size({**window, "height": page.evaluate(HEIGHT)})
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size(window)
