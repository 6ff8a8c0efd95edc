"""审批表 and 汇总表: what stands on paper is what stands on the record, and who printed it is known."""

import hashlib
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from disclosure.masking.services import mask_id, mask_phone
from portal.ledger.models import Event, Head
from portal.printing.money import capital, figures
from tests.pdf_text import Sheet, read
from workflows.demo import play
from workflows.demo.build import County
from workflows.desk import events
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch, Case
from workflows.engine.services import act

from ..county import carry, make_batch
from .conftest import SignIn, rows


def print_case(client: Any, case: Case) -> Any:
    """Ask for the form of a case."""
    return client.post(reverse("desk:print_case", args=[case.number]), {"sheet": "approval"})


def print_batch(client: Any, batch: Batch, sheet: str) -> Any:
    """Ask for a sheet of a batch."""
    return client.post(reverse("desk:print_batch", args=[batch.number]), {"sheet": sheet})


def sheet_of(answer: Any) -> Sheet:
    """Read the sheet of an answer."""
    assert answer.status_code == 200, answer
    assert answer["Content-Type"] == "application/pdf"
    return read(answer.content)


def returned(county: County, batch: Batch, reason: str, opinion: str = "") -> None:
    """Let the township's reviewer send the whole batch back to the village."""
    batch.refresh_from_db()
    act(
        actor=county["reviewer1"],
        batch_id=batch.pk,
        seen_version=batch.version,
        verdicts={case.pk: RowVerdict(Verdict.RETURN, reason=reason, to_step="file") for case in rows(batch)},
        opinion=opinion,
    )


def test_the_form_carries_what_every_level_said_with_name_and_day(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="end")
    case = rows(batch)[0]
    sheet = sheet_of(print_case(sign_in("head1"), case))
    assert len(sheet.pages) == 1
    assert f"{county.programme.title}审批表" in sheet.text  # type: ignore[union-attr]
    assert case.number in sheet.text
    for step in ("村申报", "四议", "乡镇核查", "乡镇审批", "县备案", "验收", "拨付"):
        assert step in sheet.text, step
    for username in ("helper1", "reviewer1", "head1", "county", "finance"):
        assert str(county[username]) in sheet.text, username
    assert f"资金申请（第{case.flow_version}版）" in sheet.text
    assert "名单公示" in sheet.text and "公开栏张贴" in sheet.text
    assert "异议无" in sheet.text
    assert "（盖章处）" in sheet.text and "（签字）" in sheet.text


def test_the_form_says_who_filed_through_which_office(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    case = rows(batch)[0]
    text = sheet_of(print_case(sign_in("head1"), case)).text
    assert "申报人由禾坪村" in text and f"{case.opened_by}替这户申报" in text


def test_amounts_stand_in_figures_and_in_capitals(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="record"))[0]
    sheet = sheet_of(print_case(sign_in("head1"), case))
    approved = case.application.approved_fen
    assert f"批准金额{figures(approved)}人民币{capital(approved)}" in sheet.text


