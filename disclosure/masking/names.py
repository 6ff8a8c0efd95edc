"""Masks of names and numbers: 王小山 becomes 王某山, a number keeps only what tells it from another."""

import re

from portal.people.surnames import COMPOUND_SURNAMES

SOMEONE = "某"
# Minority names are written with any of these dots between their parts.
_DOTS = re.compile(r"[·•・‧．.]")
_SPACES = re.compile(r"\s+")


def mask_name(name: str) -> str:
    """Return `name` as the web shows it: surname, 某, and the last character where there is one to spare.

    王五 → 王某, 王小山 → 王某山, 欧阳明 → 欧阳某, 欧阳小明 → 欧阳某明, 阿依·古丽 → 阿依·某. An empty
    name stays empty. One character can hide nothing and becomes 某.
    """
    name = _SPACES.sub("", name)
    if not name:
        return ""
    if _DOTS.search(name):
        first = _DOTS.split(name)[0]
        return f"{first}·{SOMEONE}" if first else SOMEONE
    if len(name) == 1:
        return SOMEONE
    surname = name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[:1]
    rest = name[len(surname) :]
    return surname + SOMEONE + (rest[-1] if len(rest) > 1 else "")


def mask_id(number: str) -> str:
    """Return an ID number for officials' eyes: 4110**********123X; a shorter one shows nothing."""
    number = _SPACES.sub("", number)
    if len(number) < 15:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def mask_phone(number: str) -> str:
    """Return a phone number for officials' eyes: 138****1234; a shorter one keeps its last two digits."""
    digits = re.sub(r"\D", "", number)
    if len(digits) >= 11:
        return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]
    return "*" * max(len(digits) - 2, 0) + digits[-2:] if len(digits) > 4 else "*" * len(digits)


def mask_card(number: str) -> str:
    """Return a bank card for officials' eyes: 尾号 and its last four digits alone, as ****1234."""
    digits = re.sub(r"\D", "", number)
    return "****" + digits[-4:] if len(digits) > 4 else "*" * len(digits)
