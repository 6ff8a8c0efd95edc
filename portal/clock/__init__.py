"""The one source of time, working days, and jobs due by the clock.

All time in the portal comes from `now()` and `today()` (design.md rule 11). Only the demo and the
tests may set the clock, with `travel`. The mirror reads pages ahead as of a later day, with `foresee`, within
which nothing can be written.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils import timezone

_READS = re.compile(r"[\s(]*SELECT\b", re.IGNORECASE)
# Rows are locked for a change that follows.
_LOCKS = re.compile(r"\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b|\bINTO\b", re.IGNORECASE)

_set_time: ContextVar[datetime | None] = ContextVar("portal_clock", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _set_time.get() or timezone.now()


def is_set() -> bool:
    """Return whether the present moment is one that was set, not the real one."""
    return _set_time.get() is not None


def today() -> date:
    """Return the present date in Asia/Shanghai."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the date that `moment` (aware) has in Asia/Shanghai; `moment.date()` would be the day in UTC."""
    return timezone.localtime(moment).date()


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Set the clock to `moment` (aware) within the block; refused outside the demo and the tests."""
    if not settings.CLOCK_MAY_BE_SET:
        raise RuntimeError("只有演示和测试可以设定时钟")
    if timezone.is_naive(moment):
        raise ValueError("时钟只接受带时区的时间")
    token = _set_time.set(moment)
    try:
        yield
    finally:
        _set_time.reset(token)


class ReadingAhead(RuntimeError):
    """Something was to be written while pages were read as of a later day."""


@contextmanager
def foresee(day: date) -> Iterator[None]:
    """Let pages be read within the block as they will read when `day` (Asia/Shanghai) begins.

    Nobody gains time by it: no database takes a change or a lock within (ReadingAhead), and a day that is
    over is refused (ValueError). Pages of the mirror are made so and nothing else is: a test looks at every
    call.
    """
    if day < today():
        raise ValueError("只能看今天以后的样子")
    moment = datetime.combine(day, time.min, timezone.get_default_timezone())
    token = _set_time.set(max(moment, now()))
    try:
        with ExitStack() as guards:
            for connection in connections.all():
                guards.enter_context(connection.execute_wrapper(_only_reading))
            yield
    finally:
        _set_time.reset(token)


def _only_reading(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    if not _READS.match(sql) or _LOCKS.search(sql):
        raise ReadingAhead("看以后的样子时不能改数据")
    return execute(sql, params, many, context)
