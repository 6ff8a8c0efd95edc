"""Tells a government document's parts apart: frame, letterhead, covering letter, text, signature, imprint."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .policy_lines import DOCUMENT_NUMBER, ORGAN, TITLE, Line, ended, number_of, read_date

KEYS = {
    "index_number": r"索\s*引\s*号",
    "validity": r"有\s*效\s*性|效\s*力\s*状\s*态",
    "issuer": r"发\s*文\s*机\s*[关构]|发\s*布\s*机\s*[关构]",
    "signed_date": r"成\s*文\s*日\s*期|生\s*成\s*日\s*期",
    "title": r"标\s*题|名\s*称",
    "document_number": r"发\s*文\s*字\s*号|文\s*号",
    "published_date": r"发\s*布\s*(?:时\s*间|日\s*期)",
    "theme": r"主\s*题\s*分\s*类",
    "source": r"来\s*源|信\s*息\s*来\s*源",
    "other": r"公\s*开\s*方\s*式|组\s*配\s*分\s*类|废\s*止\s*日\s*期|浏\s*览\s*次\s*数|关\s*键\s*词",
}
KEY = re.compile(
    r"(?:^|(?<=\s))[【\[]?(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in KEYS.items())
    + r")[】\]]?"
    r"(?=\s|[:：]|$)\s*[:：]?\s*"
)
IMPRINT = re.compile(r"(主\s*办|督\s*办|承\s*办|抄\s*送|抄\s*报|主\s*送)\s*[:：]|.*\d\s*日\s*印\s*发$")
TAIL_FRAME = re.compile(
    r"(?:文字|图片|图文|视频|政策)解读\s*[:：]|相关(?:文件|链接|解读|附件)|扫一扫|分享到|打印本页|关闭窗口|【?(?:打印|关闭)】?"
    r"|上一[篇条]|下一[篇条]|责任?编辑\s*[:：]|版权所有|主办单位\s*[:：]|网站标识码|附件下载|浏览次数|来\s*源\s*[:：]"
)
CRUMBS = re.compile(r"^(?:您?(?:现在|当前)?的?位置\s*[:：]|首\s*页\b)|\s[>›»]+\s|[>›»]{2}")
NEWS = re.compile(
    r"^(?P<source>[\u4e00-\u9fff]{2,8}(?:网|日报|晚报|电视台|客户端|发布))讯\s|全文如下\s*[:：]$"
)
RECIPIENTS = re.compile(r"[^。；;!！?？]{2,160}[:：]")
TO_WHOM = re.compile(r"各|市直|县直|有关|人民政府|管委会|党组织|村委会|单位|部门|委员会|办事处|领导小组")
GARBLED_DATE = re.compile(r"\d{4}\D?.{0,8}日")


@dataclass
class Zones:
    """Each line with the zone it belongs to: a blocks.Part, or heading, letter, body."""

    marked: list[tuple[str, Line]] = field(default_factory=list)
    record: list[Line] = field(default_factory=list)
    title: list[Line] = field(default_factory=list)
    recipients: Line | None = None
    counts_on: bool = False

    def walk(self) -> Iterator[tuple[str, Line]]:
        """Yield (zone, line) in the source's order."""
        yield from self.marked

    def of(self, zone: str) -> list[Line]:
        """Return the lines of `zone`."""
        return [line for name, line in self.marked if name == zone]

    def fresh(self, line: Line) -> bool:
        """Return whether no paragraph before goes on in `line`: it is the line after the recipients."""
        return self._after_recipients is line

    @property
    def _after_recipients(self) -> Line | None:
        for (_, before), (_, line) in zip(self.marked, self.marked[1:], strict=False):
            if before is self.recipients:
                return line
        return None


def zones(source: list[Line]) -> Zones:
    """Return the zones of a document's lines."""
    result = Zones()
    end = _tail_start(source)
    start = _header(source, end, result)
    start = _front(source, start, end, result)
    start = _letter(source, start, end, result)
    result.marked += [("body", line) for line in source[start:end]]
    result.marked += _tail(source[end:])
    numbers = [found for _, line in result.marked if (found := number_of(line.text))]
    result.counts_on = _counts_on(numbers)
    return result


def _counts_on(numbers: list[tuple[int, str]]) -> bool:
    """Return whether items are counted through the sections: one item 1 in all, the rest rising."""
    items = [int(re.sub(r"\D", "", number)) for level, number in numbers if level == 3]
    return len(items) > 3 and items.count(1) == 1 and items == sorted(items)


def _header(source: list[Line], end: int, result: Zones) -> int:
    """Take a web page's path and its record table from the top."""
    start = 0
    while start < end:
        line = source[start]
        if KEY.match(line.raw):
            result.record.append(line)
        elif not CRUMBS.search(line.raw):
            break
        result.marked.append(("frame", line))
        start += 1
    return start


