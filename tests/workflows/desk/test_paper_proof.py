"""Paper leads to its proof: the sheet's code opens a page with the very root that stands in print."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.ledger.models import Event
from portal.printing import qr
from tests.pdf_text import read
from tests.portal.ledger.parties import Parties, parties
from workflows.demo.build import County
from workflows.desk import paper_case

from ..county import make_batch
from .conftest import SignIn, rows


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Parties]:
    with parties(tmp_path) as ours:
        yield ours


def test_the_code_on_a_form_opens_the_proof_of_the_latest_act_under_the_root_in_print(
    county: County, sign_in: SignIn, both: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    checkpoint = both.sign()
    assert checkpoint is not None
    codes: list[str] = []
    svg = qr.svg

    def drawn(address: str) -> str:
        codes.append(address)
        return svg(address)

    monkeypatch.setattr(paper_case.qr, "svg", drawn)
    client: Any = sign_in("head1")
    answer = client.post(reverse("desk:print_case", args=[case.number]), {"sheet": "approval"})
    text = read(answer.content).text
    assert f"最近签名的检查点：{checkpoint.size}条，总指纹{checkpoint.root}" in text
    acts = Event.objects.filter(object_type="case", object_id=case.number, kind__startswith="case.")
    sequence = acts.latest("sequence").sequence
    assert f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}/verify/{sequence}/" in codes
    assert f"总账第{sequence}笔" in text
    page = Client().get(re.sub(r"^https?://[^/]+", "", codes[-1])).content.decode()
    assert checkpoint.root in page
