"""Who signs in as another by changing the database is found out: passwords and factors are held by events."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.test import Client

from portal.ledger.models import Event
from portal.ledger.verifier import verify
from portal.people.models import Role, User
from portal.sealing.fields import seal
from portal.signin import factors

from .phone import PASSWORD, enrolled, enter, first_step


def fault() -> str:
    return str(verify().fault)


def test_a_phone_put_in_for_another_an_extra_one_and_one_taken_away_are_found(
    client: Client, clerk: User, admins: dict[Role, User]
) -> None:
    phone, _codes = enrolled(clerk)
    enrolled(admins[Role.AUDIT_ADMIN])
    enter(client, clerk, phone)
    assert verify().fault is None, "using a factor changes nothing that counts"
    totp = Authenticator.objects.get(user=clerk, type=factors.Type.TOTP)
    with transaction.atomic():
        totp.data["secret"] = seal(factors.new_secret())
        totp.save()
        assert "登录验证被换过" in fault()
        transaction.set_rollback(True)
    with transaction.atomic():
        security = admins[Role.SECURITY_ADMIN]
        Authenticator.objects.create(user=security, type=factors.Type.TOTP, data={"secret": seal("A" * 32)})
        assert "登录验证不是从门户登记的" in fault()
        transaction.set_rollback(True)
    with transaction.atomic():
        Authenticator.objects.filter(user=clerk).delete()
        assert "登录验证被换过" in fault()
        transaction.set_rollback(True)
    assert verify().fault is None


def test_new_codes_and_a_spent_code_are_no_fault_and_other_peoples_codes_are(clerk: User) -> None:
    enrolled(clerk)
    codes = factors.renew_codes(user=clerk)
    stored = Authenticator.objects.get(user=clerk, type=factors.Type.RECOVERY_CODES)
    assert stored.wrap().validate_code(codes[0])
    assert verify().fault is None
    stored.refresh_from_db()
    models.QuerySet(Authenticator).filter(pk=stored.pk).update(data={**stored.data, "seed": seal("abc")})
    assert "登录验证被换过" in fault()


def test_a_password_changed_past_the_portal_is_found(clerk: User) -> None:
    assert verify().fault is None
    models.QuerySet(User).filter(pk=clerk.pk).update(password=make_password("他人的密码"))
    assert "账号的第" in fault() and "被改过" in fault()


def test_a_hash_that_became_too_weak_is_renewed_with_an_event(
    client: Client, clerk: User, settings: Any
) -> None:
    enrolled(clerk)
    Event.objects.get(kind="factor.added")
    weak = clerk.password
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    first_step(client, clerk)
    clerk.refresh_from_db()
    assert clerk.password != weak and clerk.check_password(PASSWORD)
    assert Event.objects.get(kind="account.password_rehashed").actor == clerk
    assert verify().fault is None
