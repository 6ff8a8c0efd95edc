"""One lock-out for passwords and second factors: counted by axes, told in the ledger, lifted by a person.

At the sign-in page anybody may guess at any name, and so shut it. An open session that has shown a second
factor is therefore not shut with it: what is wrong there counts for itself too, under a name of its own that
nobody can type at the sign-in page.
"""

from collections.abc import Callable
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt, AccessLog
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.ledger.services import Draft, append
from portal.outbox.services import send
from portal.people import lockout
from portal.people.errors import PeopleError
from portal.people.models import User
from portal.people.permits import acting_over, lock_account
from portal.sealing.keys import keyed_hash

from . import events, proof
from .errors import LockedOut


def checked(user: User, request: HttpRequest, holds: Callable[[], str]) -> str:
    """Return what `holds()` found of a proof of `user`; where it is nothing, count one wrong try.

    The account's row is locked from the look at the lock to the count: so many tries sent at once follow each
    other, and no more than the limit are ever checked. What was counted stays, so nothing is raised within.
    Raises LockedOut where the account is shut, before or by this try; the answer becomes the lock-out page.
    """
    with transaction.atomic():
        lock_account(user)
        _refuse_if_locked(user, request)
        found = holds()
        shut = not found and _counted(user, request)
    if shut:
        _shut(request, user)
        raise LockedOut
    return found


def _refuse_if_locked(user: User, request: HttpRequest) -> None:
    name = _name_inside(user) if _is_inside(user, request) else user.username
    if not _is_allowed(name, request):
        _shut(request, user)
        raise LockedOut


def _counted(user: User, request: HttpRequest) -> bool:
    """Count one wrong proof of `user`; return whether it was one too many.

    One in an open session counts at the sign-in page as well, whose lock it does not prolong.
    """
    inside = _is_inside(user, request)
    shut = False
    if not inside or _is_allowed(user.username, request):
        shut = _count(user.username, request)
    if inside:
        shut = _count(_name_inside(user), request)
    return shut


def forget_failures(user: User) -> None:
    """Take back earlier slips of `user`, and with them a lock."""
    AxesProxyHandler.reset_attempts(username=user.username)
    AxesProxyHandler.reset_attempts(username=_name_inside(user))


def forget_slips(user: User, request: HttpRequest) -> None:
    """Take back earlier slips of `user` after a proof that held; a lock at the sign-in page stays."""
    AxesProxyHandler.reset_attempts(username=_name_inside(user))
    if _is_allowed(user.username, request):
        AxesProxyHandler.reset_attempts(username=user.username)


def locked_names() -> list[str]:
    """Return the user names that are shut now, by name."""
    since = timezone.now() - lockout.cool_off()
    tried = AccessAttempt.objects.filter(attempt_time__gte=since).values("username")
    shut = tried.annotate(failures=Sum("failures_since_start"))
    limit = lockout.failure_limit(None, None)
    return sorted(row["username"] for row in shut if row["username"] and row["failures"] >= limit)


def unlock(*, by: User, user: User) -> None:
    """Open a shut account before its time. Raises NotPermitted, and PeopleError where it is not shut."""
    with transaction.atomic():
        office = acting_over(by, user)
        if user.username not in locked_names():
            raise PeopleError(_("这个账号现在没有锁定，不用再办"))
        forget_failures(user)
        append(_draft(events.UNLOCKED, user, actor=by, office=office))


def forget_old() -> int:
    """Forget slips that count no longer, and their addresses (the clock's job); return how many rows."""
    before = timezone.now() - lockout.cool_off()
    slips, _by_model = AccessAttempt.objects.filter(attempt_time__lt=before).delete()
    # What axes logged of every sign-in before that was turned off.
    logged, _by_model = AccessLog.objects.all().delete()
    return slips + logged


def listen() -> None:
    """Have every lock-out of an account told in the ledger and to its person, once."""
    user_locked_out.connect(_tell, dispatch_uid="portal.signin.locks")
    user_logged_in.connect(_begun, dispatch_uid="portal.signin.begun")


def _begun(sender: Any, user: User, **_kwargs: Any) -> None:
    """Let a session that just began start without the slips of an earlier one."""
    AxesProxyHandler.reset_attempts(username=_name_inside(user))


def _tell(sender: Any, request: Any, username: str, **_kwargs: Any) -> None:
    # While an account is shut, axes sends the signal at every further try, without a count.
    if getattr(request, "axes_failures_since_start", None) is None:
        return
    user = User.objects.filter(username=username).first()
    if user is None:
        return
    with transaction.atomic():
        send([user], _("您的账号因为多次输错被锁定；不是您输的，请告诉安全管理员"), "", groups=False)
        append(_draft(events.LOCKED, user))


def probe_of(request: HttpRequest) -> HttpRequest:
    """Return a request of the same origin and without what was sent: axes keeps the form it is shown."""
    probe = HttpRequest()
    probe.META = {
        name: value
        for name, value in request.META.items()
        if name in ("REMOTE_ADDR", "HTTP_USER_AGENT", "HTTP_ACCEPT", "HTTP_X_FORWARDED_FOR")
    }
    probe.path = probe.path_info = "/second-factor"
    return probe


def _is_inside(user: User, request: Any) -> bool:
    """Return whether `request` comes from an open session of `user` that has shown a second factor."""
    if getattr(request, "user", None) != user or not hasattr(request, "session"):
        return False
    now = proof.state(request)
    return now is not None and now.factor


def _name_inside(user: User) -> str:
    return keyed_hash(str(user.pk), "proofs-inside")


def _is_allowed(name: str, request: HttpRequest) -> bool:
    return bool(AxesProxyHandler.is_allowed(probe_of(request), {"username": name}))


def _count(name: str, request: HttpRequest) -> bool:
    """Count a failure under `name`; return whether it is shut now."""
    probe = probe_of(request)
    AxesProxyHandler.user_login_failed("portal.signin", {"username": name}, probe)
    return bool(getattr(probe, "axes_locked_out", False))


def _shut(request: Any, user: User) -> None:
    request.axes_locked_out = True
    request.axes_credentials = {"username": user.username}


def _draft(kind: str, user: User, **more: Any) -> Draft:
    body = {"username": user.username}
    return Draft(kind=kind, object_type="account", object_id=str(user.pk), body=body, **more)
