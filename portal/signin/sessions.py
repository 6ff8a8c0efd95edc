"""Sessions of accounts: recorded when they open, few at once, ended from elsewhere.

An account is one person's. Somebody at a desk also has a phone in the village, so two sessions may live at
once (`signin.sessions_at_once`); one more ends that of the same browser, else the one that was not used for
the longest. Two at a time from different addresses are told to the person and recorded, and the security
administrator sees them: that is how a lent account looks.
"""

from datetime import datetime
from importlib import import_module
from typing import Any

from allauth.account.signals import password_changed
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.outbox.services import send
from portal.people import signals
from portal.people.errors import PeopleError
from portal.people.models import Office, User
from portal.people.permits import acting_over, lock_account
from portal.running.origin import asker
from portal.sealing.keys import keyed_hash

from . import events, keys, proof
from .models import EndedBy, LiveSession

BROWSERS = (("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
SYSTEMS = (("Android", "安卓手机"), ("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("Windows", "Windows 电脑"))


def live(user: User | None = None) -> QuerySet[LiveSession]:
    """Return the sessions (of `user`, or all) that are neither ended nor too old, the latest first."""
    oldest = clock.now() - keys.longest()
    found = LiveSession.objects.filter(ended_at=None, seen_at__gt=oldest).order_by("-started_at", "-pk")
    return found if user is None else found.filter(user=user)


def end(session: LiveSession, why: EndedBy) -> None:
    """End `session` now: its browser is signed out at its next request. Call it inside a transaction."""
    engine = import_module(settings.SESSION_ENGINE)
    engine.SessionStore(session.key).delete()
    session.ended_at, session.ended_by = clock.now(), why
    session.save(update_fields=["ended_at", "ended_by"])


def end_all(user: User, why: EndedBy, *, but: int = 0) -> int:
    """End every live session of `user`, but the one with the id `but`; return how many. In a transaction."""
    ended = list(live(user).exclude(pk=but))
    for session in ended:
        end(session, why)
    return len(ended)


def end_own(*, user: User, pk: int) -> None:
    """End another session of one's own; PeopleError where it is over."""
    with transaction.atomic():
        _end_one(user, pk, EndedBy.PERSON, by=user, office=None)


def end_for(*, by: User, user: User, pk: int) -> None:
    """End a session of `user` as the security administrator; NotPermitted, PeopleError where it is over."""
    with transaction.atomic():
        office = acting_over(by, user)
        _end_one(user, pk, EndedBy.ADMINISTRATOR, by=by, office=office)


def is_open(request: HttpRequest) -> bool:
    """Return whether the session that the request comes from was not ended: from elsewhere, or by a reset.

    Its row decides, not the browser's key, which changes with the password.
    """
    now = proof.state(request)
    return now is not None and LiveSession.objects.filter(pk=now.live, ended_at=None).exists()


def touch(request: HttpRequest) -> None:
    """Note that the session is in use, at most once a minute."""
    now = proof.state(request)
    if now is not None and (clock.now() - now.seen).total_seconds() >= 60:
        proof.seen(request)
        LiveSession.objects.filter(pk=now.live, ended_at=None).update(seen_at=clock.now())


def forget_old() -> int:
    """Forget sessions whose log need be kept no longer (the clock's job); return how many.

    The ledger keeps that there was one; the address is personal data (网络安全法 21: six months at least).
    """
    before = clock.now() - keys.kept_days()
    count, _by_model = LiveSession.objects.filter(seen_at__lt=before).delete()
    return count


def listen() -> None:
    """Hear of every sign-in and sign-out."""
    user_logged_in.connect(_opened, dispatch_uid="portal.signin.opened")
    user_logged_out.connect(_closed, dispatch_uid="portal.signin.closed")
    password_changed.connect(_rekeyed, dispatch_uid="portal.signin.rekeyed")
    signals.password_changed.connect(_end_with_password, dispatch_uid="portal.signin.end_with_password")


def _opened(sender: Any, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    if not settings.SIGN_IN_WATCHED:
        return
    by = proof.taken(request)
    with transaction.atomic():
        session = _record(request, user, by)
    proof.begin(request, by=by, live=session.pk)


def _record(request: HttpRequest, user: User, by: str) -> LiveSession:
    """Insert the session, end those that are too many, and tell of one elsewhere."""
    lock_account(user)
    if not request.session.session_key:
        request.session.create()
    address = asker(request)
    mark = keyed_hash(address, "session-address")
    browser = _browser(request.headers.get("User-Agent", ""))
    others = _in_use_first(live(user), mark, browser)
    session = LiveSession.objects.create(
        user=user,
        key=str(request.session.session_key),
        address=address,
        address_mark=mark,
        browser=browser,
        proved_by=by,
    )
    body = {"username": user.username, "by": by}
    drafts = [_draft(events.OPENED, user, user, body, address=address)]
    for one in others[keys.at_once() - 1 :]:
        end(one, EndedBy.DISPLACED)
        drafts.append(_draft(events.ENDED, user, user, {"username": user.username, "why": one.ended_by}))
    if any(one.address_mark != mark for one in others[: keys.at_once() - 1]):
        send(
            [user],
            _("您的账号同时在另一处登录；不是您，请马上告诉安全管理员"),
            reverse("signin:mine"),
            groups=False,
        )
        drafts.append(_draft(events.BESIDE, user, user, {"username": user.username, "live": len(others) + 1}))
    append(*drafts)
    return session


def _in_use_first(sessions: QuerySet[LiveSession], mark: str, browser: str) -> list[LiveSession]:
    """Return `sessions` with those to end first at the end of the list.

    One of the same browser at the same address was most likely closed without signing out; then come those
    that were not used for the longest.
    """

    def order(one: LiveSession) -> tuple[bool, datetime, int]:
        return (one.address_mark, one.browser) != (mark, browser), one.seen_at, one.pk

    return sorted(sessions, key=order, reverse=True)


def _closed(sender: Any, request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    now = proof.state(request) if settings.SIGN_IN_WATCHED and user is not None else None
    if now is None or user is None:
        return
    with transaction.atomic():
        rows = LiveSession.objects.filter(pk=now.live, ended_at=None)
        if rows.update(ended_at=clock.now(), ended_by=EndedBy.SIGNED_OUT):
            body = {"username": user.username, "why": EndedBy.SIGNED_OUT.value}
            append(_draft(events.ENDED, user, user, body))


def _rekeyed(sender: Any, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Note the key that the session got with the new password; the others ended with the old one."""
    now = proof.state(request) if settings.SIGN_IN_WATCHED else None
    if now is None:
        return
    with transaction.atomic():
        lock_account(user)
        session = live(user).filter(pk=now.live).first()
        if session is not None:
            session.key = str(request.session.session_key)
            session.save(update_fields=["key"])
        end_all(user, EndedBy.PERSON, but=now.live)


def _end_with_password(sender: Any, user: User, request: HttpRequest | None, **_kwargs: Any) -> None:
    """End what was opened with the old password, but the very session in which its person changes it."""
    now = proof.state(request) if request is not None and getattr(request, "user", None) == user else None
    end_all(
        user, EndedBy.PERSON if request is not None else EndedBy.ADMINISTRATOR, but=now.live if now else 0
    )


def _end_one(user: User, pk: int, why: EndedBy, *, by: User, office: Office | None) -> None:
    lock_account(user)
    found = live(user).filter(pk=pk).first()
    if found is None:
        raise PeopleError(_("这次登录已经结束，不用再办"))
    end(found, why)
    append(_draft(events.ENDED, user, by, {"username": user.username, "why": why.value}, office))


def _browser(agent: str) -> str:
    system = next((word for mark, word in SYSTEMS if mark in agent), _("其他设备"))
    return f"{system} {next((word for mark, word in BROWSERS if mark in agent), '')}".strip()


def _draft(
    kind: str, user: User, by: User, body: dict[str, Any], office: Office | None = None, **sealed: str
) -> Draft:
    return Draft(kind, "account", str(user.pk), actor=by, office=office, body=body, sealed=sealed)
