"""Paper leads to its proof: the code read off a page opens one with the very root that stands in print."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from disclosure.publicity.models import PublicList
from disclosure.publicity.services import lodge
from disclosure.publicity.slip import print_slip
from portal.ledger import offline
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from tests import qr_reading
from tests.pdf_text import read
from tests.portal.ledger.parties import Parties, parties, record, tamper
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.models import Batch

from ..county import make_batch
from .conftest import SignIn, rows

pytestmark = pytest.mark.skipif(qr_reading.program() is None, reason="pdftoppm is missing")


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Parties]:
    with parties(tmp_path) as ours:
        yield ours


@pytest.fixture
def running(county: County) -> tuple[Batch, PublicList]:
    """Return a batch and the list that it waits for."""
    batch = make_batch(county, rows=2, until="publish")
    play.sign(batch, county["reviewer1"])
    return batch, PublicList.objects.get(number=batch.waits)


def latest(object_type: str, object_id: str) -> int:
    return Event.objects.filter(object_type=object_type, object_id=object_id).latest("sequence").sequence


def test_the_codes_on_printed_sheets_open_the_proof_under_the_root_in_print(
    county: County, sign_in: SignIn, running: tuple[Batch, PublicList], both: Parties
) -> None:
    batch, found = running
    case = rows(batch)[0]
    lodged = lodge(list_id=found.pk, text="他家圈舍是旧的")
    acts = Event.objects.filter(object_type="case", object_id=case.number, kind__startswith="case.")
    of_case, of_batch = acts.latest("sequence").sequence, latest("batch", batch.number)
    first = both.sign()
    assert first is not None and found.event is not None
    record(3)
    # Later trees, witnessed ones among them, change nothing of what paper carries.
    both.sign()
    both.witness()
    head, clerk = sign_in("head1"), sign_in("clerk1")
    sheets = {
        of_case: head.post(reverse("desk:print_case", args=[case.number]), {"sheet": "approval"}).content,
        of_batch: head.post(reverse("desk:print_batch", args=[batch.number]), {"sheet": "summary"}).content,
        found.event: clerk.post(reverse("desk:print_board", args=[found.number]), {"sheet": "a3"}).content,
        latest("objection", str(lodged.objection.pk)): print_slip(lodged.objection, lodged.pin),
    }
    for sequence, pdf in sheets.items():
        text, codes = read(pdf).text, qr_reading.codes_in(pdf)
        proofs = [urlsplit(code).path for code in codes if "/verify/" in code]
        assert proofs == [f"/verify/{sequence}/"], (sequence, codes)
        assert f"总账第{sequence}笔，签进{first.size}笔的总账，总指纹{first.root}" in text
        assert first.root in Client().get(proofs[0]).content.decode()


def test_list_receipt_and_case_lead_to_proofs_that_hold(
    county: County, sign_in: SignIn, running: tuple[Batch, PublicList], both: Parties
) -> None:
    batch, found = running
    lodged = lodge(list_id=found.pk, text="他家圈舍是旧的")
    both.sign()
    both.witness()
    visitor, supervisor = Client(), sign_in("supervisor")
    published = Event.objects.get(kind="list.published", object_id=found.number)
    assert found.event == published.sequence
    taken_in = Event.objects.get(kind="objection.lodged")
    code = {"code": lodged.objection.receipt, "pin": lodged.pin}
    pages = {
        published.sequence: visitor.get(f"/lists/{found.number}/"),
        taken_in.sequence: visitor.post("/receipts/", code, headers={"origin": "http://testserver"}),
        latest("case", rows(batch)[0].number): supervisor.get(
            reverse("desk:case", args=[rows(batch)[0].number])
        ),
    }
    trust = offline.parse_trust(both.trust.read_text())
    for sequence, page in pages.items():
        assert f'href="/verify/{sequence}/"' in page.content.decode(), sequence
        proof = Client().get(f"/verify/{sequence}/proof/").content.decode()
        leaf = bytes.fromhex(Event.objects.get(sequence=sequence).leaf_hash)
        assert offline.check_proof(proof, leaf, trust)[0] == sequence - 1


def test_a_list_that_points_to_another_event_is_named(running: tuple[Batch, PublicList]) -> None:
    _batch, found = running
    assert verify().fault is None
    tamper("UPDATE disclosure_publicity_publiclist SET event = 1 WHERE id = %s", found.pk)
    fault = verify().fault
    assert fault is not None and fault.sequence == found.event and re.search("栏目", fault.reason)
