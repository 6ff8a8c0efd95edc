"""Second factors: enrolling a phone, recovery codes, passkeys, and checking what somebody offers as proof.

A code counts once. Which code was last used stands with the factor in the database, under its lock, so that
two requests at once, or two processes, do not both take one code. What fails counts with wrong passwords
towards one lock-out (`locks`).
"""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.outbox.services import send
from portal.people.models import User
from portal.people.permits import lock_account
from portal.sealing.fields import seal, unseal

from . import events, locks
from .binding import HELD, marks_of
from .errors import SignInError, WrongCode

Type = Authenticator.Type
PROVING = [Type.TOTP, Type.WEBAUTHN]


def wanted() -> bool:
    """Return whether a second factor is asked for in this installation."""
    return bool(settings.SIGN_IN_SECOND_FACTOR)


def held_by(user: User) -> list[Authenticator]:
    """Return the factors of `user` that prove something by themselves, oldest first."""
    return list(Authenticator.objects.filter(user=user, type__in=PROVING).order_by("pk"))


def has_phone(user: User) -> bool:
    """Return whether `user` has enrolled a phone that shows codes."""
    return Authenticator.objects.filter(user=user, type=Type.TOTP).exists()


def codes_left(user: User) -> int:
    """Return how many recovery codes `user` has left."""
    codes = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return len(codes.wrap().get_unused_codes()) if codes else 0


def new_secret() -> str:
    """Return a fresh TOTP secret (base32 of 20 bytes)."""
    return str(generate_totp_secret())


def enrol_phone(*, user: User, secret: str, code: str) -> list[str]:
    """Make the phone that shows `code` for `secret` the factor of `user`; return fresh recovery codes.

    A phone enrolled before is replaced. Raises WrongCode.
    """
    counter = _counter_of(secret, code, after=0)
    if counter is None:
        raise WrongCode
    with transaction.atomic():
        locked = lock_account(user)
        Authenticator.objects.filter(user=locked, type=Type.TOTP).delete()
        data = {"secret": seal(secret), "last_counter": counter}
        Authenticator.objects.create(user=locked, type=Type.TOTP, data=data)
        codes = _fresh_codes(locked)
        _tell(locked, _("您的账号登记了一部手机，用它显示登录验证码"))
        append(_held(events.FACTOR_ADDED, locked, factor="totp"))
    return codes


def add_passkey(*, user: User, name: str, credential: dict[str, Any]) -> list[str]:
    """Add the passkey that the browser made; return recovery codes where there were none yet.

    Raises SignInError where the browser's answer does not fit the challenge of this session.
    """
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError) as error:
        raise SignInError(_("没有登记成：请在这一页重新点一次“添加通行密钥”")) from error
    with transaction.atomic():
        locked = lock_account(user)
        number = Authenticator.objects.filter(user=locked, type=Type.WEBAUTHN).count() + 1
        told = name.strip()[:40] or _("通行密钥 %(number)d") % {"number": number}
        webauthn.WebAuthn.add(locked, told, credential)
        first = not Authenticator.objects.filter(user=locked, type=Type.RECOVERY_CODES).exists()
        codes = _fresh_codes(locked) if first else []
        _tell(locked, _("您的账号添加了一个通行密钥"))
        append(_held(events.FACTOR_ADDED, locked, factor="passkey"))
    return codes


def remove(*, user: User, pk: int) -> None:
    """Take away one of one's own factors; SignInError for the last one, or one that is not there."""
    with transaction.atomic():
        locked = lock_account(user)
        held = held_by(locked)
        found = next((one for one in held if one.pk == pk), None)
        if found is None:
            raise SignInError(_("没有找到这一种验证，请刷新页面"))
        if len(held) == 1:
            raise SignInError(_("这是您唯一的验证方式，先添加另一种再去掉它"))
        kind = "totp" if found.type == Type.TOTP else "passkey"
        found.delete()
        _tell(locked, _("您的账号去掉了一种登录验证"))
        append(_held(events.FACTOR_REMOVED, locked, factor=kind))