def test_no_number_of_a_person_stands_whole_on_the_form(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    household = case.application.household
    member = household.members.order_by("pk")[0]
    answer = print_case(sign_in("head1"), case)
    text = sheet_of(answer).text
    assert mask_id(member.id_number) in text and mask_phone(household.phone) in text
    assert f"尾号{household.bank_card[-4:]}" in text
    for whole in (member.id_number, household.phone, household.bank_card):
        assert whole not in text
    # Neither the file's name nor its own words tell who it is about.
    assert household.head_name not in answer["Content-Disposition"]
    assert household.head_name.encode() not in answer.content
    assert "no-store" in answer["Cache-Control"]


def test_steps_still_to_come_are_left_blank_for_hand_and_seal(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    text = sheet_of(print_case(sign_in("head1"), case)).text
    assert "乡镇核查（正在办）" in text
    assert "乡镇审批（还没有办到这一步）负责人（签字）（盖章处）年月日" in text


def test_what_was_said_before_a_return_no_longer_stands_and_goes_on_the_attached_sheet(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="check")
    returned(county, batch, "发票要补齐")
    sheet = sheet_of(print_case(sign_in("head1"), rows(batch)[0]))
    assert len(sheet.pages) == 2
    assert "四议（还没有办到这一步）" in sheet.pages[0]
    assert "本件退回或撤回过1次" in sheet.pages[0]
    assert "发票要补齐" not in sheet.pages[0]
    assert "发票要补齐" in sheet.pages[1] and "第2页共2页" in sheet.pages[1]


def test_a_case_with_long_opinions_keeps_to_one_page_and_says_where_the_rest_is(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="check")
    said = "入户看过圈舍和存栏，与申报一致。" * 120
    play.visit_all(batch, county["reviewer1"])
    play.check(batch, county["reviewer1"], opinion=said)
    sheet = sheet_of(print_case(sign_in("head1"), rows(batch)[0]))
    assert len(sheet.pages) >= 2
    assert "全文见附页" in sheet.pages[0]
    assert "异议" in sheet.pages[0] and "打印时账本共" in sheet.pages[0]
    assert "".join(sheet.pages[1:]).count("与申报一致") == 120
    assert "审批表一页写不下的全文在这里" in sheet.pages[1]


def test_typed_markup_is_printed_as_typed(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    evil = '#read("/etc/passwd") $x$ *粗* @b <a> \\ "引" #import "@preview/x:0.1.0"'
    play.visit_all(batch, county["reviewer1"])
    play.check(batch, county["reviewer1"], opinion=evil)
    text = sheet_of(print_case(sign_in("head1"), rows(batch)[0])).text
    assert evil.replace(" ", "") in text
    assert "root:" not in text


def test_printing_is_an_event_with_the_digest_of_the_very_sheet(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    before = Head.objects.get()
    answer = print_case(sign_in("head1"), case)
    event = Event.objects.get(kind=events.PRINTED)
    body = json.loads(event.record)["body"]
    assert (event.actor, event.object_type, event.object_id) == (county["head1"], "case", case.number)
    assert body["sha256"] == hashlib.sha256(answer.content).hexdigest()
    text = sheet_of(answer).text
    # The sheet names where the ledger stood before it was printed, and its own number.
    assert f"打印时账本共{before.size}条，树根{before.root}" in text
    assert body["number"] in text and str(county["head1"]) in text


def test_opening_the_address_prints_nothing_and_changes_nothing(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    client = sign_in("head1")
    for address in (
        reverse("desk:print_case", args=[rows(batch)[0].number]),
        reverse("desk:print_batch", args=[batch.number]),
    ):
        assert client.get(address).status_code == 405
    assert not Event.objects.filter(kind=events.PRINTED).exists()


@pytest.mark.parametrize("username", ["clerk2", "head2", "editor", "sysadmin", "security", "audit"])
def test_whoever_may_not_see_a_case_cannot_print_it(county: County, sign_in: SignIn, username: str) -> None:
    batch = make_batch(county, rows=1, until="check")
    client = sign_in(username)
    hidden = print_case(client, rows(batch)[0]), print_batch(client, batch, "summary")
    missing = (
        client.post(reverse("desk:print_case", args=["990101101201202699999"])),
        client.post(reverse("desk:print_batch", args=["990101101201-2026-999"])),
    )
    for answer, absent in zip(hidden, missing, strict=True):
        assert answer.status_code == absent.status_code == 404
        assert answer.content == absent.content
    assert not Event.objects.filter(kind=events.PRINTED).exists()


def test_a_batch_prints_one_page_for_each_household(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=3, until="approve")
    sheet = sheet_of(print_batch(sign_in("head1"), batch, "approval"))
    assert len(sheet.pages) == 3
    for case, page in zip(rows(batch), sheet.pages, strict=True):
        assert case.number in page and "第1页共1页" in page
    assert json.loads(Event.objects.get(kind=events.PRINTED).record)["body"]["rows"] == 3


def test_the_summary_lists_every_row_and_sums_what_is_on_its_way(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=3, until="approve")
    text = sheet_of(print_batch(sign_in("head1"), batch, "summary")).text
    total = sum(case.amount_fen for case in rows(batch))
    assert "合计3户" in text and f"人民币{capital(total)}" in text
    assert figures(total)[1:] in text
    assert "制表人签字" in text and "村委会签字" in text and "乡镇签字" in text


def test_a_summary_of_many_rows_repeats_its_head(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=45, until="file")
    sheet = sheet_of(print_batch(sign_in("clerk1"), batch, "summary"))
    assert len(sheet.pages) >= 2
    assert all("序号户主小组项目" in page for page in sheet.pages[:-1])
    assert "第2页共" in sheet.pages[1]


def test_a_sheet_that_nobody_knows_brings_one_back_to_the_batch(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    answer = print_batch(sign_in("head1"), batch, "../etc")
    assert answer.status_code == 302
    assert not Event.objects.filter(kind=events.PRINTED).exists()


def test_forms_of_more_cases_take_no_more_queries(county: County, sign_in: SignIn, settings: Any) -> None:
    # Else a process asks now and then whether another one changed a setting.
    settings.CONFIGURATION_RECHECK_SECONDS = None
    few, many = make_batch(county, rows=2), make_batch(county, rows=9, first=10)
    few, many = carry(county, few, "publish"), carry(county, many, "publish")
    client = sign_in("head1")
    print_batch(client, few, "approval")
    counts = []
    for batch in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert print_batch(client, batch, "approval").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_pages_offer_their_sheets_as_forms(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    client = sign_in("head1")
    html = client.get(reverse("desk:batch", args=[batch.number])).content.decode()
    assert "打印汇总表" in html and reverse("desk:print_batch", args=[batch.number]) in html
    html = client.get(reverse("desk:case", args=[rows(batch)[0].number])).content.decode()
    assert "打印审批表" in html
