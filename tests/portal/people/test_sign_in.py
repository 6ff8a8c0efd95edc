"""Signing in: by allauth alone, shut after wrong passwords, and never by Wagtail's old forms."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import clock
from portal.areas.models import Area
from portal.clock.jobs import run_due
from portal.configuration.services import confirm, propose
from portal.ledger.models import Event
from portal.people.lockout import FAILURES, cool_off
from portal.people.models import Role, User
from portal.people.services import invite_account, reset_account

from ..signin.phone import enrolled
from .invented import ONE, officer

PASSWORD = "plain words 2026"
OTHER = "other plain words 2026"


@pytest.fixture
def clerk(county: dict[str, Area], security: User) -> User:
    """Return a village clerk with a password."""
    user = officer(security, Role.VILLAGE_CLERK, county[ONE])
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, user: User, password: str, where: str = "account_login") -> int:
    """Post name and password, under the names of both kinds of form; return the status."""
    names = {"login": user.username, "username": user.username, "password": password}
    return client.post(reverse(where), names).status_code


def signed_in(client: Client) -> bool:
    return client.get(reverse("wagtailadmin_home")).status_code == 200


def test_the_right_password_opens_the_desk(client: Client, clerk: User) -> None:
    response = client.get(reverse("account_login"))
    assert "登录工作台" in response.content.decode() and "<script" not in response.content.decode()
    assert sign_in(client, clerk, PASSWORD) == 302
    assert signed_in(client)
    assert client.session.get_expire_at_browser_close()


@pytest.mark.parametrize("where", ["wagtailadmin_login", "wagtailadmin_password_reset", "wagtailcore_login"])
def test_the_old_forms_lead_to_the_new_page_and_sign_nobody_in(
    client: Client, clerk: User, where: str
) -> None:
    assert client.get(reverse(where))["Location"] == reverse("account_login")
    assert sign_in(client, clerk, PASSWORD, where) == 302
    assert not signed_in(client)


def test_the_old_reset_link_sets_no_password(client: Client, clerk: User) -> None:
    where = reverse("wagtailadmin_password_reset_confirm", args=["MQ", "abc-def"])
    answer = client.post(where, {"new_password1": OTHER, "new_password2": OTHER})
    assert answer["Location"] == reverse("account_login")


def test_no_page_or_file_stands_behind_a_password_that_many_share(client: Client, clerk: User) -> None:
    for name, args in (
        ("wagtailcore_authenticate_with_password", [1, 1]),
        ("wagtaildocs_authenticate_with_password", [1]),
    ):
        assert client.post(reverse(name, args=args), {"password": PASSWORD}).status_code == 404


def test_five_wrong_passwords_shut_the_account_even_to_the_right_one(client: Client, clerk: User) -> None:
    for _time in range(4):
        assert sign_in(client, clerk, "wrong") == 200
    assert sign_in(client, clerk, "wrong") == 429
    response = client.post(reverse("account_login"), {"login": clerk.username, "password": PASSWORD})
    assert response.status_code == 429
    assert "锁定 30 分钟" in response.content.decode() and clerk.username not in response.content.decode()
    assert not signed_in(client)


def test_a_shut_account_shuts_out_nobody_else_at_the_same_address(
    client: Client, clerk: User, county: dict[str, Area], security: User
) -> None:
    for _time in range(6):
        sign_in(client, clerk, "wrong")
    other = officer(security, Role.GRID_WORKER, county[ONE])
    other.set_password(PASSWORD)
    other.save()
    assert sign_in(client, other, PASSWORD) == 302 and signed_in(client)


def test_an_account_that_does_not_exist_is_shut_all_the_same(client: Client, db: None) -> None:
    answers = [sign_in(client, User(username="nobody"), "wrong") for _time in range(6)]
    assert answers == [200] * 4 + [429] * 2


def test_the_right_password_takes_back_earlier_slips(client: Client, clerk: User) -> None:
    for _time in range(4):
        sign_in(client, clerk, "wrong")
    sign_in(client, clerk, PASSWORD)
    assert not AccessAttempt.objects.filter(username=clerk.username).exists()


def test_nobody_signs_themselves_up_and_other_pages_of_the_package_are_shut(
    client: Client, clerk: User
) -> None:
    shut = ["account_signup", "account_email", "account_set_password", "mfa_index", "mfa_activate_totp"]
    for name in shut:
        assert client.get(reverse(name)).status_code == 404, name
    client.force_login(clerk)
    for name in shut:
        assert client.get(reverse(name)).status_code == 404, name
    assert not User.objects.filter(username="new").exists()


def test_whoever_forgot_the_password_is_told_whom_to_ask(client: Client, db: None) -> None:
    where = reverse("account_reset_password")
    assert "安全管理员" in client.get(where).content.decode()
    assert client.post(where, {"email": "x@example.invalid"}).status_code == 404


def test_an_invitation_sets_the_first_password_once(client: Client, security: User) -> None:
    invitation = invite_account(by=security, username="new", display_name="赵某")
    assert not invitation.user.has_usable_password()
    page = client.get(invitation.path, follow=True)
    form = page.redirect_chain[-1][0]
    assert "设定密码" in page.content.decode() and invitation.path not in page.content.decode()
    done = client.post(form, {"code": invitation.code, "password1": PASSWORD, "password2": PASSWORD})
    assert done["Location"] == reverse("account_reset_password_from_key_done")
    invitation.user.refresh_from_db()
    assert invitation.user.check_password(PASSWORD)
    event = Event.objects.get(kind="account.password_set")
    assert event.actor == invitation.user and PASSWORD not in event.record
    assert "这个网址不能用了" in Client().get(invitation.path).content.decode()


def test_a_weak_password_is_refused_in_chinese(client: Client, security: User) -> None:
    invitation = invite_account(by=security, username="new", display_name="赵某")
    form = client.get(invitation.path, follow=True).redirect_chain[-1][0]
    said = client.post(
        form, {"code": invitation.code, "password1": "short", "password2": "short"}
    ).content.decode()
    assert 'class="wrong"' in said and "密码" in said
    assert not Event.objects.filter(kind="account.password_set").exists()


def test_a_reset_ends_the_sessions_and_the_old_password(client: Client, clerk: User, security: User) -> None:
    enrolled(clerk)
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    invitation = reset_account(by=security, user=clerk)
    assert not signed_in(client)
    assert sign_in(client, clerk, PASSWORD) == 200
    assert "设定密码" in client.get(invitation.path, follow=True).content.decode()


def test_changing_the_password_is_recorded_and_ends_the_other_sessions(clerk: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, clerk, PASSWORD)
    form = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    assert here.post(reverse("account_change_password"), form).status_code == 302
    assert signed_in(here) and not signed_in(there)
    assert Event.objects.get(kind="account.password_set").actor == clerk


def test_signing_out_takes_a_post(client: Client, clerk: User) -> None:
    sign_in(client, clerk, PASSWORD)
    assert client.get(reverse("account_logout")).status_code == 200 and signed_in(client)
    assert client.post(reverse("account_logout"))["Location"] == reverse("account_login")
    assert not signed_in(client)


def test_no_address_is_kept_in_clear_for_longer_than_it_counts(client: Client, clerk: User) -> None:
    sign_in(client, clerk, "wrong")
    run_due()
    assert AccessAttempt.objects.count() == 1
    sign_in(client, clerk, PASSWORD)
    client.post(reverse("account_logout"))
    assert not AccessLog.objects.exists() and not AccessAttempt.objects.exists()
    sign_in(client, clerk, "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - cool_off() - timedelta(seconds=1))
    run_due()
    assert not AccessAttempt.objects.exists()


def test_how_many_slips_are_forgiven_is_a_setting_of_two_administrators(
    client: Client, clerk: User, admins: dict[Role, User]
) -> None:
    setting = propose(
        by=admins[Role.SYSTEM_ADMIN],
        key=FAILURES,
        area=None,
        value=2,
        valid_from=clock.today(),
        source="等级保护测评意见",
    )
    confirm(by=admins[Role.SECURITY_ADMIN], setting=setting)
    assert [sign_in(client, clerk, "wrong") for _time in range(2)] == [200, 429]
