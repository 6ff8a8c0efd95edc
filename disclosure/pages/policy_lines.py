"""Lines of a plain-text government document: layout taken off, and what a line's form tells."""

import re
from dataclasses import dataclass
from datetime import date

from .citations import CHINESE, CIRCLED, number_value

_CJK = "\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’—…·〔〕"
_BLANKS = "\ufeff\u200b\u200c\u200d\u2060"
RULE = re.compile(r"[\s\-=*_—–－~·.]*")
PAGE_NUMBER = re.compile(r"(?:[-—–－]\s*\d{1,3}\s*[-—–－]|第\s*\d{1,3}\s*页(?:[\s,，/]*共\s*\d{1,3}\s*页)?)")
_LIST_DASH = re.compile(r"^\s*[-*+•]\s+(?=\S)")
_HASHES = re.compile(r"^\s*(#{1,6})\s+")
_CLOSING = "”’\"'』」）)》】〉]"
_ENDING = "。！？；：…!?;:"
DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日|(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_CHINESE_DATE = re.compile(r"([二〇○零一]\S{3})年(\S{1,2})月(\S{1,3})日")
DOCUMENT_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}\s*[〔\[［（(【]\s*\d{4}\s*[〕\]］）)】]\s*第?\s*\d+\s*号"
)
ORGAN = re.compile(
    r"[\u4e00-\u9fff\s、（）()]{4,40}"
    r"(?:政府|办公室|办公厅|委员会|党委|市委|县委|局|厅|部|委|办|领导小组|小组|指挥部|联合会|中心|协会|公社|法院|检察院)"
)
TITLE = re.compile(
    r".*(?:通知|意见|方案|办法|决定|规定|细则|公告|通告|批复|函|报告|纲要|规划|措施|计划|要点|条例|制度|政策|预案)"
    r"(?:[（(《].{0,20}[)）》])?[》”]?(?:的通知)?"
)
_NUMBERS = (
    (0, re.compile(rf"第{CHINESE}条(?=\s|[^一-龥]|[一-龥])")),
    (1, re.compile(rf"{CHINESE}\s*[、．.]")),
    (2, re.compile(rf"[（(]\s*{CHINESE}\s*[)）]")),
    (3, re.compile(r"\d{1,3}\s*(?:[．、]|[.](?!\d))")),
    (4, re.compile(r"[（(]\s*\d{1,2}\s*[)）]")),
    (5, re.compile(rf"[{CIRCLED}]")),
)


@dataclass
class Line:
    """One line of the source. `raw` lacks marks only, `text` also the blanks that layout put in."""

    raw: str
    text: str
    gap: bool
    marks: int = 0


def squeeze(text: str) -> str:
    """Take out the blanks that stand beside a Chinese character; one stays between Latin words."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(rf"(?<=[{_CJK}]) | (?=[{_CJK}])", "", text)


def _unmarked(line: str) -> tuple[str, int]:
    """Return the line without markdown marks, and the number of its heading marks."""
    marks = _HASHES.match(line)
    if marks:
        line = line[marks.end() :]
    line = _LIST_DASH.sub("", line)
    line = re.sub(r"(\*\*\*|\*\*|__)(?=\S)(.*?\S)\1", r"\2", line)
    return line, len(marks[1]) if marks else 0


def lines(text: str) -> list[Line]:
    """Return the lines that hold words; rules, page numbers and blank lines are layout."""
    result: list[Line] = []
    gap = True
    for printed in re.sub(f"[{_BLANKS}]", "", text).replace("\f", "\n\n").splitlines():
        if RULE.fullmatch(printed) or PAGE_NUMBER.fullmatch(printed.strip()):
            gap = True
            continue
        raw, marks = _unmarked(printed)
        result.append(Line(raw=raw.strip(), text=squeeze(raw), gap=gap, marks=marks))
        gap = False
    return result


def words(text: str) -> str:
    """Return the text's words: all of it less layout (blanks, marks, list dashes, rules, page numbers)."""
    return "".join(re.sub(r"\s", "", line.raw) for line in lines(text))


def ended(text: str) -> bool:
    """Return whether a paragraph may end here: a sentence's end, or a bracket that closes a remark."""
    bare = text.rstrip(_CLOSING)
    return bare.endswith(tuple(_ENDING)) or text.endswith((")", "）"))


def number_of(text: str) -> tuple[int, str] | None:
    """Return the level (1 一、 2 （一） 3 1. 4 （1） 5 ①; 0 第一条) and the number as printed, or None."""
    for level, pattern in _NUMBERS:
        if (match := pattern.match(text)) and _is_number(match[0]):
            return level, match[0]
    return None


def _is_number(printed: str) -> bool:
    try:
        return number_value(re.sub(r"[第条、．.（()）\s]", "", printed)) > 0
    except ValueError:
        return False


def read_date(text: str) -> date | None:
    """Return the one date in `text`, in figures or Chinese numbers; None where it is garbled or missing."""
    if match := DATE.search(text):
        year, month, day = (int(part) for part in match.groups() if part)
    elif match := _CHINESE_DATE.search(re.sub(r"\s", "", text)):
        try:
            year = int("".join(str("〇一二三四五六七八九".index(c)) for c in re.sub("[○零]", "〇", match[1])))
            month, day = number_value(match[2]), number_value(match[3])
        except ValueError:
            return None
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def wrap_width(source: list[Line]) -> int | None:
    """Return the width that lines were broken at, or None where each line is a paragraph of its own.

    Broken text shows by most of its lines being about as long as the longest.
    """
    lengths = [len(line.text) for line in source]
    longest = max(lengths, default=0)
    if not 18 <= longest <= 60 or len(lengths) < 6:
        return None
    full = sum(length >= longest - 3 for length in lengths)
    return longest - 3 if full * 2 > len(lengths) else None
