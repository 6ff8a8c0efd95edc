"""The public pages of proofs: what a villager reads, and files that the single-file verifier takes."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.ledger import offline
from portal.ledger.models import Event
from tests.disclosure.village import Village, a_list
from tests.portal.ledger.parties import Parties, parties


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Parties]:
    with parties(tmp_path) as ours:
        yield ours


def test_a_list_has_a_page_of_its_proof_and_files_that_hold_without_the_portal(
    village: Village, read: Callable[..., str], visitor: Client, both: Parties, tmp_path: Path
) -> None:
    a_list(village)
    event = Event.objects.get(kind="list.published")
    address = f"/verify/{event.sequence}/"
    assert "还没有轮到签名" in read(address) and event.leaf_hash in read(address)
    for early in (f"{address}proof/", "/verify/checkpoint/"):
        assert visitor.get(early).status_code == 404
    checkpoint = both.sign()
    assert checkpoint is not None
    cache.clear()
    assert "还没有见证人签名" in read(address)
    both.witness()
    cache.clear()
    page = read(address)
    assert checkpoint.root in page and "witness.example/discipline" in page
    assert village.area.name not in page and event.object_id not in page
    proof = visitor.get(f"{address}proof/")
    assert proof["Content-Disposition"] == f'attachment; filename="{event.sequence}.tlog-proof"'
    files = {"proof": proof.content, "record": event.record.encode()}
    files["tool.py"] = visitor.get("/verify/tool/").content
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert files["tool.py"] == Path(offline.__file__).read_bytes()
    for words in ([], ["--record", "record"]):
        command = [sys.executable, "-I", "-S", "tool.py", "proof", "proof", "--trust", "trust", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env={"PYTHONUTF8": "1"})
        assert done.returncode == 0 and f"第 {event.sequence} 号事件在账本" in done.stdout, done.stderr
    (tmp_path / "record").write_bytes(event.record.encode() + b" ")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 1
    explained = read("/verify/")
    assert checkpoint.root in explained and "ledger.example/mingbai+" in explained
    assert visitor.get("/verify/checkpoint/").content.decode().startswith("ledger.example/mingbai\n")
    assert re.search(r"noindex", visitor.get(address)["X-Robots-Tag"])


def test_what_is_no_event_has_no_page_and_a_page_asks_little(
    village: Village, visitor: Client, both: Parties
) -> None:
    a_list(village)
    both.sign()
    both.witness()
    assert visitor.get("/verify/999/").status_code == visitor.get("/verify/0/proof/").status_code == 404
    for address in ("/verify/", "/verify/1/", "/verify/1/proof/", "/verify/checkpoint/"):
        with CaptureQueriesContext(connection) as queries:
            assert visitor.get(address).status_code == 200
        assert len(queries) <= 10, address