def renew_codes(*, user: User) -> list[str]:
    """Replace the recovery codes of `user`; return the new ones, to be shown once."""
    with transaction.atomic():
        locked = lock_account(user)
        if not held_by(locked):
            raise SignInError(_("先登记手机或通行密钥，再领恢复码"))
        codes = _fresh_codes(locked)
        _tell(locked, _("您的账号换发了恢复码，原来的作废"))
        append(_held(events.CODES_RENEWED, locked))
    return codes


def prove(*, user: User, code: str, request: HttpRequest) -> str:
    """Check the code from a phone or a recovery code; return ``"totp"`` or ``"recovery_code"``.

    Raises LockedOut, and WrongCode, which counts as a failure of the account.
    """
    code = "".join(code.split())
    fits = code.isascii() and code.isdecimal() and len(code) <= app_settings.RECOVERY_CODE_DIGITS
    by = locks.checked(user, request, lambda: _spend(user, code) if fits else "")
    if not by:
        raise WrongCode
    return by


def check_password(*, user: User, password: str, request: HttpRequest) -> None:
    """Check the password of an account whose session is open. Raises SignInError and LockedOut."""
    if not locks.checked(user, request, lambda: "password" if user.check_password(password) else ""):
        raise SignInError(_("密码不对，请再填一次"))


def prove_by_passkey(*, user: User, credential: dict[str, Any], request: HttpRequest) -> str:
    """Check a passkey's answer to the challenge of this session; return ``"passkey"``. Raises as `prove`."""

    def answered() -> str:
        try:
            webauthn.parse_authentication_response(credential)
            webauthn.complete_authentication(user, credential).record_usage()
        except (ValidationError, ValueError, TypeError, KeyError):
            return ""
        return "passkey"

    by = locks.checked(user, request, answered)
    if not by:
        raise WrongCode
    return by


def challenge(user: User) -> dict[str, Any]:
    """Return what the browser needs to ask a passkey of `user`; empty where there is none."""
    if not Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).exists():
        return {}
    return dict(webauthn.begin_authentication(user))


def making(user: User) -> dict[str, Any]:
    """Return what the browser needs to make a passkey for `user`."""
    return dict(webauthn.begin_registration(user, False))


def _spend(user: User, code: str) -> str:
    with transaction.atomic():
        factors = Authenticator.objects.select_for_update().filter(user=user)
        found = {one.type: one for one in factors.exclude(type=Type.WEBAUTHN)}
        phone, codes = found.get(Type.TOTP), found.get(Type.RECOVERY_CODES)
        if phone is not None and len(code) == app_settings.TOTP_DIGITS:
            counter = _counter_of(
                unseal(phone.data["secret"]), code, after=int(phone.data.get("last_counter", 0))
            )
            if counter is None:
                return ""
            phone.data["last_counter"] = counter
            phone.save(update_fields=["data"])
            phone.record_usage()
            return "totp"
        if codes is not None and len(code) == app_settings.RECOVERY_CODE_DIGITS:
            if not RecoveryCodes(codes).validate_code(code):
                return ""
            _tell(user, _("有人用恢复码通过了您账号的登录验证"))
            append(_draft(events.CODE_USED, user))
            return "recovery_code"
    return ""


def _counter_of(secret: str, code: str, *, after: int) -> int | None:
    """Return the interval whose code for `secret` is `code`, later than `after`; None where it is none.

    One interval before and after count as well: phones and people are a little late.
    """
    now = int(clock.now().timestamp()) // app_settings.TOTP_PERIOD
    for counter in range(now - 1, now + 2):
        if counter > after and format_hotp_value(hotp_value(secret, counter)) == "".join(code.split()):
            return counter
    return None


def _tell(user: User, what: str) -> None:
    """Tell the person, inside the transaction, of what changed about their sign-in."""
    said = _("%(what)s；不是您办的，请马上告诉安全管理员") % {"what": what}
    send([user], said, reverse("signin:mine"), groups=False)


def _fresh_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(user).generate_codes())


def _held(kind: str, user: User, **body: str) -> Draft:
    """Return the event of a change of factors, which tells by digests what `user` holds after it."""
    return _draft(kind, user, **body, **{HELD: marks_of(user)})


def _draft(kind: str, user: User, **body: Any) -> Draft:
    told = {"username": user.username, **body}
    return Draft(kind=kind, object_type="account", object_id=str(user.pk), actor=user, body=told)
