"""The demo's signer: its key is made once, and a database that was made anew is no attack here."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from portal.ledger import development, trust
from portal.ledger.models import Checkpoint
from portal.ledger.verifier import verify

from .parties import record, tamper


@pytest.mark.django_db
def test_the_demos_signer_signs_here_and_begins_anew_with_a_new_database(tmp_path: Path) -> None:
    with override_settings(LEDGER_TRUST_FILE=tmp_path / "ledger" / "trust"):
        assert development.wanted()
        memories = set()
        for count in (3, 1):
            record(count)
            words = development.signer_words()
            memories.add(words[4])
            assert words == development.signer_words()
            call_command(*words[:5])
            assert Checkpoint.objects.get().size == count
            assert (verify(rows=False).fault, trust.policy().origin) == (None, development.ORIGIN)
            for table in ("cosignature", "checkpoint", "event", "head"):
                tamper(f"DELETE FROM portal_ledger_{table}")
        assert len(memories) == 2
