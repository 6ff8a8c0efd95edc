"""Tables of invented households, as a clerk fills the template in, and as somebody hostile would."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from workflows.demo import names
from workflows.registry.imports.columns import PLACES, SHEET
from workflows.registry.imports.template import template

VILLAGE = "990101101201"  # 禾坪村
Row = Mapping[str, Any]


def head(number: int, family: int | str = "", **changes: Any) -> dict[str, Any]:
    """Return the row of the head of the invented household `number`."""
    person = names.person(number)
    return {
        "area": VILLAGE,
        "family": str(family or number),
        "group_name": "一组",
        "name": person.name,
        "relation": "户主",
        "id_number": person.id_number,
        "labour": "普通劳动力",
        "category": "脱贫户",
        "cause": "缺技术",
        "phone": names.phone(number),
        "bank_card": names.bank_card(number),
        "year": "2025",
        "operating_fen": 12000,
        "wage_fen": "8000.50",
        "property_fen": 0,
        "transfer_fen": 3600,
        **changes,
    }


def member(number: int, family: int | str, **changes: Any) -> dict[str, Any]:
    """Return the row of another member of the household `family`."""
    born = date(1966 + number % 20, 3, 4)
    return {
        "area": VILLAGE,
        "family": str(family),
        "name": f"伍{'甲乙丙丁戊己庚辛'[number % 8]}",
        "relation": "配偶",
        "id_number": names.id_number(born, number),
        "labour": "弱劳动力或者半劳动力",
        **changes,
    }


def filled(rows: Sequence[Row], change: Callable[[Any], None] | None = None) -> bytes:
    """Return the template with `rows` filled in; `change` may spoil the sheet."""
    book = openpyxl.load_workbook(io.BytesIO(template()))
    sheet = book[SHEET]
    for number, row in enumerate(rows, 2):
        for key, value in row.items():
            sheet.cell(number, PLACES[key] + 1, value)
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(data: bytes, name: str = "农户.xlsx") -> SimpleUploadedFile:
    """Return `data` as a browser sends it."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return SimpleUploadedFile(name, data, kind)


def with_part(data: bytes, part: str, text: bytes) -> bytes:
    """Return the archive with the content of `part` replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return out.getvalue()


def sheet_part(data: bytes) -> str:
    """Return the name of the part of the first sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))[0]
