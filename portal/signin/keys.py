"""How long a proof, a session and an unused account last. No source binds the portal to these figures yet."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.configuration.services import register, value

STEP_UP, IDLE, SESSION = "signin.step_up_minutes", "signin.idle_minutes", "signin.session_hours"
SESSIONS, DORMANT = "signin.sessions_at_once", "signin.dormant_days"
KEPT = "signin.session_log_days"
# GB/T 22239-2019 (8.1.4.1) asks for locking, timeouts and two factors at level 3 and names no figures.
_SOURCE = "等级保护第三级要求有这些措施，没有规定数字；取通行做法（GK）"


def _at_least_one(number: int) -> str | None:
    return None if number >= 1 else _("要填 1 或以上的整数")


register(
    STEP_UP, 30, _SOURCE, False, gettext_lazy("办理重要事项前，几分钟内验证过就不再问"),
    technical=True, check=_at_least_one,
)  # fmt: skip
register(
    IDLE, 30, _SOURCE, False, gettext_lazy("多少分钟没有操作就锁屏"), technical=True, check=_at_least_one
)
register(
    SESSION, 10, _SOURCE, False, gettext_lazy("一次登录最长多少小时"), technical=True, check=_at_least_one
)
register(
    SESSIONS, 2, _SOURCE, False, gettext_lazy("一个账号最多同时登录几处"), technical=True, check=_at_least_one
)
register(
    DORMANT, 90, _SOURCE, False, gettext_lazy("多少天没有登录就停用账号（自然日）"),
    technical=True, check=_at_least_one,
)  # fmt: skip
register(
    KEPT,
    183,
    "网络安全法第二十一条：网络日志留存不少于六个月",
    True,
    gettext_lazy("登录地址和设备的记录留多少天（自然日）"),
    technical=True,
    check=lambda days: None if days >= 183 else _("网络日志至少留六个月，填 183 或以上"),
)


def step_up() -> timedelta:
    """Return for how long a proof serves."""
    return timedelta(minutes=int(value(STEP_UP)))


def idle() -> timedelta:
    """Return after how long without a request the screen is locked."""
    return timedelta(minutes=int(value(IDLE)))


def longest() -> timedelta:
    """Return how long a session lasts at most."""
    return timedelta(hours=int(value(SESSION)))


def at_once() -> int:
    """Return how many sessions of one account live at once."""
    return int(value(SESSIONS))


def dormant_days() -> int:
    """Return after how many calendar days without signing in an account is suspended."""
    return int(value(DORMANT))


def kept_days() -> timedelta:
    """Return for how long (calendar days) addresses and devices of sessions are kept."""
    return timedelta(days=int(value(KEPT)))
