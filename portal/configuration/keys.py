"""The keys that settings may have: each room registers its own when its app starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .errors import UnknownKey


@dataclass(frozen=True)
class Part:
    """One entry of a setting that is a mapping: what it is called, and what each of its values is called."""

    label: Any
    choices: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Key:
    """One thing that may be set.

    `verified` says whether the source of the default is confirmed (domain.md says which are not).
    `technical` keys belong to the installation, not to an area, and are no business of officials.
    `check` returns a Chinese complaint about a value, or None where it is fine.
    `choices` names the values that a text, or each entry of a list, may have; `parts` the entries of a
    mapping. Both are for people: what is stored are the keys. `clean` turns what was typed into what is
    stored, `hint` says how to type it.
    """

    name: str
    default: Any
    source: str
    verified: bool
    label: Any
    technical: bool = False
    check: Callable[[Any], str | None] | None = None
    choices: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Part] = field(default_factory=dict)
    clean: Callable[[Any], Any] | None = None
    hint: Any = ""


_keys: dict[str, Key] = {}


def register(
    key: str,
    default: Any,
    source: str,
    verified: bool,
    label: Any,
    *,
    technical: bool = False,
    check: Callable[[Any], str | None] | None = None,
    choices: Mapping[str, Any] | None = None,
    parts: Mapping[str, Part] | None = None,
    clean: Callable[[Any], Any] | None = None,
    hint: Any = "",
) -> None:
    """Register `key`; the same registration again changes nothing, a different one is refused."""
    new = Key(
        key, default, source, verified, label, technical, check, choices or {}, parts or {}, clean, hint
    )
    old = _keys.setdefault(key, new)
    if (old.default, old.source, old.verified, old.technical) != (default, source, verified, technical):
        raise ImproperlyConfigured(f"配置项 {key} 已由别处登记，内容不同")


def get(key: str) -> Key:
    """Return the registered key; UnknownKey where no room registered it."""
    try:
        return _keys[key]
    except KeyError:
        raise UnknownKey(f"没有“{key}”这个配置项，请核对名称") from None


def all_keys() -> list[Key]:
    """Return every registered key, by name."""
    return sorted(_keys.values(), key=lambda key: key.name)
