"""Tables that leave the desk: masked by role, marked, recorded, and nothing in them runs."""

import hashlib
import io
import json
import tempfile
import tracemalloc
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from disclosure.masking.services import mask_id, mask_name, mask_phone
from portal.ledger.models import Event
from workflows.demo.build import County
from workflows.desk import events
from workflows.desk.exports import told
from workflows.desk.spreadsheet import Column, Mark, inert, write

from ..county import make_batch
from .conftest import SignIn, rows

MARK = Mark("待办", "某镇 & 某办 =1+1", "2026-11-21 09:00", "20261121-0001")
RUNNING = [
    '=HYPERLINK("http://example.invalid","点")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＠SUM(1)",
    "{=1+1}",
]


def export(client: Any, name: str, *args: str, query: str = "") -> Any:
    """Ask for a table."""
    return client.post(reverse(f"desk:{name}", args=args) + query, {"sheet": "xlsx"})


def book_of(answer: Any) -> tuple[Any, bytes]:
    """Read the table of an answer."""
    assert answer.status_code == 200, answer
    data = b"".join(answer.streaming_content)
    return openpyxl.load_workbook(io.BytesIO(data)), data


def written(texts: list[str]) -> Any:
    """Write one column of texts and read it back."""
    with tempfile.TemporaryFile() as out:
        made_at = datetime(2026, 11, 21)
        write(out, MARK, [("表", [Column("内容")], ([text] for text in texts))], made_at=made_at)
        out.seek(0)
        return openpyxl.load_workbook(io.BytesIO(out.read()))["表"]


def test_no_cell_runs_here_or_after_being_saved_as_csv() -> None:
    sheet = written(RUNNING)
    for (cell,) in sheet.iter_rows(min_row=1):
        assert cell.data_type == "s" and cell.hyperlink is None
        assert str(cell.value)[0] not in "=+-@\t\r\n＝＋－＠", cell.value
    assert "=1+1" in sheet["A1"].value


@given(st.text(max_size=40))
def test_whatever_is_typed_becomes_one_line_that_starts_nothing(text: str) -> None:
    said = inert(text)
    assert not said or said[0] not in "=+-@＝＋－＠ "
    assert not set(said) & set("\t\r\n\x00")


def test_head_and_foot_carry_the_mark_and_no_code_of_a_spreadsheet() -> None:
    sheet = written(["一"])
    assert MARK.number in sheet.oddFooter.left.text
    assert "&&" in sheet.oddHeader.left.text or "某镇 & 某办" in sheet.oddHeader.left.text
    assert sheet.protection.sheet and sheet.protection.password
    assert sheet.freeze_panes == "A3" and sheet.auto_filter.ref == "A2:A3"


def test_two_thousand_rows_stand_never_in_memory_at_once() -> None:
    columns = [Column("甲"), Column("乙", kind="code"), Column("丙", kind="yuan")]

    def peak(count: int) -> int:
        table = ((f"{place}" * 20, "0" * 18, place) for place in range(count))
        tracemalloc.start()
        with tempfile.TemporaryFile() as out:
            assert write(out, MARK, [("表", columns, table)], made_at=datetime(2026, 11, 21)) == count
        return _stop()

    assert peak(6000) < peak(2000) * 1.5


def _stop() -> int:
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_a_batch_leaves_with_numbers_masked_and_money_as_numbers(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="check")
    case = rows(batch)[0]
    household = case.application.household
    book, _data = book_of(export(sign_in("reviewer1"), "export_batch", batch.number))
    sheet = book["户"]
    heads = [cell.value for cell in sheet[2]]
    first = dict(zip(heads, [cell.value for cell in sheet[3]], strict=True))
    assert first["办件号"] == case.number and first["户主"] == household.head_name
    assert first["身份证号"] == mask_id(household.members.order_by("pk")[0].id_number)
    assert first["电话"] == mask_phone(household.phone)
    assert first["一卡通"] == f"****{household.bank_card[-4:]}"
    assert first["现在金额（元）"] == case.amount_fen / 100
    everything = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    for member in household.members.all():
        assert member.id_number not in everything
    assert household.phone not in everything and household.bank_card not in everything
    assert "内部资料" in sheet["A1"].value and str(county["reviewer1"]) in sheet["A1"].value


@pytest.mark.parametrize("username", ["supervisor", "assessor"])
def test_who_only_reads_gets_names_in_part_and_no_numbers(
    county: County, sign_in: SignIn, username: str
) -> None:
    batch = make_batch(county, rows=1, until="check")
    household = rows(batch)[0].application.household
    book, _data = book_of(export(sign_in(username), "export_batch", batch.number))
    first = [cell.value for cell in book["户"][3]]
    assert mask_name(household.head_name) in first and household.head_name not in first
    assert mask_phone(household.phone) not in first


def test_an_export_is_an_event_with_filter_rows_and_digest(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=2, until="check")
    answer = export(sign_in("reviewer1"), "export", "todo", query="?q=&light=yellow")
    _book, data = book_of(answer)
    event = Event.objects.get(kind=events.EXPORTED)
    body = json.loads(event.record)["body"]
    assert event.actor == county["reviewer1"]
    assert body["table"] == "list.todo" and body["filters"] == {"light": "yellow"}
    assert body["sha256"] == hashlib.sha256(data).hexdigest()
    assert body["number"] in answer["Content-Disposition"]
    book, _again = book_of(export(sign_in("reviewer1"), "export", "todo"))
    assert [cell.value for cell in book["批次"]["A"]][2:] == [batch.number]
    assert len(list(book["户"].iter_rows(min_row=3))) == 2


def test_a_name_that_was_searched_for_does_not_reach_the_ledger() -> None:
    assert told({"q": "王小山", "step": "check", "x y": "1", "village": "禾坪"}) == {
        "searched": "yes",
        "step": "check",
    }


def test_the_register_leaves_masked_and_only_for_those_who_keep_it(county: County, sign_in: SignIn) -> None:
    make_batch(county, rows=2, until="file")
    book, _data = book_of(export(sign_in("clerk1"), "export_households"))
    assert book["农户"].max_row == 4
    assert export(sign_in("head1"), "export_households").status_code == 404
    other, _data = book_of(export(sign_in("clerk2"), "export_households"))
    assert other["农户"].max_row == 2


def test_what_is_hidden_answers_like_what_is_missing_and_a_get_makes_nothing(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="check")
    for username in ("clerk2", "head2", "editor", "security"):
        client = sign_in(username)
        hidden = export(client, "export_batch", batch.number)
        assert hidden.status_code == 404
        assert hidden.content == export(client, "export_batch", "990101101201-2026-999").content
    assert export(sign_in("supervisor"), "export", "todo").status_code == 404
    assert export(sign_in("reviewer1"), "export", "people").status_code == 404
    for address in (reverse("desk:export", args=["todo"]), reverse("desk:export_batch", args=[batch.number])):
        assert sign_in("reviewer1").get(address).status_code == 405
    assert not Event.objects.filter(kind=events.EXPORTED).exists()


def test_more_rows_take_no_more_queries(county: County, sign_in: SignIn) -> None:
    few, many = make_batch(county, rows=2), make_batch(county, rows=12, first=10)
    client = sign_in("head1")
    export(client, "export_batch", few.number)
    counts = []
    for batch in (few, many):
        with CaptureQueriesContext(connection) as asked:
            book_of(export(client, "export_batch", batch.number))
        counts.append(len(asked))
    assert counts[0] == counts[1]
