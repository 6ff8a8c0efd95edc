"""Numbers, labels and anchors of a policy's paragraphs: what a programme cites, and how it is found again."""

import re

DIGITS = "一二三四五六七八九"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
CHINESE = "[一二三四五六七八九十百零]+"
_WIDE = str.maketrans("（）［］０１２３４５６７８９", "()[]0123456789")
_CHINESE_NUMBER = re.compile(rf"(?:(?P<h>[{DIGITS}])?百零?)?(?:(?P<t>[{DIGITS}])?十)?(?P<o>[{DIGITS}])?")
_LABEL = re.compile(
    rf"(?P<annex>附件\d*)?(?P<article>第{CHINESE}条)?(?P<one>{CHINESE})?(?P<two>\({CHINESE}\))?"
    rf"(?P<three>\d+)?(?P<four>\(\d+\))?(?P<five>[{CIRCLED}])?"
)


def number_value(printed: str) -> int:
    """Return the value (1 to 999) of a number as printed: 十二, 4 or ③; ValueError where it is none."""
    printed = printed.translate(_WIDE).strip("()第条")
    if printed.isdecimal():
        return int(printed)
    if len(printed) == 1 and printed in CIRCLED:
        return CIRCLED.index(printed) + 1
    match = _CHINESE_NUMBER.fullmatch(printed)
    if not match or not printed:
        raise ValueError(printed)
    hundreds, tens, ones = (DIGITS.index(found) + 1 if found else 0 for found in match.group("h", "t", "o"))
    hundreds = hundreds or ("百" in printed)
    tens = tens or ("十" in printed)
    return hundreds * 100 + tens * 10 + ones


def normal_label(label: str) -> str:
    """Return `label` in the one form that labels are compared in: 二(四)1 for “二、（四） 1．”."""
    return re.sub(r"[\s、.．,，]", "", label.translate(_WIDE))


def anchor_of(label: str) -> str:
    """Return a label's anchor: s2-4-1 for 二（四）1, s3-0-1 for 三1, t5 for 第五条; empty for no label."""
    match = _LABEL.fullmatch(normal_label(label))
    if not match or not any(match.groups()):
        return ""
    names = ("one", "two", "three", "four", "five")
    try:
        values = [number_value(match[name]) if match[name] else 0 for name in names]
        article = number_value(match["article"]) if match["article"] else 0
    except ValueError:
        return ""
    while values and not values[-1]:
        values.pop()
    parts = []
    if match["annex"]:
        parts.append("a" + match["annex"].removeprefix("附件"))
    if article:
        parts.append(f"t{article}")
    if values:
        parts.append("s" + "-".join(map(str, values)))
    return "-".join(parts)


def unique(anchor: str, taken: set[str]) -> str:
    """Return `anchor`, or with -b2, -b3 … behind it where it is taken; and take it."""
    result, count = anchor, 1
    while result in taken:
        count += 1
        result = f"{anchor}-b{count}"
    taken.add(result)
    return result
