"""Whether the parts of a programme's definition are texts, numbers and lists where they should be."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.ledger.canonical import NotCanonical, canonical

LONGEST_TEXT = 2000
# What a field's key may be: it names an input of the form.
KEY_CHARACTERS = set("abcdefghijklmnopqrstuvwxyz0123456789_")


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_TEXT


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(_text(one) for one in value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _key(value: Any) -> bool:
    return _text(value) and len(value) <= 40 and set(value) <= KEY_CHARACTERS


Check = Callable[[Any], bool]
# The entries of each kind of part; those with a question mark may be left out.
FIELD: dict[str, Check] = {
    "key": _key,
    "label": _text,
    "kind": _text,
    "required?": _truth,
    "choices?": _texts,
    "help?": lambda value: isinstance(value, str),
}
RULE: dict[str, Check] = {"rule": _text, "text": _text, "values?": _texts}
AMOUNT: dict[str, Check] = {"of": _text, "rate_percent": _whole, "ceiling_fen": _whole}
VISIT: dict[str, Check] = {"mode": _text, "percent?": _whole, "over_fen?": _whole}
CITATION: dict[str, Check] = {"anchor": _text, "label": _text}


def problems(definition: Mapping[str, Any]) -> list[str]:
    """Return what in `definition`, which has all its keys, is of another kind than it should be."""
    found = [
        _("“%(name)s”要写一段话") % {"name": name}
        for name in ("summary", "who", "remedy", "item_field", "reason")
        if not _text(definition[name])
    ]
    if not _texts(definition["how_to_apply"]) or not definition["how_to_apply"]:
        found.append(_("“how_to_apply”要一行写一步"))
    if not _truth(definition["show_names"]):
        found.append(_("“show_names”要写是（true）或否（false）"))
    found += _entries("fields", definition["fields"], FIELD)
    found += _entries("eligibility", definition["eligibility"], RULE)
    if not _texts(definition.get("evidence", [])):
        found.append(_("“evidence”要写成一个列表，一项一个材料名称"))
    found += _part("amount", definition["amount"], AMOUNT)
    found += _part("visit", definition["visit"], VISIT)
    citations = definition["citations"]
    if not isinstance(citations, Mapping):
        found.append(_("“citations”要写成 名称：{anchor、label} 的样子"))
    else:
        for name, citation in citations.items():
            found += _part(f"citations.{name}", citation, CITATION)
    try:
        canonical(definition)
    except NotCanonical as error:
        found.append(str(error))
    return found


def _entries(name: str, value: Any, shape: Mapping[str, Check]) -> list[str]:
    if not isinstance(value, list) or (name == "fields" and not value):
        return [_("“%(name)s”要写成一个列表") % {"name": name}]
    return [
        said for place, one in enumerate(value) for said in _part(f"{name} 第 {place + 1} 项", one, shape)
    ]


def _part(name: str, value: Any, shape: Mapping[str, Check]) -> list[str]:
    if not isinstance(value, Mapping):
        return [_("“%(name)s”要写成 { } 的样子") % {"name": name}]
    found = []
    for entry, fits in shape.items():
        key = entry.removesuffix("?")
        if key not in value:
            if entry == key:
                found.append(_("“%(name)s”缺少 %(key)s") % {"name": name, "key": key})
        elif not fits(value[key]):
            found.append(_("“%(name)s”的 %(key)s 写得不对") % {"name": name, "key": key})
    return found
