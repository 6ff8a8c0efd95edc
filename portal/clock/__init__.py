"""The one source of time, working days, and jobs due by the clock.

All time in the portal comes from `now()` and `today()` (design.md rule 11). Only the demo and the
tests may set the clock, with `travel`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

_set_time: ContextVar[datetime | None] = ContextVar("portal_clock", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _set_time.get() or timezone.now()


def today() -> date:
    """Return the present date in Asia/Shanghai."""
    return timezone.localtime(now()).date()


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
