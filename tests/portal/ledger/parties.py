"""The parties around a ledger in tests: a signer, a witness, the trust file that names their keys."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test import override_settings

from portal.ledger import kinds, memory, merkle, signers, signing, tiles, witnessing
from portal.ledger.faults import Fault
from portal.ledger.models import Checkpoint, Event
from portal.ledger.services import Draft, append
from portal.ledger.verifier import verify

ORIGIN = "ledger.example/mingbai"


def record(count: int = 1, **changes: Any) -> list[Event]:
    """Append `count` events of a kind for tests, in one append."""
    kinds.register("test.done", "试办")
    size = Event.objects.count()
    return append(
        *[
            Draft(**{"kind": "test.done", "object_type": "thing", "object_id": str(size + n + 1)} | changes)
            for n in range(count)
        ]
    )


def tamper(sql: str, *values: object) -> None:
    """Change the database as its administrator could, past every rule of the portal."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(sql, values)


def fault_after(sql: str) -> Fault | None:
    """Return what the verification finds once `sql` was done past the portal; it is undone again."""
    with transaction.atomic():
        tamper(sql)
        fault = verify().fault
        transaction.set_rollback(True)
    return fault


@dataclass
class Parties:
    """The signer and the witness, each with key and memory in files of their own."""

    folder: Path

    @property
    def key(self) -> Path:
        return self.folder / "signer" / "key"

    @property
    def memory(self) -> Path:
        return self.folder / "signer" / "memory"

    @property
    def witness_key(self) -> Path:
        return self.folder / "witness" / "key"

    @property
    def witness_memory(self) -> Path:
        return self.folder / "witness" / "memory"

    @property
    def trust(self) -> Path:
        return self.folder / "trust"

    def sign(self) -> Checkpoint | None:
        with memory.opened(self.memory) as mind:
            return signing.sign(signers.from_file(self.key), mind)

    def witness(self) -> Checkpoint:
        with memory.opened(self.witness_memory) as mind:
            return witnessing.witness(signers.from_file(self.witness_key), mind)


@contextmanager
def parties(folder: Path) -> Iterator[Parties]:
    """Yield parties whose keys the portal trusts within the block."""
    ours = Parties(folder)
    log = signers.make_key(ours.key, ORIGIN, witness=False)
    office = signers.make_key(ours.witness_key, "witness.example/discipline", witness=True)
    ours.trust.write_text(f"# 测试\nlog {log}\nwitness discipline {office}\nquorum discipline\n")
    with override_settings(LEDGER_TRUST_FILE=ours.trust):
        yield ours


def cover_up() -> None:
    """Recompute all that the database holds: hashes, roots, head, tiles. It holds in itself afterwards."""
    frontier = merkle.Frontier()
    for event in Event.objects.order_by("sequence"):
        leaf = merkle.leaf_hash(event.record.encode())
        frontier.append(leaf)
        tamper(
            "UPDATE portal_ledger_event SET leaf_hash = %s, root = %s WHERE sequence = %s",
            leaf.hex(),
            frontier.root().hex(),
            event.sequence,
        )
    hashes = json.dumps([hash_.hex() for hash_ in frontier.hashes])
    last = Event.objects.latest("sequence").recorded_at
    moment = last if connection.vendor == "postgresql" else last.replace(tzinfo=None)
    tamper(
        "UPDATE portal_ledger_head SET size = %s, root = %s, frontier = %s, recorded_at = %s",
        frontier.size,
        frontier.root().hex(),
        hashes,
        moment,
    )
    tamper("DELETE FROM portal_ledger_tile")
    tiles.complete()
