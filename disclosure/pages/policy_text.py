"""Reads a plain-text government document: its record, its citable text; invents and loses nothing."""

import re
from dataclasses import dataclass, field
from datetime import date

from . import policy_record
from .citations import anchor_of, normal_label, number_value, unique
from .policy_lines import Line, ended, lines, number_of, squeeze, words, wrap_width
from .policy_zones import Zones, zones

HEADING_LENGTH = {1: 50, 2: 45, 3: 30, 4: 30}
ANNEX = re.compile(r"附件\s*(\d{0,2})\s*[:：]?")


class TextLost(ValueError):
    """The pieces do not hold every word of the source: a fault of the reader, never to be published."""


@dataclass
class Piece:
    """One block of the page, in the source's order. `kind`: heading, paragraph, or around with a Part."""

    kind: str
    text: str
    number: str = ""
    label: str = ""
    anchor: str = ""
    level: int = 2
    part: str = ""


@dataclass
class ParsedPolicy:
    """What a document says of itself. An empty field is not in the text; `missing` names it."""

    title: str = ""
    index_number: str = ""
    theme: str = ""
    issuer: str = ""
    document_number: str = ""
    signed_date: date | None = None
    published_date: date | None = None
    validity: str = ""
    recipients: str = ""
    cc: str = ""
    source: str = ""
    sponsor: str = ""
    supervising_office: str = ""
    printed_by: str = ""
    printed_date: date | None = None
    blocks: list[Piece] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


RECORD = [name for name in ParsedPolicy.__dataclass_fields__ if name not in {"blocks", "missing", "warnings"}]


def parse(text: str) -> ParsedPolicy:
    """Return the record and the text of one document.

    Raises TextLost if the pieces, put together, are not the words of `text` in their order.
    """
    source = lines(text)
    parts = zones(source)
    policy = ParsedPolicy(**policy_record.read(parts))
    policy.warnings = policy_record.doubts(parts, policy.index_number)
    policy.blocks = _Reader(parts, wrap_width(source)).pieces()
    policy.missing = [name for name in RECORD if getattr(policy, name) in ("", None)]
    if words_of(policy) != words(text):
        raise TextLost("读出的文字和原文不一致，没有导入；请把文件交给管理员")
    return policy


def words_of(policy: ParsedPolicy) -> str:
    """Return the words of the pieces in order, to be compared with those of the source."""
    return "".join(re.sub(r"\s", "", piece.number + piece.text) for piece in policy.blocks)


