"""Reading the files as programs and spreadsheets do."""

import csv
import io
from typing import Any

import openpyxl
from django.test import Client


def body(client: Client, path: str) -> bytes:
    """Return the bytes of a file that must be there."""
    response = client.get(path)
    assert response.status_code == 200, path
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """Return the lines of a CSV file by their heads; it must begin with the byte order mark."""
    assert content.startswith(b"\xef\xbb\xbf")
    return [*csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))]


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Return the rows of each sheet, formulas as they stand."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}
