"""A phone that shows codes: what an authenticator app does, at the portal's time."""

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.people.models import User
from portal.signin.factors import enrol_phone, new_secret

PASSWORD = "plain words 2026"


class Phone:
    """Holds one secret; every code is of a later interval than the one before."""

    def __init__(self, secret: str) -> None:
        self.secret, self.last = secret, 0

    def code(self) -> str:
        """Return the next code that the portal would take; travel on where it took three in half a minute."""
        now = int(clock.now().timestamp()) // 30
        self.last = max(self.last + 1, now - 1)
        return format_hotp_value(hotp_value(self.secret, self.last))


def enrolled(user: User) -> tuple[Phone, list[str]]:
    """Give `user` a password and a phone; return the phone and the recovery codes."""
    user.set_password(PASSWORD)
    user.save()
    phone = Phone(new_secret())
    return phone, enrol_phone(user=user, secret=phone.secret, code=phone.code())


def first_step(client: Client, user: User, password: str = PASSWORD) -> str:
    """Send name and password; return where it leads."""
    answer = client.post(reverse("account_login"), {"login": user.username, "password": password})
    return answer.get("Location", "")


def enter(client: Client, user: User, phone: Phone) -> None:
    """Sign in with both."""
    assert first_step(client, user) == reverse("mfa_authenticate")
    assert client.post(reverse("mfa_authenticate"), {"code": phone.code()})["Location"] == "/admin/"


def inside(client: Client) -> bool:
    """Return whether the desk's home opens."""
    return client.get("/admin/").status_code == 200
