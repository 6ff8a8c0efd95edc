"""How many wrong passwords shut an account, for how long, and what its person reads: axes asks here."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.configuration.services import register, value

FAILURES = "people.lockout_failures"
MINUTES = "people.lockout_minutes"


def _at_least_one(number: int) -> str | None:
    return None if number >= 1 else _("要填 1 或以上的整数")


# domain.md section 6: typical for level 3 of the protection scheme, from general knowledge.
_SOURCE = "登录防护的通行做法（GK）"
register(FAILURES, 5, _SOURCE, False, gettext_lazy("输错几次锁定账号"), technical=True, check=_at_least_one)
register(MINUTES, 30, _SOURCE, False, gettext_lazy("锁定多少分钟"), technical=True, check=_at_least_one)


def failure_limit(request: Any, credentials: Any) -> int:
    """Return after how many wrong passwords in a row an account is shut."""
    return int(value(FAILURES))


def cool_off(request: Any = None) -> timedelta:
    """Return for how long it stays shut."""
    return timedelta(minutes=int(value(MINUTES)))


def username(request: Any, credentials: Any = None) -> str:
    """Return the account that the attempt was on, which the sign-in form sends as `login`."""
    return (credentials or {}).get("username") or request.POST.get("login", "")


def response(request: HttpRequest, original: Any = None, credentials: Any = None) -> HttpResponse:
    """Return the page of a shut account; it does not say whether the account exists."""
    minutes = int(cool_off().total_seconds() // 60)
    return render(request, "account/lockout.html", {"minutes": minutes}, status=429)
