"""How many wrong passwords shut an account, and for how long: settings of the installation, read by axes."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.configuration.services import register, value

FAILURES = "people.lockout_failures"
MINUTES = "people.lockout_minutes"


def _at_least_one(number: int) -> str | None:
    return None if number >= 1 else _("要填 1 或以上的整数")


# domain.md section 6: typical for level 3 of the protection scheme, from general knowledge.
_SOURCE = "domain.md 6 (GK)"
register(FAILURES, 5, _SOURCE, False, gettext_lazy("输错几次锁定账号"), technical=True, check=_at_least_one)
register(MINUTES, 30, _SOURCE, False, gettext_lazy("锁定多少分钟"), technical=True, check=_at_least_one)


def failure_limit(request: Any, credentials: Any) -> int:
    """Return after how many wrong passwords in a row an account is shut."""
    return int(value(FAILURES))


def cool_off(request: Any = None) -> timedelta:
    """Return for how long it stays shut."""
    return timedelta(minutes=int(value(MINUTES)))
