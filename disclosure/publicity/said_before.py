"""What the ledger's events of lists and meetings hold of a text that is taken out of them.

Titles, reasons and matters are sealed: a redaction erases the salts, so that nobody can try a name against
the commitment. Events of before they were sealed say them openly and are never changed.
"""

import json
from collections.abc import Collection

from django.utils.translation import gettext as _

from portal.ledger.models import Event

# Under what an event of each sort of object holds such a text.
NAMES = {"list": ("title", "reason"), "deliberation": ("matter",)}


def sealed(object_type: str, numbers: Collection[str]) -> frozenset[int]:
    """Return the events of those objects that hold a title, reason or matter sealed (one query)."""
    events = Event.objects.filter(object_type=object_type, object_id__in=numbers)
    events = events.filter(openings__name__in=NAMES[object_type]).exclude(openings__salt="")
    return frozenset(events.values_list("pk", flat=True))


def openly(object_type: str, numbers: Collection[str], value: str) -> list[int]:
    """Return the events of those objects that say `value` openly, for good (one query)."""
    written = json.dumps(value, ensure_ascii=False)[1:-1]
    events = Event.objects.filter(object_type=object_type, object_id__in=numbers, record__contains=written)
    found = []
    for sequence, record in events.order_by("pk").values_list("pk", "record"):
        body = json.loads(record)["body"]
        if any(value in str(body.get(name, "")) for name in NAMES[object_type]):
            found.append(sequence)
    return found


def in_words(which: Collection[int], what: str) -> str:
    """Return that events hold `what` for good, naming them; "" without any."""
    if not which:
        return ""
    numbers = "、".join(str(one) for one in sorted(which))
    return _("账本第%(numbers)s号%(what)s") % {"numbers": numbers, "what": what}


def for_good(parts: Collection[str]) -> str:
    """Return in words that `parts` (`in_words`) can be taken back from nowhere; "" without any."""
    said = [one for one in parts if one]
    if not said:
        return ""
    words = _(
        "有删不掉的：%(parts)s。这些是早先记的，账本只增不改；"
        "看得到账本记录的只有监督、审计人员和拿到证据包的人。"
    )
    return words % {"parts": "；".join(said)}
