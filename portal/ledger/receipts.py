"""Receipts: the C2SP tlog-proof of one event, which anyone can check without the portal."""

import base64

from . import checkpoints, proofs
from .models import Checkpoint, Event


def proof_of(event: Event, checkpoint: Checkpoint) -> str:
    """Return the tlog-proof of `event` in the tree of `checkpoint`, which holds it.

    Its extra line is the event's leaf hash: so the file can be checked without the record, which is not for
    everybody's eyes. Whoever has the record recomputes that hash from it.
    """
    index = event.sequence - 1
    path = proofs.inclusion(index, checkpoint.size)
    lines = [
        "c2sp.org/tlog-proof@v1",
        f"extra {base64.b64encode(bytes.fromhex(event.leaf_hash)).decode()}",
        f"index {index}",
        *(base64.b64encode(hash_).decode() for hash_ in path),
    ]
    return "\n".join(lines) + f"\n\n{checkpoints.note_of(checkpoint)}"
