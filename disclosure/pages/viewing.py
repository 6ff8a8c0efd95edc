"""How often public pages were read, counted from the web server's logs: path, day and number, no visitor.

Logs may hold addresses of visitors (nginx's "combined", granian's own): those are never looked at or kept.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.db import transaction

from portal import clock

from .records import PageViews

HERE = ZoneInfo("Asia/Shanghai")
READ = ("200", "304")
# Our own nginx format, which holds no address of a visitor: time, method, status, path.
_QUIET = re.compile(r"^(?P<time>\S+) (?P<method>[A-Z]+) (?P<status>\d{3}) (?P<path>/\S*)$")
# nginx's and Apache's "combined", and granian's own.
_COMBINED = re.compile(
    r"\[(?P<time>[^\]]+)\][^\"]*\"(?P<method>[A-Z]+) (?P<path>/\S*?)(?: HTTP/[\d.]+)?\" (?P<status>\d{3})\b"
)
_TIMES = ("%d/%b/%Y:%H:%M:%S %z", "%Y-%m-%d %H:%M:%S %z")


def counted(lines: Iterable[str], known: Collection[str]) -> dict[tuple[str, date], int]:
    """Return how often each of `known` (paths in standard type) was read on each day before today.

    A page in large type counts as the page. What is no known page (forms, receipts, searches, the desk) is
    not looked at; neither is a query.
    """
    today = clock.today()
    found: Counter[tuple[str, date]] = Counter()
    for line in lines:
        match = _QUIET.match(line.rstrip()) or _COMBINED.search(line)
        if match is None or match["method"] != "GET" or match["status"] not in READ:
            continue
        path = unquote(match["path"].partition("?")[0])
        path = path.removeprefix("/da") if path.startswith("/da/") else path
        day = _day(match["time"])
        if path in known and day is not None and day < today:
            found[path, day] += 1
    return dict(found)


def keep(found: dict[tuple[str, date], int]) -> int:
    """Keep what was counted; return how many numbers are new or grew.

    A number replaces a smaller one of its page and day: the same log read twice counts once.
    """
    changed = 0
    with transaction.atomic():
        before = {
            (row.path, row.day): row
            for row in PageViews.objects.filter(day__in={day for _path, day in found}).select_for_update()
        }
        for (path, day), count in sorted(found.items()):
            row = before.get((path, day))
            if row is None:
                PageViews.objects.create(path=path, day=day, count=count)
            elif row.count < count:
                PageViews.objects.filter(pk=row.pk).update(count=count)
            else:
                continue
            changed += 1
    return changed


def _day(written: str) -> date | None:
    try:
        return datetime.fromisoformat(written).astimezone(HERE).date()
    except ValueError:
        pass
    for form in _TIMES:
        try:
            return datetime.strptime(written, form).astimezone(HERE).date()
        except ValueError:
            continue
    return None
