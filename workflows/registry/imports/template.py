"""The table to be filled in: code columns as text, choices as lists, an explanation beside it."""

import io

import xlsxwriter
from django.utils.translation import gettext as _

from .columns import NOTES, SHEET, columns

# So many rows have lists to choose from and are text; more may be filled in.
PREPARED = 600
# Excel takes no longer list in a cell's own rule.
LONGEST_LIST = 255


def template() -> bytes:
    """Return the template as an xlsx file without any row of data."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    heading = book.add_format({"bold": True, "bg_color": "#F2EBDD", "border": 1, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    amount = book.add_format({"num_format": "0.00"})
    sheet, notes = book.add_worksheet(SHEET), book.add_worksheet(NOTES)
    sheet.freeze_panes(1, 0)
    lists = 0
    for place, column in enumerate(columns()):
        is_amount = column.key.endswith("_fen")
        sheet.set_column(place, place, column.width, amount if is_amount else text)
        sheet.write_string(0, place, column.title, heading)
        if not column.choices:
            continue
        words = list(column.choices)
        source: list[str] | str = words
        if len(",".join(words)) > LONGEST_LIST:
            # A long list stands on the sheet of notes, and the rule points there.
            at = 30
            for step, word in enumerate(words):
                notes.write_string(at + step, 3 + lists, word)
            letter = "DEFGHIJ"[lists]
            source = f"='{NOTES}'!${letter}${at + 1}:${letter}${at + len(words)}"
            lists += 1
        sheet.data_validation(1, place, PREPARED, place, {"validate": "list", "source": source})
    _notes(notes, book)
    book.close()
    return out.getvalue()


def _notes(notes: xlsxwriter.worksheet.Worksheet, book: xlsxwriter.Workbook) -> None:
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    notes.set_column(0, 0, 18)
    notes.set_column(1, 2, 46)
    notes.write_string(0, 0, _("列"), bold)
    notes.write_string(0, 1, _("怎么填"), bold)
    notes.write_string(0, 2, _("可以填的"), bold)
    for row, column in enumerate(columns(), 1):
        notes.write_string(row, 0, column.title)
        notes.write_string(row, 1, str(column.help), wrapped)
        notes.write_string(row, 2, "、".join(column.choices), wrapped)
    general = [
        _("一行一个人，同一户的人户序号相同；户主那一行写全户的事。"),
        _("不要合并单元格，不要隐藏行和列，不要用公式，不要改第一行的标题。"),
        _("已经在户档里的户：只改小组、电话、致贫原因、劳动能力和收入；类别、成员、户主、迁居要走办件。"),
        _("上传以后先看结果，确认才写入户档。"),
    ]
    for row, said in enumerate(general, len(columns()) + 2):
        notes.write_string(row, 0, said)
