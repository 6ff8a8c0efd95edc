"""The sheet for the village's board: names whole while the list runs, none after, and a digest to compare."""

import json
from datetime import timedelta
from typing import Any

from django.urls import reverse

from disclosure.publicity.board import Paper, board_data
from disclosure.publicity.events import PRINTED
from disclosure.publicity.models import PublicList
from portal import clock
from portal.ledger.models import Event
from portal.printing.sheets import render
from tests.pdf_text import read
from workflows.demo import play
from workflows.demo.build import County

from ..county import make_batch
from .conftest import SignIn, rows


def running(county: County) -> Any:
    """Return a batch and the list that it waits for."""
    batch = make_batch(county, rows=2, until="publish")
    play.sign(batch, county["reviewer1"])
    return batch, PublicList.objects.get(number=batch.waits)


def test_the_board_shows_whole_names_the_digest_and_until_when(county: County, sign_in: SignIn) -> None:
    batch, found = running(county)
    client = sign_in("clerk1")
    address = reverse("desk:print_board", args=[found.number])
    answer = client.post(address, {"sheet": "a3"})
    assert answer["Content-Type"] == "application/pdf"
    text = read(answer.content).text
    for case in rows(batch):
        household = case.application.household
        assert household.head_name in text
        assert household.phone not in text and household.bank_card not in text
    assert found.digest in text and found.number in text
    assert f"{found.closes_on.month}月{found.closes_on.day}日" in text
    body = json.loads(Event.objects.get(kind=PRINTED).record)["body"]
    assert body["paper"] == "a3" and len(body["sha256"]) == 64
    assert client.get(address).status_code == 405
    for username in ("clerk2", "supervisor", "editor"):
        assert sign_in(username).post(address, {"sheet": "a3"}).status_code == 404, username
    assert "打印张贴单" in client.get(reverse("desk:list", args=[found.number])).content.decode()


def test_names_leave_the_sheet_with_the_period(county: County) -> None:
    batch, found = running(county)
    names = [case.application.household.head_name for case in rows(batch)]
    found.closes_on = clock.today() - timedelta(days=1)
    data = board_data(found, Paper.A4)
    assert not data["named"] and not any(row["name"] for row in data["rows"])
    assert not any(name in read(render("board", data)).text for name in names)
