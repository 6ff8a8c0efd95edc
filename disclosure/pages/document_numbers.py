"""Document numbers (发文字号): code〔year〕number号, as GB/T 9704 prints them (domain.md section 4)."""

import re
from datetime import date

from django.utils.translation import gettext as _

_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
_LOOSE = re.compile(
    r"(?P<code>[\u4e00-\u9fffA-Za-z]{1,16})\s*[〔\[［（(【]\s*(?P<year>\d{4})\s*[〕\]］）)】]"
    r"\s*第?\s*(?P<number>\d+)\s*号"
)


def normal(written: str) -> str | None:
    """Return the number as it is printed, ``明政〔2026〕7号``; None where it cannot be read as one."""
    found = _LOOSE.fullmatch(written.translate(_WIDE).strip())
    if found is None or not int(found["number"]):
        return None
    return f"{found['code']}〔{found['year']}〕{int(found['number'])}号"


def complaint(written: str, signed: date | None, this_year: int) -> str | None:
    """Return what is wrong with a number that an editor typed, in Chinese, or None."""
    right = normal(written)
    if right is None:
        return _("发文字号请写成“代字〔年份〕序号号”，比如：明政〔2026〕7号；没有就空着")
    if written != right:
        return _("发文字号请写成“%(right)s”：六角括号，年份四位，序号前不加“第”和0") % {"right": right}
    year = int(right[right.index("〔") + 1 : right.index("〕")])
    if not 1949 <= year <= this_year + 1 or (signed and abs(signed.year - year) > 1):
        return _("发文字号里的年份（%(year)d）和成文日期对不上，请核对") % {"year": year}
    return None
