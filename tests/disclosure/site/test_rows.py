"""Rules of words and rows: amounts, dates, and addresses of the asker."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from disclosure.site import flood, words
from disclosure.site.rows import render_rows


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "0"),
        (1, "0.01"),
        (480_000, "4,800"),
        (480_050, "4,800.50"),
        (123_456_789_00, "123,456,789"),
        (-100, "-1"),
    ],
)
def test_amounts_are_said_in_yuan_with_decimals_only_where_there_are_any(fen: int, said: str) -> None:
    assert words.yuan(fen) == said


def test_a_closing_day_names_its_weekday_and_the_last_hour() -> None:
    assert words.closing(date(2026, 11, 28)) == "11月28日（星期六）24时止"
    assert words.closing(date(2027, 2, 1)) == "2月1日（星期一）24时止"


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ({"note": "乡里核定"}, "乡里核定"),
        ({"note": "乡里核定", "reduced_fen": 80_000}, "比村里报的少800元"),
        (
            {"note": "已拨付，11月12日", "reduced_fen": 20_000, "effect": "存栏20只"},
            "已拨付，11月12日，比村里报的少200元",
        ),
        ({"note": "乡里核定", "reduced_fen": 80_000, "sent_back": True}, "异议成立，退回重查"),
        ({}, ""),
    ],
)
def test_the_note_of_a_row_says_first_what_matters_most(row: dict[str, object], note: str) -> None:
    assert words.row_note(row) == note


def test_an_address_is_counted_under_a_hash_and_a_forged_header_changes_nothing(settings: object) -> None:
    def counted(address: str, forwarded: str = "") -> str:
        headers = {"x-forwarded-for": forwarded} if forwarded else {}
        request = RequestFactory().post("/", REMOTE_ADDR=address, headers=headers)
        return flood.address(request, "test", 3600)

    plain = counted("198.51.100.7")
    assert "198.51" not in plain
    assert counted("198.51.100.7", "203.0.113.9") == plain
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # type: ignore[attr-defined]
    behind = counted("10.0.0.1", "198.51.100.7")
    # What the visitor wrote into the header stands before what our proxy added.
    assert counted("10.0.0.1", "203.0.113.9, 198.51.100.7") == behind == plain


def test_every_text_of_a_row_is_text_on_the_page_even_with_the_sign_between_them() -> None:
    evil = "<img src=x onerror=alert(1)>\"'</li>"
    texts = ("name", "group", "item", "note", "effect")
    why = dict.fromkeys(("text", "source_label", "level"), evil) | {"source_url": f'/p/">{evil}'}
    one = {**dict.fromkeys(texts, evil), "why": why, "position": 1, "amount_fen": 100, "sent_back": False}
    fields = {"number": "L1", "with_money": True, "content": "applications", "changes": {}}
    for between in ("", "\x1f"):
        rows = [{**one, "note": between + evil}, {**one, "name": "", "position": 2, "reduced_fen": 5}]
        page = render_rows(SimpleNamespace(**fields), rows)  # type: ignore[arg-type]
        assert page.count("&lt;img src=x onerror=alert(1)&gt;&#34;&#39;&lt;/li&gt;") == 17
        assert "<img" not in page and page.count("<li>") == page.count("</li>") == 2
        assert page.count('href="') == 4 and "'" not in page
    assert "<li>" not in render_rows(SimpleNamespace(**fields), [])  # type: ignore[arg-type]
