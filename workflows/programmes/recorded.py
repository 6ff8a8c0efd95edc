"""What the ledger says of a programme's texts: what its events committed to, and whether that still stands.

Events hold title, definition and source sealed: a commitment whose salt a redaction erases. Events made
before they were sealed hold title and source as they were and a definition's bare SHA-256. Those are never
changed; whoever asks for a redaction is told which they are.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from disclosure.publicity.events import REDACTED
from disclosure.publicity.incidents import Redaction, RedactionState
from portal.ledger.canonical import canonical
from portal.ledger.models import Event, Opening
from portal.sealing import commitments

from .events import BUDGET_SET, PROGRAMME_CREATED, VERSION_MADE
from .models import Programme, ProgrammeVersion

TARGET = "programme"
KINDS = (PROGRAMME_CREATED, VERSION_MADE, BUDGET_SET, REDACTED)
# How a redaction names, among what it sealed, each text that it left in another's place.
LEFT = "left-"
TITLE = "title"
Salts = Mapping[tuple[int, str], str]


def of_version(number: int | str) -> str:
    """Return the key of a version's definition."""
    return f"version-{number}"


def of_budget(year: int | str) -> str:
    """Return the key of a year's source of money."""
    return f"budget-{year}"


@dataclass(frozen=True)
class Said:
    """What one event says of the text `key` of a programme: as it was, its bare digest, or sealed."""

    sequence: int
    programme: str
    key: str
    kind: str
    plain: str = ""
    digest: str = ""
    commitment: str = ""
    name: str = ""

    @property
    def for_good(self) -> bool:
        """Return whether no redaction can take it back."""
        return not self.commitment

    @property
    def fingerprint(self) -> str:
        """Return what of it can be shown: the commitment, or the bare digest of an earlier event."""
        return self.commitment or self.digest

    def holds(self, text: str, salts: Salts) -> bool:
        """Return whether `text` is what was said; never where its salt is erased."""
        if self.commitment:
            return commitments.opens(self.commitment, text, salts.get((self.sequence, self.name), ""))
        if self.digest:
            return hashlib.sha256(text.encode()).hexdigest() == self.digest
        return self.plain == text


def said_in(sequence: int, record: Mapping[str, Any]) -> Iterator[Said]:
    """Yield what the event `record` of one of KINDS says of a programme's texts."""
    kind, body, sealed = record["kind"], record["body"], record["commitments"]
    if kind == REDACTED:
        if body.get("target") == TARGET:
            yield from _left(sequence, body, sealed)
        return
    key, name = {
        PROGRAMME_CREATED: lambda: (TITLE, "title"),
        VERSION_MADE: lambda: (of_version(body["version"]), "definition"),
        BUDGET_SET: lambda: (of_budget(body["year"]), "source"),
    }[kind]()
    about = {"sequence": sequence, "programme": record["object_id"], "key": key, "kind": kind}
    if name in sealed:
        yield Said(**about, commitment=sealed[name], name=name)
    elif kind == VERSION_MADE:
        yield Said(**about, digest=body[name])
    else:
        yield Said(**about, plain=body[name])


def _left(sequence: int, body: Mapping[str, Any], sealed: Mapping[str, str]) -> Iterator[Said]:
    about = {"sequence": sequence, "programme": body["programme"], "kind": REDACTED}
    for name in sealed:
        if name.startswith(LEFT):
            yield Said(**about, key=name.removeprefix(LEFT), commitment=sealed[name], name=name)
    if isinstance(body["left"], dict):
        for number, digest in body["left"].items():
            yield Said(**about, key=of_version(int(number)), digest=digest)


def said_of(programme: Programme) -> list[Said]:
    """Return all that the ledger says of the texts of `programme`, in its order (two queries)."""
    done = Redaction.objects.filter(
        target=TARGET, object_id__startswith=f"{programme.pk}#", state=RedactionState.DONE
    )
    redactions = [str(pk) for pk in done.values_list("pk", flat=True)]
    own = Event.objects.filter(object_type=TARGET, object_id=programme.slug, kind__in=KINDS)
    later = Event.objects.filter(object_type="redaction", object_id__in=redactions, kind=REDACTED)
    found: list[Said] = []
    for sequence, record in (own | later).order_by("sequence").values_list("sequence", "record"):
        found += said_in(sequence, json.loads(record))
    return found


def made_of(programme: Programme) -> dict[int, str]:
    """Return the fingerprints under which the ledger holds the versions of `programme`, by number."""
    made = Event.objects.filter(object_type=TARGET, object_id=programme.slug, kind=VERSION_MADE)
    found: dict[int, str] = {}
    for sequence, record in made.order_by("sequence").values_list("sequence", "record"):
        read = json.loads(record)
        for one in said_in(sequence, read):
            found[read["body"]["version"]] = one.fingerprint
    return found


def texts_of(
    programme: Programme, versions: Iterable[ProgrammeVersion], budgets: Iterable[Any]
) -> dict[str, str]:
    """Return the texts of `programme` as they stand, by key, each written in the one way that is sealed."""
    return {
        TITLE: programme.title,
        **{of_version(one.number): canonical(one.definition) for one in versions},
        **{of_budget(one.year): one.source for one in budgets},
    }


def salts_of(said: Iterable[Said]) -> Salts:
    """Return the salts that open what was sealed, those that were erased left out (one query)."""
    sequences = {one.sequence for one in said if one.commitment}
    openings = Opening.objects.filter(event__in=sequences).exclude(salt="")
    return {(one.event_id, one.name): one.salt for one in openings}
