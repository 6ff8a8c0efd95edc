"""Canonical JSON (RFC 8785) over strings, integers, booleans, null, lists and objects.

Two parties who hold the same values get the same bytes, so that a leaf hash can be recomputed by anyone.
Floats are refused: their printed form depends on the language that prints them.
"""

import json
from collections.abc import Mapping
from typing import Any

# Beyond this RFC 8785 numbers lose digits in readers that keep every number as a double.
LARGEST_INTEGER = 2**53 - 1


class NotCanonical(ValueError):
    """A value has no canonical form; the message names where it stands."""


def canonical(value: Any) -> str:
    """Return the canonical JSON of `value`; NotCanonical for floats, other types, and lone surrogates."""
    return json.dumps(_plain(value, "$"), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(value: Any, where: str) -> Any:
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonical(f"账本记录的 {where} 整数过大，请改用文字")
        return int(value)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise NotCanonical(f"账本记录的 {where} 有不是文字的键")
        # RFC 8785 sorts keys by UTF-16 code units, which Python's own order is not above U+FFFF.
        keys = sorted((_text(key, where) for key in value), key=lambda key: key.encode("utf-16-be"))
        return {key: _plain(value[key], f"{where}.{key}") for key in keys}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    raise NotCanonical(
        f"账本记录的 {where} 不能是 {type(value).__name__}，只能是文字、整数、是否、空、列表、对象"
    )


def _text(value: str, where: str) -> str:
    plain = str.__str__(value)
    try:
        plain.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(f"账本记录的 {where} 含有不成对的代理字符") from error
    return plain
