"""What is sent as a list from outside: read from the files that offices send, refused with what to do."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from portal import clock
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.names import id_number
from workflows.radar.errors import BadFlagAct
from workflows.radar.models import Flag, OutsideList
from workflows.radar.outside import reading

from ..county import VILLAGE
from .conftest import SignIn

pytestmark = pytest.mark.django_db
OUTSIDE = "/admin/desk/supervision/radar/outside/"
NUMBERS = [id_number(date(1949, 1, day), 990) for day in range(1, 25)]


def table(*sheets: Sequence[Sequence[Any]], names: Sequence[str] = ("Sheet1", "Sheet2")) -> bytes:
    """Return a workbook with these sheets."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    for name, rows in zip(names, sheets, strict=False):
        sheet = book.add_worksheet(name)
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    book.close()
    return made.getvalue()


LISTED = [["姓名", "证件号"], *(["某人", number] for number in NUMBERS)]
REFUSED = {
    "empty": (b"", "文件是空的"),
    "empty sheet": (table([]), "文件是空的"),
    "other columns": ("村,户数\n禾坪村,12\n".encode(), "表头是“村、户数”"),
    "masked": ("姓名,身份证号\n甲,9901**********1234\n".encode(), "不能打星号"),
    "numbers": (table([["号码"], [990101194901019902]]), "存成数字"),
    "two sheets": (table(LISTED, LISTED), "没有一张叫“名单”"),
    "broken": (b"PK\x03\x04 is no archive", "表格损坏"),
    "a picture": (b"\xff\xd8\xff\xe0\x81" * 99, "读不了"),
    "old": (b"\xd0\xcf\x11\xe0 old", "旧格式"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_list_is_refused_with_what_to_do(name: str) -> None:
    data, said = REFUSED[name]
    with pytest.raises(BadFlagAct) as refused:
        reading.read(data)
    assert said in refused.value.wrong["file"]


def test_a_sheet_is_read_whatever_it_is_called_if_it_is_the_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reading.read(table(LISTED)).numbers == set(NUMBERS)
    assert reading.read(table([["说明"]], LISTED, names=("说明", "名单"))).lines == len(NUMBERS)
    long = reading.read(table([*LISTED, *([["某人", NUMBERS[0]]] * 3000)]))
    assert long.lines == len(NUMBERS) + 3000, "more than a village's table of households may have"
    monkeypatch.setattr(reading, "MOST_ROWS", 10)
    with pytest.raises(BadFlagAct, match="另存为 CSV"):
        reading.read(table(LISTED))


def test_a_large_list_touches_no_disk_and_one_too_large_keeps_the_form(
    county: County, sign_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = build.make_household(county, VILLAGE, 1, "clerk1")
    number = str(home.members.order_by("pk")[0].id_number)
    lines = "\n".join(["备注,号码", *(f"{'无' * 300},{one}" for one in [number, *NUMBERS] * 150)]).encode()
    assert len(lines) > 3_000_000, "beyond what Django keeps in memory by itself"
    sent = {
        "kind": "vehicles",
        "area": county.areas["枫禾县"].code,
        "as_of": clock.today().isoformat(),
        "basis": "枫禾县车管所函〔2026〕7号",
    }
    client = sign_in("supervisor")
    # A passing file could not be written there.
    with override_settings(FILE_UPLOAD_TEMP_DIR=str(tmp_path / "missing")):
        page = client.post(OUTSIDE, sent | {"file": SimpleUploadedFile("a.csv", lines)}, follow=True)
        assert "对上 1 人" in page.content.decode() and Flag.objects.get().rule == "outside_vehicles"
        monkeypatch.setattr("workflows.radar.outside.uploads.MOST_BYTES", 1_000_000)
        large = client.post(OUTSIDE, sent | {"file": SimpleUploadedFile("a.csv", lines)})
    assert large.status_code == 422 and "文件太大" in large.content.decode()
    assert sent["basis"] in large.content.decode() and OutsideList.objects.count() == 1
