"""A signer for a developer's machine and the demo: key, trust file and memory made where they are missing.

It shows how signed pages look and proves nothing: here the portal's own account holds the key.
"""

from pathlib import Path

from django.conf import settings
from django.db import connection

from . import signers, trust
from .models import Event

ORIGIN = "demo.example/ledger"


def signer_words(every: float = 60) -> list[str]:
    """Return the words of the command that signs here, with a key of its own beside the trust file.

    Each database has a memory of its own: one that was made anew is no attack on a developer's machine.
    """
    folder = trust.trust_file().parent
    key = folder / "demo-signer-key"
    if not key.exists():
        public = signers.make_key(key, ORIGIN, witness=False)
        trust.trust_file().write_text(f"# 演示用，不作证明\nlog {public}\nquorum none\n", encoding="utf-8")
    first = Event.objects.order_by("sequence").values_list("leaf_hash", flat=True).first() or "empty"
    memory: Path = folder / f"demo-signer-memory-{first[:12]}"
    return ["sign_checkpoints", "--key", str(key), "--memory", str(memory), "--every", str(every)]


def wanted() -> bool:
    """Return whether a signer is to run beside the portal here: only where the demo is allowed and loaded."""
    return bool(settings.DEMO_ALLOWED) and Event._meta.db_table in connection.introspection.table_names()
