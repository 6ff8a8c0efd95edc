"""What is hostile in a public text stays text: in CSV and XLSX cells, JSON, HTML, and the names of files."""

import html
import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from disclosure.opendata.downloads import file_name
from disclosure.publicity.models import PublicList
from portal.areas.models import Area
from tests.disclosure.village import Village, a_list, household

from .reading import body, csv_rows, sheets

MARK = "羊7z"
HOSTILE = [
    f"=cmd|' /C calc'!A0{MARK}",
    f"+{MARK}+1",
    f"-2+3{MARK}",
    f"@SUM(A1){MARK}",
    f"\t={MARK}",
    f"\r\n={MARK}",
    f"＝HYPERLINK(1){MARK}",
    f"\u200b={MARK}",
    f" =1{MARK}",
    f'=HYPERLINK("x"){MARK}',
    f"{MARK}\r\nSet-Cookie: a=b",
    f"{MARK}\u2028=1",
    f"<script>alert(1)</script>{MARK}",
    f'"><img src=x onerror=alert(1)>{MARK}',
    f"{MARK}{{{{7*7}}}}{{% x %}}",
    f"{MARK};\"'\\,=1",
    f"{MARK}\x00\x1b[31m",
    f"\u202e{MARK}",
    f"../../etc/{MARK}",
]
RUNS = re.compile(r"^[\s\u200b\ufeff]*[=+\-@＝＋－＠\t\r\n]")


@pytest.fixture
def hostile(village: Village, visitor: Client) -> PublicList:
    """Return a list every text of which is hostile, written past the services that refuse most of it."""
    published = a_list(village, [household(number) for number in range(1, len(HOSTILE) + 1)])
    for row, text in zip(published.rows.order_by("position"), HOSTILE, strict=True):
        # JSON of PostgreSQL takes no NUL at all.
        said = text.replace("\x00", "")
        row.shown = {
            **row.shown,
            **dict.fromkeys(("item", "note", "effect"), said),
            "why": dict.fromkeys(("text", "source_label", "level"), said) | {"source_url": "/policies/"},
        }
        row.save()
    return published


def texts(value: Any) -> list[str]:
    """Return every text in a JSON value."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def test_no_cell_of_a_file_runs_and_no_file_is_named_by_it(
    hostile: PublicList, village: Village, visitor: Client
) -> None:
    for text in HOSTILE:
        cache.clear()
        look_at_files(hostile, village, visitor, text)


def look_at_files(hostile: PublicList, village: Village, visitor: Client, text: str) -> None:
    """Give `text` to title and village as well, and read every file as programs do."""
    said = text.replace("\x00", "")[:60]
    PublicList.objects.filter(pk=hostile.pk).update(title=said)
    Area.objects.filter(pk=village.area.pk).update(name=said[:30])
    for path in (f"/data/lists/{hostile.number}", f"/data/areas/{village.area.code}"):
        rows = csv_rows(body(visitor, f"{path}.csv"))
        assert len(rows) == len(HOSTILE)
        assert None not in rows[0]
        for row in rows:
            assert not [value for value in row.values() if RUNS.match(value)]
            assert not [value for value in row.values() if "\n" in value or "\r" in value]
        for sheet in sheets(body(visitor, f"{path}.xlsx")).values():
            assert not [cell for row in sheet for cell in row if isinstance(cell, str) and RUNS.match(cell)]
        told = body(visitor, f"{path}.json").decode()
        assert not set("<>&\u2028\u2029\x00") & set(told)
        assert any(MARK in one for one in texts(json.loads(told)))
        for form in ("csv", "json", "xlsx"):
            response = visitor.get(f"{path}.{form}")
            disposition = response.headers["Content-Disposition"]
            assert disposition.startswith("attachment; filename")
            assert not set("\r\n\x00<>") & set(disposition)
            assert disposition.count(";") == 1
            assert "Set-Cookie" not in response.headers and not response.cookies
            assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_pages_and_the_api_show_it_as_text(
    hostile: PublicList, village: Village, visitor: Client
) -> None:
    for text in HOSTILE:
        cache.clear()
        PublicList.objects.filter(pk=hostile.pk).update(title=text.replace("\x00", "")[:60])
        for path in (f"/lists/{hostile.number}/", f"/areas/{village.area.code}/", "/"):
            page = visitor.get(path, headers={"accept-encoding": ""}).content.decode()
            assert "<script>alert" not in page and "<img src=x" not in page, path
            assert "49" not in re.findall(rf"{MARK}(\d\d)", html.unescape(page))
        for path in ("lists", f"lists/{hostile.number}", f"lists/{hostile.number}/lines", "areas"):
            told = visitor.get(
                f"/api/v1/{path}?per_page=100" if path != f"lists/{hostile.number}" else f"/api/v1/{path}"
            )
            assert not set("<>&") & set(told.content.decode())
            json.loads(told.content)
        feed = visitor.get(f"/areas/{village.area.code}/feed.xml").content.decode()
        assert "<script>alert" not in feed and "<img src=x" not in feed


@pytest.mark.parametrize("text", [*HOSTILE, "", "...", "/", ".htaccess", "a" * 300, "CON", "名单\n\r2026"])
def test_a_file_is_never_named_as_a_path_a_hidden_file_or_two_lines(text: str) -> None:
    name = file_name(text, "csv")
    assert name.endswith(".csv") and 4 < len(name) <= 64
    assert not re.search(r"[\\/:*?\"<>|;%\x00-\x1f\x7f\u202e]", name)
    assert not name.startswith((".", "=", "+", "-", "@"))
