"""Finding: which documents have every phrase, in which order, and which paragraph of each is shown.

A document is found where all phrases stand in one passage together with the document's title and place: a
reader is led to one paragraph that answers, not to words strewn over forty pages. Found in the title comes
before found in a paragraph, and within both the newer before the older; the order owes nothing to how often a
word occurs, so nobody can write a page to the top.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, Max, Min, Q, When
from django.utils.safestring import SafeString

from portal.areas.models import path_range

from . import backends, registry, showing
from .asking import Question
from .models import Entry

A_PAGE = 10
# Beyond this nobody reads on: the answer says that there is more, and how to ask more narrowly.
MOST = 500


@dataclass(frozen=True)
class Filters:
    """What narrows a search: a kind, the subtree of an area (its path), the first and the last day."""

    kind: str = ""
    area_path: str = ""
    since: date | None = None
    until: date | None = None

    def condition(self) -> Q:
        """Return the condition on entries. What has no date is in no range; what has no area, in no area."""
        wanted = Q()
        if self.kind:
            wanted &= Q(kind=self.kind)
        if self.area_path:
            wanted &= path_range(self.area_path)
        if self.since:
            wanted &= Q(on__gte=self.since)
        if self.until:
            wanted &= Q(on__lte=self.until)
        return wanted


@dataclass(frozen=True)
class Found:
    """A document that was found. `title` and `text` are escaped and marked; `path` ends in the anchor.

    `text` is empty where only the title has what was asked. `more` counts its other paragraphs that have as
    many of the phrases.
    """

    document: str
    kind: str
    path: str
    title: SafeString
    text: SafeString
    place: str
    about: SafeString
    on: date | None
    mark: str
    more: int


@dataclass(frozen=True)
class Findings:
    """One page of what was found. `total` counts to MOST; `capped` says that there is more."""

    found: Sequence[Found]
    total: int
    capped: bool
    page: int
    pages: int


def find(question: Question, filters: Filters | None = None, page: int = 1) -> Findings:
    """Return page `page` (from 1; the last where it lies beyond) of what `question` finds: two queries."""
    names = documents(question, filters)
    capped = len(names) > MOST
    names = names[:MOST]
    pages = max(1, -(-len(names) // A_PAGE))
    page = max(1, min(page, pages))
    shown = names[(page - 1) * A_PAGE : page * A_PAGE]
    return Findings(_shown(question, shown), len(names), capped, page, pages)


def documents(question: Question, filters: Filters | None = None) -> list[str]:
    """Return the names of what `question` finds, best first, MOST and one more at the most (one query)."""
    if not question:
        return []
    found = (
        Entry.objects.filter(backends.having(question.phrases))
        .filter((filters or Filters()).condition())
        .order_by()
        .values("document")
        .annotate(first=Min("position"), day=Max("on"))
        .annotate(below=Case(When(first=0, then=0), default=1))
        .order_by("below", F("day").desc(nulls_last=True), "-document")
    )
    return [*found.values_list("document", flat=True)[: MOST + 1]]


def _shown(question: Question, names: Sequence[str]) -> list[Found]:
    if not names:
        return []
    rows: dict[str, list[Entry]] = {name: [] for name in names}
    # Ten documents are read faster than all that matches is looked up a second time. Its title row tells of a
    # document what stands below the title, whether or not it has the words.
    for entry in Entry.objects.filter(document__in=names).order_by("document", "position"):
        if not entry.position or backends.has(entry.grams, question.phrases):
            rows[entry.document].append(entry)
    labels = registry.kinds()
    return [_found(question, entries, labels) for entries in rows.values() if entries]


def _found(question: Question, entries: Sequence[Entry], labels: dict[str, Any]) -> Found:
    """Return how a document is shown: by the first paragraph that has most of the phrases itself."""
    top, phrases = entries[0], question.phrases
    score = {entry.pk: showing.has(entry.text, phrases) for entry in entries if entry.position}
    best = max(score.values(), default=0)
    paragraph = next((entry for entry in entries if best and score.get(entry.pk) == best), None)
    anchor = f"#{paragraph.anchor}" if paragraph and paragraph.anchor else ""
    return Found(
        document=top.document,
        kind=str(labels.get(top.kind, "")),
        path=top.path + anchor,
        title=showing.marked(top.title, phrases),
        text=showing.excerpt(paragraph.text, phrases) if paragraph else SafeString(),
        place=top.place,
        about=showing.marked(top.text if top.position == 0 else "", phrases),
        on=top.on,
        mark=top.mark,
        more=sum(found == best for found in score.values()) - 1 if paragraph else 0,
    )