class _Reader:
    """Makes pieces of a document's lines: joins what pages and line ends broke, numbers what can be cited."""

    def __init__(self, parts: Zones, width: int | None) -> None:
        self.parts = parts
        self.width = width
        self.done: list[Piece] = []
        self.printed: dict[int, str] = {}
        self.prefix = ""
        self.taken: set[str] = set()
        self.counts: dict[str, int] = {}
        self.last_length = 0
        self.letter = False
        self.headings = 0

    def pieces(self) -> list[Piece]:
        """Return the document's pieces, in its own order."""
        for zone, line in self.parts.walk():
            if zone in {"letter", "body"}:
                self.letter = zone == "letter"
                for fragment in _split(line):
                    self._take(fragment)
                self.last_length = len(line.text)
            elif zone == "heading":
                self._heading(line.text, "", 2)
            else:
                self._around(zone, line)
        self._close()
        return self.done

    def _around(self, part: str, line: Line) -> None:
        last = self.done[-1] if self.done else None
        raw = re.sub(r"\s+", " ", line.raw)
        if last and last.kind == "around" and last.part == part:
            last.text += "\n" + raw
        else:
            self.done.append(Piece("around", raw, part=part))

    def _take(self, line: Line) -> None:
        numbered = number_of(line.text)
        last = self.done[-1] if self.done else None
        open_paragraph = last is not None and last.kind == "paragraph" and not self.parts.fresh(line)
        if open_paragraph and last is not None and self._continues(last, line, numbered):
            last.text = squeeze(last.text + " " + line.text)
            return
        if last and last.kind == "heading" and not line.marks and not numbered and self._rest_of(last, line):
            # What looked like a heading was the first line of a paragraph that a page break cut.
            last.kind, last.text = "paragraph", squeeze(last.text + " " + line.text)
            return
        if match := ANNEX.fullmatch(line.text):
            self.prefix, self.printed = f"附件{match[1]}", {}
            self._heading(line.text, "", 2)
            return
        if not numbered:
            if line.marks:
                self._heading(line.text, "", 2)
            else:
                self._paragraph(line.text, "", "")
            return
        level, number = numbered
        text = line.text[len(number) :].strip()
        label = self._label(level, number)
        short = len(text) <= HEADING_LENGTH.get(level, 0)
        plain = (
            not re.search("[。；;！？:：]", text) if level < 3 else not re.search("[，。；,;：:！？、]", text)
        )
        if text and short and plain and not self._full(line):
            self._heading(text, number, min(level + 1, 4), label)
        else:
            self._paragraph(text, number, label)

    def _full(self, line: Line) -> bool:
        """Return whether the line runs to the width at which the source breaks its lines."""
        return self.width is not None and len(line.text) >= self.width

    def _continues(self, last: Piece, line: Line, numbered: tuple[int, str] | None) -> bool:
        if line.marks:
            return False
        if ended(last.text):
            # A sentence may end where a broken line does; the paragraph goes on if that line was a full one.
            return self.width is not None and self.last_length >= self.width and not line.gap and not numbered
        if numbered is None:
            return True
        # A figure at a broken line's start is no new item unless it is the next in its row.
        level, number = numbered
        return level == 3 and not self._expected(level, number)

    def _expected(self, level: int, number: str) -> bool:
        value = number_value(_bare(number))
        return value == 1 or value == number_value(self.printed.get(level, "0")) + 1

    def _rest_of(self, heading: Piece, line: Line) -> bool:
        """Return whether a short end of a sentence follows what is long and has commas like one."""
        sentence = heading.level > 2 and len(heading.text) >= 15 and bool(re.search("[，,、]", heading.text))
        return sentence and len(line.text) < 12 and line.text.endswith("。")

    def _label(self, level: int, number: str) -> str:
        bare = _bare(number)
        if level == 0:
            self.printed = {0: bare}
        for deeper in [known for known in self.printed if known > level]:
            # Items that count on through the sections (1 to 18) stay in their row.
            if not (deeper == 3 and self.parts.counts_on):
                del self.printed[deeper]
        self.printed[level] = bare
        parts = []
        for known in sorted(self.printed):
            if known <= level:
                value = self.printed[known]
                parts.append(f"（{value}）" if known in {2, 4} else f"第{value}条" if known == 0 else value)
        return self.prefix + "".join(parts)

    def _heading(self, text: str, number: str, level: int, label: str = "") -> None:
        self.headings += not label
        anchor = anchor_of(label) if label else f"h{self.headings}"
        self.done.append(Piece("heading", text, number, label, unique(anchor, self.taken), level))

    def _paragraph(self, text: str, number: str, label: str) -> None:
        if label:
            anchor = anchor_of(label)
        else:
            above = self._above()
            self.counts[above] = self.counts.get(above, 0) + 1
            anchor = f"{above}-p{self.counts[above]}"
        self.done.append(Piece("paragraph", text, number, label, unique(anchor, self.taken)))

    def _above(self) -> str:
        """Return the anchor above an unnumbered paragraph; n is the covering letter, s0 the preamble."""
        if self.letter:
            return "n"
        for piece in reversed(self.done):
            if piece.kind == "heading" and piece.anchor.startswith("h"):
                return piece.anchor if self.printed or self.prefix else "s0"
            if piece.label:
                return piece.anchor
        return "s0"

    def _close(self) -> None:
        for piece in self.done:
            piece.text = piece.text.strip()


def _bare(number: str) -> str:
    return re.sub(r"[第条\s]", "", normal_label(number).strip("()"))


def _split(line: Line) -> list[Line]:
    """Return the line, or the two that were run together: a heading and, behind a blank, its first item."""
    numbered = number_of(line.text)
    if numbered and numbered[0] in {1, 2}:
        match = re.search(r"(?<=[^\s。；，,:：])\s+(?=\d{1,2}\s*[.．、]\s*[\u4e00-\u9fff])", line.raw)
        if match and not re.search("[。；]", line.raw[: match.start()]):
            first, second = line.raw[: match.start()], line.raw[match.end() :]
            return [
                Line(first, squeeze(first), line.gap, line.marks),
                Line(second, squeeze(second), False),
            ]
    return [line]
