"""What one cell says: text, a code, a day, an amount or one of a list; else what is wrong with it."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from .columns import TEXT_ONLY, Column

LONGEST = 60
# What a float holds exactly.
EXACT = 10**15


class Wrong(Exception):
    """A cell that cannot be taken; `str()` says what to do."""


def text(value: Any, column: Column) -> str:
    """Return a cell as text without stray spaces; Wrong for a number where digits were lost, and for junk."""
    if value is None:
        return ""
    if isinstance(value, bool):
        raise Wrong(_("要填文字，这里是对错值"))
    if isinstance(value, (date, datetime)):
        raise Wrong(_("这里是日期，请改成文字再填"))
    if isinstance(value, (int, float)):
        if isinstance(value, float) and not value.is_integer():
            raise Wrong(_("这里是小数，请核对"))
        if abs(value) >= EXACT and column.key in TEXT_ONLY:
            raise Wrong(
                _("%(title)s被存成了数字，后几位已经丢了：请把这一格设成文本，重新填写")
                % {"title": column.title}
            )
        value = str(int(value))
    if not isinstance(value, str):
        raise Wrong(_("看不懂这一格，请照说明填写"))
    said = " ".join(value.replace("\u3000", " ").replace("\xa0", " ").split())
    if len(said) > LONGEST:
        raise Wrong(_("太长了，最多 %(n)s 个字") % {"n": LONGEST})
    if any(not char.isprintable() for char in said):
        raise Wrong(_("有看不见的字符，请重新输入"))
    return said


def choice(value: Any, column: Column) -> str:
    """Return the code of a word of the column's list, empty for an empty cell."""
    said = text(value, column)
    if said and said not in column.choices:
        raise Wrong(_("请从列出的里选：%(all)s") % {"all": "、".join(column.choices)})
    return column.choices[said] if said else ""


def day(value: Any, column: Column) -> date | None:
    """Return a real date, or one written as 1965-03-02; None for an empty cell."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        said = text(value, column)
        if not said:
            return None
        try:
            if len(said) == len("1965-03-02"):
                return date.fromisoformat(said)
        except ValueError:
            pass
    elif value is None:
        return None
    raise Wrong(_("日期要写成 1965-03-02 这样"))


def year(value: Any, column: Column) -> int | None:
    """Return a year of four digits; None for an empty cell."""
    said = text(value, column)
    if not said:
        return None
    if len(said) == 4 and said.isascii() and said.isdecimal():
        return int(said)
    raise Wrong(_("年度要填四位数字，例如 2025"))


def fen(value: Any, column: Column) -> int | None:
    """Return an amount in yuan as int fen; None for an empty cell."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        said = repr(value)
    else:
        said = text(value, column).replace(",", "")
    if not said:
        return None
    try:
        amount = Decimal(said)
        if amount.is_finite() and abs(amount) < EXACT and amount * 100 == int(amount * 100):
            return int(amount * 100)
    except (InvalidOperation, ValueError):
        pass
    raise Wrong(_("请填数字，单位元，最多两位小数"))
