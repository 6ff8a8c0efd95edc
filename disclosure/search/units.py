"""What a text is made of, for the search: single Chinese characters, and whole runs of letters or digits.

Texts and questions are cut by the same rules, so a question is found exactly where its units stand side by
side. Full and half width, upper and lower case and accents are the same; brackets, quotes, hyphens, dots and
spaces are passed over (〔2026〕7号 is [2026] 7 号), a comma within a figure too; other marks end a phrase.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

# A phrase never reaches across these: “先建，后补” is two phrases.
BREAKS = frozenset("。！？；：，、…|\t!?;:,")
# A longer run of letters or digits is cut, in texts and questions alike: PostgreSQL's tokens have an end.
LONGEST_UNIT = 40
_ACCENTS = range(0x300, 0x370)
_HAN = range(0x3400, 0xA000)
_SYMBOLS = "0123456789abcdefghijklmnopqrstuv"
_SINGLE, _LETTERS, _DIGITS, _NONE = "single", "letters", "digits", ""


class Unit(NamedTuple):
    """One unit, folded, and the part of the text that it stands for."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=40_000)
def _folded(char: str) -> tuple[tuple[str, str], ...]:
    """Return the plain characters that `char` is the same as, each with its class."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    kept = (c for c in plain if ord(c) not in _ACCENTS and unicodedata.category(c) != "Cf")
    return tuple((c, _class(c)) for c in kept)


def _class(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Lo", "Nl", "No"):
        return _SINGLE
    if category == "Nd":
        return _DIGITS
    return _LETTERS if category[0] in "LM" else _NONE


def _groups_thousands(text: str, place: int) -> bool:
    """Return whether the comma at `place` stands before exactly three digits: 14,400."""
    after = unicodedata.normalize("NFKC", text[place + 1 : place + 5])
    return len(after) >= 3 and after[:3].isdigit() and not after[3:4].isdigit()


def runs(text: str) -> list[list[Unit]]:
    """Return the units of `text` in order, a list for each stretch that no breaking mark interrupts."""
    found: list[list[Unit]] = [[]]
    held, kind, start, end = "", _NONE, 0, 0
    for place, char in enumerate(text):
        folded = _folded(char)
        if char in ",，" and kind == _DIGITS and _groups_thousands(text, place):
            continue
        # An invisible character neither ends a word nor belongs to one.
        for plain, its_class in folded:
            if held and (its_class != kind or len(held) >= LONGEST_UNIT):
                found[-1].append(Unit(held, start, end))
                held, kind = "", _NONE
            if its_class == _SINGLE:
                found[-1].append(Unit(plain, place, place + 1))
            elif its_class:
                if not held:
                    start, kind = place, its_class
                held, end = held + plain, place + 1
        if char in BREAKS and found[-1]:
            found.append([])
    if held:
        found[-1].append(Unit(held, start, end))
    return [run for run in found if run]


def code(unit: str) -> str:
    """Return `unit` in lower-case ASCII letters and digits; no code is the beginning of another.

    So the databases' own parsers, which differ in what they take for a letter, have nothing to decide.
    """
    if len(unit) == 1 and ord(unit) in _HAN:
        number = ord(unit) - _HAN.start
        return "h" + _SYMBOLS[number >> 10] + _SYMBOLS[number >> 5 & 31] + _SYMBOLS[number & 31]
    if unit.isascii():
        return "l" + unit.replace("z", "zz") + "zy"
    return "o" + "x".join(f"{ord(char):x}" for char in unit) + "zy"


def tokens(run: list[str]) -> list[str]:
    """Return a token for each unit of `run`: the unit and its neighbour; of the last one, the unit alone.

    Two tokens side by side therefore come from one run, and the beginning of a token is a unit by itself.
    """
    codes = [code(unit) for unit in run]
    return [first + second for first, second in zip(codes, [*codes[1:], ""], strict=True)]


def grams(*texts: str) -> str:
    """Return what the index holds of `texts`: their tokens, with spaces between."""
    return " ".join(
        token for text in texts for run in runs(text) for token in tokens([unit.text for unit in run])
    )
