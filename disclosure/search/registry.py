"""Where the search's texts come from: rooms register a source when their app starts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Passage:
    """A paragraph of a public page as plain text, with its anchor there, empty for the page itself."""

    anchor: str
    text: str


@dataclass(frozen=True)
class Document:
    """A public page as the search knows it: what the page shows to anybody, and never a villager's name.

    `path` is of this site, without elder mode's prefix. `place` is the area in full, as people say it, and
    is found like the title; `about` is a line below the title (a number, an issuer). `mark` is what a reader
    must know first (废止). `revision` says which state of the thing this is, for who has to follow it.
    """

    kind: str
    path: str
    title: str
    on: date | None
    area_path: str = ""
    place: str = ""
    about: str = ""
    mark: str = ""
    revision: str = ""
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True)
class Source:
    """`one(key)` gives the document of a key, or None where nothing of it is public; `all_keys()` gives all.

    `kinds` are the kinds of its documents with their names in Chinese, in the order in which a reader may
    choose one.
    """

    name: str
    kinds: Mapping[str, Any]
    one: Callable[[str], Document | None]
    all_keys: Callable[[], Iterable[str]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Take `source` in; ValueError where another one has its name."""
    if _sources.setdefault(source.name, source) is not source:
        raise ValueError(f"搜索来源 {source.name} 已经登记过")


def source(name: str) -> Source:
    """Return the source of that name; KeyError where there is none."""
    return _sources[name]


def sources() -> list[Source]:
    """Return every source."""
    return [*_sources.values()]


def kinds() -> dict[str, Any]:
    """Return every kind with its name in Chinese."""
    return {kind: label for one in _sources.values() for kind, label in one.kinds.items()}
