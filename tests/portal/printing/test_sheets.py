"""Every sheet goes through one function: its data is shown, never run, and the file tells nothing else."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from portal.printing import fonts, qr
from portal.printing.checks import chinese_font
from portal.printing.errors import NoChineseFont
from portal.printing.proofs import NOTHING
from portal.printing.sheets import plain, render
from tests.pdf_text import read

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CORPUS = [
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0": *',
    "#panic()",
    "#{while true {}}",
    "$ sum_(i=0)^n $",
    "*bold* _em_ `code` ```raw```",
    "= 标题",
    "<first-0> @first-0",
    "\\ \\u{41} \\#",
    '"}, "x": "',
    "//注释 /* 注释 */",
    "]]]] [[[[ )))) }}}}",
    "{{ 7*7 }} {% now %}",
    "https://example.invalid/",
    "--- ... ~ -- '",
]


def board(rows: list[dict[str, str]], **more: Any) -> dict[str, Any]:
    """Return the data of a sheet for the board."""
    return {
        "title": "公示张贴单 990101001200-2026-001",
        "paper": "a4",
        "number": "990101001200-2026-001",
        "digest": "ab" * 32,
        "digest_short": "abababab",
        "area": "禾坪村",
        "heading": "到户补助名单公示",
        "state": "正在公示",
        "period": "公示到 2026年11月28日",
        "count": f"{len(rows)} 户",
        "total": "合计 1.00 元",
        "qr_svg": qr.svg("https://mingbai.example.gov.cn/lists/990101001200-2026-001/"),
        "rows": rows,
        "named": True,
        "with_money": True,
        "nothing": "",
        "how_to_object": "打电话或写条子。",
        "contacts": [],
        "printed": "2026-11-21",
        **NOTHING,
        **more,
    }


def row(text: str, position: int = 1) -> dict[str, str]:
    """Return a row of the board whose item is `text`."""
    return {
        "position": str(position),
        "name": "王小山",
        "group": "三组",
        "item": text,
        "note": "",
        "amount": "1.00",
    }


def squeezed(text: str) -> str:
    """Return `text` without white space and with the quotes that typst sets."""
    return re.sub(r"\s", "", text)


def test_typst_markup_in_data_is_printed_as_it_was_typed() -> None:
    sheet = read(render("board", board([row(text, place) for place, text in enumerate(CORPUS, 1)])))
    for text in CORPUS:
        assert squeezed(text) in sheet.text
    assert "root:" not in sheet.text


@given(st.text(max_size=60))
@rounds(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_at_all_makes_a_sheet(text: str) -> None:
    data = board([row(text)], heading=text, area=text, how_to_object=text, contacts=[text], number=text)
    assert render("board", data).startswith(b"%PDF-")


def test_control_characters_and_reversed_writing_do_not_reach_the_paper() -> None:
    assert plain("王\x00小\x1b山\u202e\u2066\ufeff") == "王 小 山"
    assert plain("一\r\n二\r三\u2028四") == "一\n二\n三\n四"
    assert plain("\ue000\udc00") == "□□"


def test_a_word_without_an_end_gets_places_to_break() -> None:
    assert plain("A" * 60).replace("\u200b", "") == "A" * 60
    assert max(len(piece) for piece in plain("A" * 600).split("\u200b")) <= 12
    assert plain("990101001200-2026-001") == "990101001200-2026-001"


def test_the_head_of_a_table_stands_on_every_page_and_pages_are_counted() -> None:
    sheet = read(render("board", board([row("养羊", place) for place in range(1, 121)])))
    assert len(sheet.pages) > 2
    for number, page in enumerate(sheet.pages, 1):
        assert "项目和说明" in page or number == len(sheet.pages)
        assert f"第{number}页共{len(sheet.pages)}页" in page


def test_the_same_data_at_the_same_time_gives_the_same_bytes() -> None:
    data = board([row("养羊")])
    assert render("board", data, made_at=AT) == render("board", data, made_at=AT)


def test_the_file_names_no_author_and_nobody_of_the_list() -> None:
    sheet = read(render("board", board([row("养羊")]), made_at=AT))
    assert b"/Author" not in sheet.raw and b"<dc:creator>" not in sheet.raw
    assert "王小山".encode() not in sheet.raw
    assert str(settings.BASE_DIR).encode() not in sheet.raw


@pytest.mark.parametrize(
    "name", ["", "nothing", "../pages/home", "common.typ", "board.typ", "Board", "/etc/passwd"]
)
def test_only_templates_of_the_folder_are_rendered(name: str) -> None:
    with pytest.raises(ValueError, match="没有这张表"):
        render(name, {})


def test_no_template_wants_the_network_or_code_that_was_typed() -> None:
    for path in (Path(settings.BASE_DIR) / "templates" / "print").glob("*.typ"):
        source = path.read_text(encoding="utf-8")
        assert "@preview" not in source and "@local" not in source, path.name
        assert not re.search(r"\b(eval|read|plugin)\(", source), path.name


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://例.cn/",
        "https://x.cn/a b",
        "https://x.cn/\n",
        "x",
        "https://x/" + "a" * 300,
    ],
)
def test_only_plain_web_addresses_become_qr_codes(address: str) -> None:
    with pytest.raises(ValueError, match="二维码"):
        qr.svg(address)


def test_a_server_without_a_chinese_font_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoChineseFont, match="fonts-noto-cjk"):
        fonts.choose(["DejaVu Sans", "Liberation Serif"])

    class Bare:
        def families(self) -> list[str]:
            return ["DejaVu Sans"]

    monkeypatch.setattr(fonts, "installed", Bare)
    fonts.chosen.cache_clear()
    try:
        assert [message.id for message in chinese_font(None)] == ["portal_printing.W001"]
        with pytest.raises(NoChineseFont):
            render("board", board([]))
    finally:
        fonts.chosen.cache_clear()


def test_a_county_that_bought_the_official_fonts_gets_them() -> None:
    got = fonts.choose(["Noto Serif CJK SC", "FangSong_GB2312", "FZXiaoBiaoSong-B05S"])
    assert got["body"][0] == "FangSong_GB2312"
    assert got["title"][0] == "FZXiaoBiaoSong-B05S"
    assert got["sans"]
