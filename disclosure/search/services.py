"""Keeping the index: in the transaction that publishes, changes or withdraws a page, or anew as a whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from disclosure.masking.screening import personal_number

from . import backends, registry
from .models import Entry
from .registry import Document, Passage
from .units import grams

# PostgreSQL counts positions to 16,383 and each token 256 times; a longer passage is cut at a sentence's end.
LONGEST_PASSAGE = 1_000
# Numbers of persons; offices' telephones stand on public pages so that people call them.
NEVER = ("id", "card")
_SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;\n]*")
BATCH = 500


@dataclass(frozen=True)
class Difference:
    """A document that the index holds wrongly: missing, left (no longer public), or stale."""

    document: str
    what: str


def name_of(source: str, key: str) -> str:
    """Return the name under which the index knows the document `key` of `source`."""
    return f"{source}:{key}"


def refresh(source: str, key: str) -> None:
    """Bring the index of one document up to what is public of it now, within the caller's transaction."""
    document = registry.source(source).one(key)
    with transaction.atomic():
        if document is None:
            remove(source, key)
        else:
            _put(name_of(source, key), document)


def remove(source: str, key: str) -> None:
    """Take a document out of the index, within the caller's transaction."""
    Entry.objects.filter(document=name_of(source, key)).delete()


def indexed_revision(source: str, key: str) -> str | None:
    """Return which revision of a document the index holds, or None where it holds none."""
    found = Entry.objects.filter(document=name_of(source, key), position=0)
    return found.values_list("revision", flat=True).first()


def rebuild() -> int:
    """Make the whole index anew and return how many documents it holds; a search finds them all meanwhile."""
    # First of all: an index that does not agree with its table refuses changes of the table.
    with transaction.atomic():
        backends.repair()
    count, wanted = 0, set()
    for one in registry.sources():
        for key in one.all_keys():
            refresh(one.name, key)
            wanted.add(name_of(one.name, key))
            count += 1
    stored = set(Entry.objects.values_list("document", flat=True).distinct())
    for document in stored - wanted:
        Entry.objects.filter(document=document).delete()
    return count


def compare() -> Iterator[Difference]:
    """Yield every document of which the index does not hold what is public; nothing is changed."""
    known = set(Entry.objects.values_list("document", flat=True).distinct())
    for one in registry.sources():
        for key in one.all_keys():
            document, name = one.one(key), name_of(one.name, key)
            if document is None:
                continue
            if name not in known:
                yield Difference(name, "missing")
                continue
            known.discard(name)
            stored = Entry.objects.filter(document=name).order_by("position")
            if [_values(entry) for entry in stored] != [_values(entry) for entry in entries(name, document)]:
                yield Difference(name, "stale")
    for name in sorted(known):
        yield Difference(name, "left")


FIELDS = [field.name for field in Entry._meta.concrete_fields if field.name != "id"]
CHANGING = [name for name in FIELDS if name not in ("document", "position")]


def _values(entry: Entry) -> list[Any]:
    return [getattr(entry, name) for name in FIELDS]


def _put(name: str, document: Document) -> None:
    rows = entries(name, document)
    # Two publications at once write the same rows; the second waits and has the last word.
    Entry.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["document", "position"],
        update_fields=CHANGING,
    )
    Entry.objects.filter(document=name, position__gte=len(rows)).delete()


def entries(name: str, document: Document) -> list[Entry]:
    """Return the index's rows of `document`, which the index calls `name`; nothing is written."""
    shown = [
        passage
        for long in document.passages
        for passage in _cut(long)
        if passage.text.strip() and personal_number(passage.text) not in NEVER
    ]
    passages = [Passage("", document.about), *shown]
    return [
        Entry(
            document=name,
            position=position,
            kind=document.kind,
            path=document.path,
            anchor=passage.anchor,
            area_path=document.area_path,
            place=document.place,
            on=document.on,
            mark=document.mark,
            revision=document.revision,
            title=document.title,
            text=passage.text,
            grams=grams(document.title, document.place, passage.text),
        )
        for position, passage in enumerate(passages)
    ]


def _cut(passage: Passage) -> Iterator[Passage]:
    """Yield `passage` in pieces that the index takes whole, each with the anchor of all."""
    if len(passage.text) <= LONGEST_PASSAGE:
        yield passage
        return
    piece = ""
    for sentence in _SENTENCE.findall(passage.text):
        if piece and len(piece) + len(sentence) > LONGEST_PASSAGE:
            yield Passage(passage.anchor, piece)
            piece = ""
        piece += sentence
    if piece:
        yield Passage(passage.anchor, piece)
