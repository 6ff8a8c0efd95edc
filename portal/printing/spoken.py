"""Numbers, sums and days as they are read aloud: a loudspeaker's sheet holds words, not figures."""

import re
from datetime import date

from django.utils.translation import gettext as _

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_FIGURES = re.compile(r"([0-9][0-9,]*)(?:\.([0-9]+))?(年)?")
_BIG = ("", "万", "亿", "万亿")


def number(value: int) -> str:
    """Return a whole number in spoken words: 10020 gives 一万零二十. ValueError below 0, from 10^16."""
    if type(value) is not int or not 0 <= value < 10**16:
        raise ValueError("要念的数要在 0 到一亿亿之间")
    if value == 0:
        return _DIGITS[0]
    groups = []
    while value:
        value, group = divmod(value, 10**4)
        groups.append(group)
    words, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(words)
            continue
        words += ("零" if words and (gap or group < 1000) else "") + _group(group) + _BIG[place]
        gap = False
    return words[1:] if words.startswith("一十") else words


def yuan(fen: int) -> str:
    """Return a sum of fen in spoken words: 3205 00 gives 三千二百零五元, 50 gives 五角."""
    whole, rest = divmod(fen, 100)
    jiao, left = divmod(rest, 10)
    words = number(whole) + _("元") if whole or not rest else ""
    if jiao:
        words += _DIGITS[jiao] + _("角")
    if left:
        words += ("零" if whole and not jiao else "") + _DIGITS[left] + _("分")
    return words


def day(on: date) -> str:
    """Return a day as it is said: 二零二六年十一月二十二日."""
    return _("%(year)s年%(month)s月%(day)s日") % {
        "year": digits(str(on.year)),
        "month": number(on.month),
        "day": number(on.day),
    }


def aloud(text: str) -> str:
    """Return `text` with its figures in words: years figure by figure, all else as numbers."""
    return _FIGURES.sub(_in_words, text)


def _in_words(found: re.Match[str]) -> str:
    whole, part, after = found[1].replace(",", ""), found[2] or "", found[3] or ""
    if after and len(whole) == 4 and not part:
        return digits(whole) + after
    if len(whole) > 12:
        return digits(whole) + after
    return number(int(whole)) + ("点" + digits(part) if part else "") + after


def digits(text: str) -> str:
    """Return figures one by one, as telephone numbers are read; other characters become a pause."""
    said = "".join(_DIGITS[int(char)] if char in "0123456789" else "，" for char in text.strip())
    return "，".join(part for part in said.split("，") if part)


def _group(value: int) -> str:
    """Return a number below 10,000 in words."""
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return words
