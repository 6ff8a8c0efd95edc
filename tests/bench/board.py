"""The board's sheet of a list of 500 rows as PDF, beside as many empty pages set by the same program."""

import time

import typst

from disclosure.publicity.board import Paper, board_data
from disclosure.publicity.models import ListKind
from disclosure.publicity.services import RowDraft, publish
from portal.printing import fonts
from portal.printing.sheets import render
from workflows.demo import names
from workflows.demo.build import County

from ..pdf_text import read
from .timing import queries, verdict

ROWS, TIMES, MOST_SECONDS = 500, 3, 3.0


def measure(county: County) -> None:
    """Publish a list of 500 households and print it on both papers."""

    by = county["reviewer1"]
    why = {"text": "自己建好并通过查验", "source_label": "实施办法二（二）", "level": "乡里核定"}
    rows = [
        RowDraft(
            subject=f"board:{number}",
            name=names.person(number).name,
            group="一组",
            item="养羊圈舍",
            amount_fen=480_000,
            note="乡里核定",
            why=why,
        )
        for number in range(ROWS)
    ]
    office = by.offices.select_related("area").get()
    published = publish(
        by=by,
        office=office,
        kind=ListKind.APPLICATION,
        area=county.areas["禾坪村"],
        line="assistance",
        title="2026年名单公示（公开栏）",
        rows=rows,
        reference="bench:board",
    )
    for paper in Paper:
        asked = queries(lambda: board_data(published, paper))  # noqa: B023 asked at once
        times, pdf = [], b""
        for number in range(TIMES):
            started = time.perf_counter()
            # The program keeps what it has set: with another title on every page it is another sheet.
            data = {**board_data(published, paper), "list_title": f"名单{number}", "title": f"名单{number}"}
            pdf = render("board", data)
            times.append(time.perf_counter() - started)
        seconds, pages = min(times), len(read(pdf).pages)
        started = time.perf_counter()
        _empty_pages(pages)
        floor = time.perf_counter() - started
        print(
            f"  the board's sheet of {ROWS} rows ({paper.value}, {pages} pages, {len(pdf) // 1024} KB, "
            f"{asked} queries): {seconds:.2f} s, {seconds / floor:.1f} times as many empty pages "
            f"({floor:.2f} s); aim {MOST_SECONDS:.0f} s: {verdict(seconds <= MOST_SECONDS)}",
            flush=True,
        )


def _empty_pages(count: int) -> bytes:
    breaks = "#pagebreak()\n" * (count - 1)
    text = f'#set text(font: "Noto Sans CJK SC")\n公示\n{breaks}公示'
    made = typst.Compiler(text.encode(), font_paths=fonts.installed()).compile(format="pdf")
    assert isinstance(made, bytes)
    return made
