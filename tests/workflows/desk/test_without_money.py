"""A matter that pays nothing shows no amount: on no screen, sheet, table or public page of an exit."""

import io
import re

import openpyxl
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from disclosure.publicity.models import ListKind, PublicList
from tests.pdf_text import read
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.change_play import carry, file_exit
from workflows.engine.models import Batch
from workflows.registry.models import Category

from ..county import make_batch
from .conftest import SignIn, page

AMOUNT = re.compile(r"\b0(?:\.00)? ?元|零元整|金额（元）|申报（元）|批准（元）")


@pytest.fixture
def exit_batch(county: County) -> Batch:
    """Return an exit whose list is about to be published."""
    household = build.make_household(county, "禾坪村", 71, "clerk1", Category.MARGINAL)
    return carry(county, file_exit(county, "helper1", household), "publish")


def body(client: Client, address: str) -> str:
    """Return what the page shows, without its furniture."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().split("<main")[1]


def test_no_screen_of_an_exit_shows_an_amount(county: County, sign_in: SignIn, exit_batch: Batch) -> None:
    reviewer, number = sign_in("reviewer1"), exit_batch.number
    for address in (page(number), "/admin/", "/admin/desk/todo/", "/admin/desk/open/", "/admin/desk/month/"):
        assert not AMOUNT.search(body(reviewer, address)), address
    case = exit_batch.cases.get()
    shown = body(reviewer, reverse("desk:case", args=[case.number]))
    assert not AMOUNT.search(shown)


def test_no_page_of_its_list_shows_an_amount_and_it_tells_of_the_announcement(
    county: County, sign_in: SignIn, exit_batch: Batch
) -> None:
    carry(county, exit_batch, "announce")
    published = PublicList.objects.get(kind=ListKind.APPLICATION)
    assert not published.with_money
    reviewer = sign_in("reviewer1")
    for address in ("/admin/desk/lists/", f"/admin/desk/lists/{published.number}/"):
        assert not AMOUNT.search(body(reviewer, address)), address
    corrected = body(reviewer, reverse("desk:correct_list", args=[published.number]))
    assert 'name="amount-1"' not in corrected and "金额" not in corrected and 'name="remove-1"' in corrected
    cache.clear()
    public = body(Client(), f"/lists/{published.number}/")
    assert not AMOUNT.search(public) and "钱发下去" not in public and "村决议公开" not in public
    assert "县里定下来以后公告" in public and "乡镇审核 → 县级批准 → 公告" in public
    assert "批准以后退出帮扶名册，不另外发钱" in public
    carry(county, exit_batch, "end")
    cache.clear()
    assert "接下来" not in body(Client(), f"/lists/{published.number}/")


def test_the_sheets_and_tables_of_an_exit_have_no_column_of_amounts(
    county: County, sign_in: SignIn, exit_batch: Batch
) -> None:
    reviewer = sign_in("reviewer1")
    for name, sheet in (("desk:print_batch", "summary"), ("desk:print_batch", "approval")):
        pdf = reviewer.post(reverse(name, args=[exit_batch.number]), {"sheet": sheet})
        text = read(pdf.content).text
        assert "元）" not in text and "人民币" not in text and "零元" not in text, sheet
    assert heads(reviewer, reverse("desk:export_batch", args=[exit_batch.number])) == {"户": False}
    every = reverse("desk:export", args=["todo"])
    assert heads(reviewer, every) == {"批次": False, "户": False}
    make_batch(county, rows=1, until="check")
    assert heads(reviewer, every) == {"批次": True, "户": True}


def heads(client: Client, address: str) -> dict[str, bool]:
    """Return of each sheet of an export whether it has a column of amounts."""
    answer = client.post(address, {"sheet": "xlsx"})
    assert answer.status_code == 200, answer
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return {sheet.title: any("元" in str(cell.value) for cell in sheet[2]) for sheet in book}


def test_a_month_sums_what_pays_alone(county: County, sign_in: SignIn, exit_batch: Batch) -> None:
    assert " 元" not in body(sign_in("reviewer1"), "/admin/desk/month/")
    batch = make_batch(county, rows=1, until="check")
    assert batch.amount_fen and " 元" in body(sign_in("reviewer1"), "/admin/desk/month/")
