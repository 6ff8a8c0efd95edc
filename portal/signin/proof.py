"""What a browser session remembers of proofs: since when it is open, last used, last proved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal import clock

from . import keys

STATE, OFFERED = "signin", "signin_offered"


@dataclass(frozen=True)
class State:
    """The session's times; `factor` says whether its person has shown a second factor in it."""

    since: datetime
    seen: datetime
    proved: datetime | None
    factor: bool
    live: int


def begin(request: HttpRequest, *, by: str, live: int = 0) -> None:
    """Note a sign-in that just succeeded; `by` is what it was proved with (``"password"`` alone, or more)."""
    now = clock.now().isoformat()
    factor = by != "password"
    proved = now if factor or not settings.SIGN_IN_SECOND_FACTOR else ""
    told = {"since": now, "seen": now, "proved": proved, "factor": factor, "live": live}
    request.session[STATE] = told


def state(request: HttpRequest) -> State | None:
    """Return the session's state, or None for one that began before the portal kept any."""
    told: dict[str, Any] | None = request.session.get(STATE)
    if not told:
        return None
    return State(
        datetime.fromisoformat(told["since"]),
        datetime.fromisoformat(told["seen"]),
        datetime.fromisoformat(told["proved"]) if told["proved"] else None,
        bool(told["factor"]),
        int(told["live"]),
    )


def proved(request: HttpRequest, *, factor: bool, whole: bool = False) -> None:
    """Note a proof that just held; with `whole` the session begins anew (password and factor)."""
    now = clock.now().isoformat()
    told = dict(request.session.get(STATE) or {"since": now, "live": 0, "factor": False})
    told |= {"seen": now, "proved": now, "factor": bool(told["factor"]) or factor}
    if whole:
        told["since"] = now
    request.session[STATE] = told


def seen(request: HttpRequest) -> None:
    """Note that the session was used."""
    request.session[STATE] = {**request.session[STATE], "seen": clock.now().isoformat()}


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the last proof still serves for an act that asks for one."""
    now = state(request)
    return bool(now and now.proved and clock.now() - now.proved < keys.step_up())


def offer(request: HttpRequest, by: str) -> None:
    """Note, before the sign-in is done, what second factor was shown."""
    request.session[OFFERED] = by


def taken(request: HttpRequest) -> str:
    """Return and forget what `offer` noted; ``"password"`` where nothing was."""
    return str(request.session.pop(OFFERED, "password"))
