"""Reads a document's record fields out of its parts; a field that is not printed stays empty."""

import re
from typing import Any

from .policy_lines import DOCUMENT_NUMBER, ORGAN, Line, read_date, squeeze
from .policy_zones import GARBLED_DATE, IMPRINT, KEY, NEWS, Zones

VALIDITIES = {
    "有效": "valid",
    "现行有效": "valid",
    "已修改": "amended",
    "失效": "expired",
    "已失效": "expired",
}
VALIDITIES |= {"废止": "repealed", "已废止": "repealed"}
_IMPRINT_FIELDS = {"主办": "sponsor", "督办": "supervising_office", "抄送": "cc", "主送": "recipients"}


def read(parts: Zones) -> dict[str, Any]:
    """Return the fields found. What the page's own record table says goes before what the text says."""
    fields: dict[str, Any] = (
        _from_letter(parts) | _from_imprint(parts.of("imprint")) | _from_table(parts.record)
    )
    return {name: value for name, value in fields.items() if value not in ("", None)}


def doubts(parts: Zones, index_number: str) -> list[str]:
    """Return, in Chinese, what is printed but cannot be right; it is kept as printed."""
    found = []
    if index_number.startswith(("-", "/")):
        found.append(f"索引号“{index_number}”前面缺机构代码，照原文保留")
    for line in parts.of("signature"):
        if GARBLED_DATE.fullmatch(line.text) and read_date(line.text) is None:
            found.append(f"落款日期“{line.text}”不完整，照原文保留")
    return found


def _from_table(record: list[Line]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for line in record:
        matches = list(KEY.finditer(line.raw))
        for match, following in zip(matches, [*matches[1:], None], strict=True):
            value = squeeze(line.raw[match.end() : following.start() if following else None])
            name = str(match.lastgroup)
            if name.endswith("_date"):
                fields[name] = read_date(value)
            elif name == "validity":
                fields[name] = VALIDITIES.get(value, "")
            elif name != "other":
                fields[name] = value
    return fields


def _from_letter(parts: Zones) -> dict[str, Any]:
    fields: dict[str, Any] = {"title": squeeze(" ".join(line.text for line in parts.title))}
    for line in parts.of("letterhead"):
        if line.text.endswith("文件") and len(line.text) < 40:
            fields.setdefault("issuer", line.text.removesuffix("文件"))
        elif DOCUMENT_NUMBER.fullmatch(line.text):
            fields.setdefault("document_number", line.text)
    if parts.recipients:
        fields["recipients"] = parts.recipients.text.rstrip(":：")
    for line in parts.of("frame"):
        if (match := NEWS.search(line.raw)) and match["source"]:
            fields["source"] = match["source"]
    signature = parts.of("signature")
    organs = [line.text for line in signature if ORGAN.fullmatch(line.text) and read_date(line.text) is None]
    if organs:
        fields.setdefault("issuer", " ".join(organs))
    dates = [found for line in signature if (found := read_date(line.text))]
    if dates:
        fields["signed_date"] = dates[0]
    return fields


def _from_imprint(lines: list[Line]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    current = ""
    for line in lines:
        text = line.text
        match = IMPRINT.match(text)
        if text.endswith("印发") and read_date(text):
            fields["printed_date"] = read_date(text)
            before = re.sub(r"\d{4}.*", "", text)
            if before and ORGAN.fullmatch(before):
                fields["printed_by"] = before
            current = ""
        elif match and match[1]:
            current = _IMPRINT_FIELDS.get(re.sub(r"\s", "", match[1]), "")
            if current:
                fields[current] = text[match.end() :].strip()
        elif ORGAN.fullmatch(text) and not text.endswith("。"):
            fields["printed_by"] = text
        elif current:
            fields[current] += "\n" + text
    return fields
