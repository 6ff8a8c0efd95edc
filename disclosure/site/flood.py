"""The brake of the public forms: counts by list and by address, and a plain question above them; no script.

Counts live in the cache for an hour. An address is counted under a keyed hash that changes with the hour, so
nobody can be followed by it. Above a ceiling the form asks a sum in Chinese words; far above it, an address
has to wait. The question is the same for everybody at that moment: no form carries anything of the person
who fills it in.
"""

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal import clock
from portal.configuration import services as configuration
from portal.running.origin import asker
from portal.sealing.keys import keyed_hash

from .keys import ADDRESS_HOUR, ADDRESS_MOST, LIST_HOUR

HOUR = 3600
# A question stands for ten minutes, and its answer is taken for ten more.
TURN = 600
DIGITS = "零一二三四五六七八九"


def count(name: str, seconds: int) -> int:
    """Count one more of `name` and return how many there were within its `seconds`."""
    cache.add(name, 0, seconds)
    try:
        return int(cache.incr(name))
    except ValueError:
        # It ran out between the two lines.
        cache.set(name, 1, seconds)
        return 1


def so_far(name: str) -> int:
    """Return how many of `name` were counted."""
    return int(cache.get(name, 0))


def address(request: HttpRequest, purpose: str, seconds: int) -> str:
    """Return the name under which the asker's address is counted; it changes when `seconds` are over."""
    turn = int(clock.now().timestamp()) // seconds
    return f"{purpose}:{keyed_hash(f'{turn}:{asker(request)}', purpose)[:24]}"


def sender(request: HttpRequest) -> str:
    """Return what tells this sender from others, keyed; kept for minutes, so a double click counts once."""
    return keyed_hash(asker(request), "objection-sender")


def too_many(request: HttpRequest, number: str) -> bool:
    """Return whether so many objections came to the list or from this address that we ask first."""
    names = _names(request, number)
    ceilings = [configuration.value(LIST_HOUR), configuration.value(ADDRESS_HOUR)]
    return any(so_far(name) >= ceiling for name, ceiling in zip(names, ceilings, strict=True))


def far_too_many(request: HttpRequest) -> bool:
    """Return whether so many came from this address within the hour that no answer lets another through.

    A list has no such ceiling: whoever floods it from many addresses must not shut out its villagers.
    """
    return so_far(address(request, "objecting", HOUR)) >= int(configuration.value(ADDRESS_MOST))


def lodged(request: HttpRequest, number: str) -> None:
    """Count an objection to the list `number`."""
    for name in _names(request, number):
        count(name, HOUR)


def question(number: str) -> str:
    """Return what is asked at this moment before an objection to the list `number`: 三加五等于几？"""
    one, other = _sum(number, 0)
    return _("%(one)s加%(other)s等于几？") % {"one": DIGITS[one], "other": DIGITS[other]}


def is_answered(number: str, written: str) -> bool:
    """Return whether `written` (8, ８ or 八) answers the present question or the one just before it."""
    said = _value(written)
    return said is not None and said in {sum(_sum(number, ago)) for ago in (0, 1)}


def _names(request: HttpRequest, number: str) -> list[str]:
    hour = int(clock.now().timestamp()) // HOUR
    return [f"objections:{number}:{hour}", address(request, "objecting", HOUR)]


def _sum(number: str, ago: int) -> tuple[int, int]:
    turn = int(clock.now().timestamp()) // TURN - ago
    drawn = int(keyed_hash(f"{number}:{turn}", "plain-question")[:8], 16)
    return 1 + drawn % 9, 1 + drawn // 9 % 9


def _value(written: str) -> int | None:
    text = written.strip().removesuffix("。")
    if text.isdecimal() and len(text) < 4:
        return int(text)
    if len(text) == 1 and text in DIGITS:
        return DIGITS.index(text)
    # Two digits at most: a sum of 十 to 十八.
    tens, ten, ones = text.partition("十")
    if ten and tens in {"", "一"} and (not ones or (len(ones) == 1 and ones in DIGITS)):
        return 10 + (DIGITS.index(ones) if ones else 0)
    return None
