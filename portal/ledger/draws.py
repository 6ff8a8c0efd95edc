"""Drawing a sample that anyone can draw again: no chance beyond a seed that the ledger held before the draw.

The frame is every row that could be drawn, each an opaque key in a stratum (a village, say). Two events:

1. the seed's, body ``seed_body(...)``: 32 random bytes, the digest of the frame, how many of each stratum;
2. the draw's, body ``draw_body(...)``: the number of the seed's event, the digest of the sample, the beacon.

Within a stratum the keys are put in the order of HMAC-SHA256(seed, key); the first so many are the sample,
the next ones stand in, in that order, where one has to be replaced. Who knows the seed beforehand could try
many before writing one down; so the draw mixes in what nobody at the portal can foretell: the signer's
signature over the first tree that holds the seed's event, the beacon. `offline.py` draws the same again.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from . import notes, trust
from .models import Checkpoint

HEADER = "stratum,key"
_PLAIN = re.compile(r'[^\s,"]+')
# A row that can be drawn: its stratum and its key.
Row = tuple[str, str]


class BadFrame(ValueError):
    """Nothing can be drawn from this frame; the message says why (Chinese)."""


@dataclass(frozen=True)
class Draw:
    """One draw as evidence: its frame and its sample, and the numbers of its two events."""

    frame: tuple[Row, ...]
    sample: tuple[Row, ...]
    seed_event: int
    draw_event: int


def new_seed() -> bytes:
    """Return 32 random bytes for a seed."""
    return secrets.token_bytes(32)


def table(rows: Iterable[Row]) -> bytes:
    """Return `rows` as the bundle holds them: CSV with a header, UTF-8, lines ended by LF, in their order."""
    return "".join(f"{stratum},{key}\n" for stratum, key in [tuple(HEADER.split(",")), *rows]).encode()


def frame_of(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return the frame of `rows` in its one order, by stratum and key.

    Raises BadFrame for a key that stands twice, and for commas, quotes and blanks in keys or strata.
    """
    frame = tuple(sorted(rows))
    for word in (word for row in frame for word in row):
        if not _PLAIN.fullmatch(word):
            raise BadFrame(_("抽样名册里的“%(word)s”有逗号、引号或空白") % {"word": word})
    keys = [key for _stratum, key in frame]
    if len(set(keys)) != len(keys):
        raise BadFrame(_("抽样名册里有一户列了两次"))
    return frame


def digest(rows: Iterable[Row]) -> str:
    """Return the hex SHA-256 of `rows` as the bundle holds them."""
    return hashlib.sha256(table(rows)).hexdigest()


def seed_body(seed: bytes, frame: Sequence[Row], take: Mapping[str, int]) -> dict[str, Any]:
    """Return the body of the seed's event; `take` says how many of each stratum. BadFrame where too many."""
    held: dict[str, int] = {}
    for stratum, _key in frame:
        held[stratum] = held.get(stratum, 0) + 1
    for stratum, count in take.items():
        if not 0 < count <= held.get(stratum, 0):
            raise BadFrame(
                _("“%(stratum)s”要抽 %(take)d 户，名册里有 %(held)d 户")
                % {"stratum": stratum, "take": count, "held": held.get(stratum, 0)}
            )
    return {
        "seed": seed.hex(),
        "frame_sha256": digest(frame),
        "frame_rows": len(frame),
        "take": dict(sorted(take.items())),
    }


def draw_body(seed_event: int, sample: Sequence[Row], beacon: str) -> dict[str, Any]:
    """Return the body of the draw's event."""
    return {
        "seed_event": seed_event,
        "sample_sha256": digest(sample),
        "sample_rows": len(sample),
        "beacon": beacon,
    }


def beacon_after(seed_event: int) -> str:
    """Return the signer's signature over the first tree that holds the event, base64; "" while there is none.

    Without it whoever wrote the seed down could have chosen it: the verifier takes no such draw.
    """
    first = first_checkpoint(seed_event)
    by = notes.verified(notes.parse(first.note), trust.policy().logs) if first else []
    return base64.b64encode(by[0][1].blob).decode() if by else ""


def first_checkpoint(seed_event: int) -> Checkpoint | None:
    """Return the checkpoint of the smallest tree that holds the event, None while there is none."""
    return Checkpoint.objects.filter(size__gte=seed_event).order_by("size", "pk").first()


def mixed(seed: bytes, beacon: str) -> bytes:
    """Return the bytes that order the draw: the seed, or with a beacon SHA-256 over the seed and it."""
    return hashlib.sha256(seed + beacon.encode()).digest() if beacon else seed


def order(seed: bytes, keys: Iterable[str]) -> list[str]:
    """Return `keys` in the order in which they are drawn with the (mixed) `seed`."""
    return sorted(keys, key=lambda key: hmac.digest(seed, key.encode(), "sha256"))


def draw(seed: bytes, frame: Iterable[Row], take: Mapping[str, int], beacon: str = "") -> tuple[Row, ...]:
    """Return the sample: of each stratum, by name, its first `take[stratum]` keys in the draw's order."""
    strata: dict[str, list[str]] = {}
    for stratum, key in frame:
        strata.setdefault(stratum, []).append(key)
    mix = mixed(seed, beacon)
    return tuple(
        (stratum, key)
        for stratum in sorted(take)
        for key in order(mix, strata.get(stratum, []))[: take[stratum]]
    )
