"""What is asked of every page that a journey opens: no error, no barrier, no sideways scroll."""

import os
from functools import cache
from pathlib import Path
from typing import Any

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
WCAG_A_AND_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIDEWAYS = "() => [document.documentElement.scrollWidth, window.innerWidth]"


@cache
def axe_source() -> str:
    """Return axe-core; it runs through `evaluate`, which the pages' strict policy allows."""
    return AXE.read_text(encoding="utf-8")


def barriers(page: Any) -> list[str]:
    """Return each violation of WCAG A and AA that axe finds on `page`, with the elements that have it."""
    page.evaluate(axe_source())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
        ".then(done => done.violations.map(one => one.id + ': ' + one.help + ' — '"
        " + one.nodes.map(node => node.target.join(' ') + ' ' + node.html.slice(0, 160)).join(' | ')))",
        WCAG_A_AND_AA,
    )
    return list(found)


def overhang(page: Any) -> list[str]:
    """Return a sentence where `page` is wider than its window, naming what sticks out."""
    wide, window = page.evaluate(SIDEWAYS)
    if wide <= window:
        return []
    out = page.evaluate(
        "width => [...document.querySelectorAll('body *')]"
        ".filter(one => one.getBoundingClientRect().right > width + 1).slice(0, 5)"
        ".map(one => one.tagName + '.' + one.className)",
        window,
    )
    return [f"{wide} pixels wide in a window of {window}: {out}"]


def keep_shot(page: Any, name: str, width: int) -> None:
    """Keep a picture of `page` in the folder that JOURNEY_SHOTS names, if it names one."""
    folder = os.environ.get("JOURNEY_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