def _front(source: list[Line], start: int, end: int, result: Zones) -> int:
    """Take letterhead, number and title; stop at the recipients, or where sentences or sections begin."""
    for index in range(start, end):
        line = source[index]
        text = line.text
        if NEWS.search(line.raw) or CRUMBS.search(line.raw) or KEY.match(line.raw):
            if KEY.match(line.raw):
                result.record.append(line)
            result.marked.append(("frame", line))
            continue
        if RECIPIENTS.fullmatch(text) and TO_WHOM.search(text) and not IMPRINT.match(text):
            result.recipients = line
            result.marked.append(("letter", line))
            return index + 1
        numbered = number_of(text)
        if (
            (ended(text) and not text.endswith((")", "）")))
            or len(text) > 80
            or (numbered and numbered[0] < 3)
        ):
            return index
        if not (text.endswith("文件") and len(text) < 40) and not DOCUMENT_NUMBER.fullmatch(text):
            if result.title and _second_title(line, result):
                return index
            result.title.append(line)
        result.marked.append(("letterhead", line))
    return end


def _second_title(line: Line, result: Zones) -> bool:
    """Return whether the line repeats, as the annexed document's own title, what the title above names."""
    named = _plain("".join(known.text for known in result.title))
    return bool(TITLE.fullmatch(line.text)) and len(line.text) > 7 and _plain(line.text) in named and line.gap


def _plain(text: str) -> str:
    return re.sub(r"[\s《》〈〉()（）〔〕\[\]]", "", text)


def _letter(source: list[Line], start: int, end: int, result: Zones) -> int:
    """Take the covering letter with its signature, if a second title shows that there is one."""
    first_section = next(
        (i for i in range(start, end) if (found := number_of(source[i].text)) and found[0] < 3), end
    )
    second = next((i for i in range(start, first_section) if _is_title(source[i])), None)
    if second is None:
        return start
    index = start
    while index < second:
        line = source[index]
        zone = "letter"
        if IMPRINT.match(line.text):
            zone = "imprint"
            # What follows without a blank line belongs to it.
            while index + 1 < second and not source[index + 1].gap:
                result.marked.append((zone, line))
                index += 1
                line = source[index]
        elif _signs(line) and not _open(result):
            zone = "signature"
        result.marked.append((zone, line))
        index += 1
    while second < first_section and (_is_title(source[second]) or _rest_of_title(source, second)):
        result.marked.append(("heading", source[second]))
        second += 1
    return second


def _rest_of_title(source: list[Line], index: int) -> bool:
    line = source[index]
    return not line.gap and len(line.text) < 20 and not ended(line.text) and not number_of(line.text)


def _open(result: Zones) -> bool:
    """Return whether the letter's last line broke off in mid-sentence."""
    zone, line = result.marked[-1] if result.marked else ("", None)
    return zone == "letter" and line is not None and not ended(line.text)


def _is_title(line: Line) -> bool:
    text = line.text
    if (
        number_of(text)
        or (ended(text) and not text.endswith((")", "）")))
        or _signs(line)
        or IMPRINT.match(text)
    ):
        return False
    return 5 <= len(text) <= 70 and (bool(TITLE.fullmatch(_plain_years(text))) or line.marks > 0)


def _plain_years(text: str) -> str:
    return re.sub(r"[（(]?\d{4}\s*[—\-－–]+\s*\d{4}年?[)）]?$", "", text)


def _signs(line: Line) -> bool:
    text = line.text
    whole_date = (read_date(text) is not None and len(text) <= 15) or bool(GARBLED_DATE.fullmatch(text))
    return whole_date or (bool(ORGAN.fullmatch(text)) and len(text) <= 30)


def _tail_start(source: list[Line]) -> int:
    """Return where the text ends: before the imprint, or before the signature and frame at the very end."""
    late = max(len(source) // 2, len(source) - 25)
    end = len(source)
    for index in range(late, len(source)):
        if IMPRINT.match(source[index].text) or TAIL_FRAME.match(source[index].text):
            end = index
            break
    start = end
    while start > late and _signs(source[start - 1]):
        start -= 1
    # Organs without a date are no signature, unless an imprint follows them.
    if start < end and (
        end < len(source) or any(GARBLED_DATE.search(line.text) for line in source[start:end])
    ):
        return start
    return end


def _tail(rest: list[Line]) -> list[tuple[str, Line]]:
    marked: list[tuple[str, Line]] = []
    zone = "signature"
    for line in rest:
        if TAIL_FRAME.match(line.text):
            zone = "frame"
        elif IMPRINT.match(line.text):
            zone = "imprint"
        marked.append((zone, line))
    return marked
