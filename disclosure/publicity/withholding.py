"""What was redacted of a case stays away: the same value in a later list of the case is withheld at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.sealing.keys import keyed_hash

from .drafts import RowDraft
from .incidents import Datum, Redaction, RedactionState
from .tombstones import tombstone

PURPOSE = "publicity-redaction"
# The texts of a row in which a datum may stand, by the name that a redaction gives them.
ROW_TEXTS = ("name", "group", "item", "note", "effect", "why")


def hash_of(value: str) -> str:
    """Return the keyed hash by which a redacted value is known again."""
    return keyed_hash(value.strip(), PURPOSE)


def known_again(value: str, words: str, *, whole: bool) -> dict[str, Any]:
    """Return by what `value`, for which `words` stand now, is known again: a keyed hash, never the value."""
    return {"hash": hash_of(value), "length": len(value.strip()), "whole": whole, "words": words}


def put_back(text: str, redactions: Sequence[Mapping[str, Any]]) -> str:
    """Return `text` with tombstones wherever what `redactions` (`known_again`) took out stands again."""
    for one in redactions:
        text = _put_back_one(text, one)
    return text


def _put_back_one(text: str, one: Mapping[str, Any]) -> str:
    length, words = int(one["length"]), str(one["words"])
    if one["whole"]:
        same = len(text.strip()) == length and hash_of(text) == one["hash"]
        return words if same else text
    at = 0
    while at + length <= len(text):
        if hash_of(text[at : at + length]) == one["hash"]:
            text = text[:at] + words + text[at + length :]
            at += len(words)
        else:
            at += 1
    return text


def withheld(rows: Sequence[RowDraft]) -> Sequence[RowDraft]:
    """Return `rows` with a tombstone in the place of every value that was redacted of its case (one query).

    A result is published of the same case, from the same register: the datum would come back by itself.
    """
    done = Redaction.objects.filter(subject__in=[row.subject for row in rows], state=RedactionState.DONE)
    found: dict[str, dict[tuple[str, str], str]] = {}
    for subject, field, hashed, datum in done.values_list("subject", "field", "removed_hash", "datum"):
        found.setdefault(subject, {})[field, hashed] = tombstone(str(Datum(datum).label))
    return [_without(row, found[row.subject]) if row.subject in found else row for row in rows]


def _without(row: RowDraft, removed: dict[tuple[str, str], str]) -> RowDraft:
    for field in ROW_TEXTS:
        value = row.why.get("text", "") if field == "why" else str(getattr(row, field))
        words = removed.get((field, hash_of(value))) if value else None
        if words and field == "why":
            row = replace(row, why={**row.why, "text": words})
        elif words:
            changed: dict[str, Any] = {field: words}
            row = replace(row, **changed)
    return row
