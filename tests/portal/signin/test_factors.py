"""The second factor: nobody opens the desk without it, a code counts once, and slips shut the account."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, RequestFactory
from django.urls import reverse

from portal import clock
from portal.ledger.models import Event
from portal.outbox.models import Message
from portal.people.models import Role, User
from portal.signin import factors
from portal.signin.errors import WrongCode

from .phone import PASSWORD, Phone, enrolled, enter, first_step, inside


def test_the_first_sign_in_leads_to_enrolment_before_any_page_of_the_desk(
    client: Client, clerk: User
) -> None:
    clerk.set_password(PASSWORD)
    clerk.save()
    assert first_step(client, clerk) == "/admin/"
    for page in ("/admin/", reverse("desk:todo"), reverse("account_change_password"), "/files/1/"):
        assert client.get(page)["Location"].startswith(reverse("signin:enrol"))
    assert client.post(reverse("desk:messages"))["Location"].startswith(reverse("signin:enrol"))
    page = client.get(reverse("signin:enrol")).content.decode()
    secret = page.split('<code class="secret">')[1].split("<")[0].replace(" ", "")
    # The picture stands in the page, drawn here: nothing is asked of another machine.
    assert 'src="data:image/svg+xml' in page and "http://" not in page.replace("http://www.w3.org", "")
    assert client.post(reverse("signin:enrol"), {"code": "000000"}).status_code == 422
    done = client.post(reverse("signin:enrol"), {"code": Phone(secret).code()})
    assert done.content.decode().count("<li><code>") == 10 and "no-store" in done["Cache-Control"]
    assert inside(client)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored and Event.objects.get(kind="factor.added").actor == clerk


def test_the_password_alone_opens_nothing(client: Client, clerk: User) -> None:
    phone, _codes = enrolled(clerk)
    assert first_step(client, clerk) == reverse("mfa_authenticate")
    assert not inside(client)
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert not inside(client)
    client.post(reverse("mfa_authenticate"), {"code": phone.code()})
    assert inside(client)
    assert "password+totp" in Event.objects.get(kind="session.opened").record


def test_a_code_counts_once_and_a_recovery_code_too(rf: Any, clerk: User) -> None:
    phone, codes = enrolled(clerk)
    request, code = rf.get("/"), phone.code()
    assert factors.prove(user=clerk, code=code, request=request) == "totp"
    assert factors.prove(user=clerk, code=codes[0], request=request) == "recovery_code"
    for used in (code, codes[0]):
        with pytest.raises(WrongCode):
            factors.prove(user=clerk, code=used, request=request)
    assert factors.codes_left(clerk) == 9
    event = Event.objects.get(kind="factor.recovery_code_used")
    assert codes[0] not in event.record


def test_wrong_codes_and_wrong_passwords_shut_the_account_together(client: Client, clerk: User) -> None:
    phone, codes = enrolled(clerk)
    for _time in range(2):
        first_step(client, clerk, "wrong")
    first_step(client, clerk)
    where = reverse("mfa_authenticate")
    assert [client.post(where, {"code": "000000"}).status_code for _time in range(3)] == [200, 200, 429]
    for right in (phone.code(), codes[0]):
        assert client.post(where, {"code": right}).status_code == 429
    assert not inside(client)
    assert (
        Client().post(reverse("account_login"), {"login": clerk.username, "password": PASSWORD}).status_code
        == 429
    )
    (event,) = Event.objects.filter(kind="account.locked")
    assert event.object_id == str(clerk.pk)


def test_the_old_doors_stay_shut_with_the_factor_on(client: Client, clerk: User) -> None:
    enrolled(clerk)
    names = {"login": clerk.username, "username": clerk.username, "password": PASSWORD}
    for old in ("wagtailadmin_login", "wagtailadmin_password_reset", "wagtailcore_login"):
        assert client.post(reverse(old), names)["Location"] == reverse("account_login"), old
    for page in ("/django-admin/", "/django-admin/login/", "/admin/login/?next=/admin/"):
        assert client.post(page, names).status_code in (302, 404)
    assert not inside(client)
    shut = ["mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes"]
    shut += ["mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_reauthenticate"]
    shut += ["mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn"]
    shut += ["account_signup", "account_email", "account_set_password", "account_reauthenticate"]
    for name in shut:
        assert client.get(reverse(name)).status_code == 404, name
        assert client.post(reverse(name), names).status_code == 404, name
    # An invitation sets a password and opens no session.
    assert client.post(reverse("account_reset_password"), {"email": "x@example.invalid"}).status_code == 404


def test_a_new_password_by_invitation_still_asks_for_the_phone(
    client: Client, clerk: User, security: User
) -> None:
    from portal.people.services import reset_account

    phone, _codes = enrolled(clerk)
    invitation, words = reset_account(by=security, user=clerk), "other plain words 2026"
    form = client.get(invitation.path, follow=True).redirect_chain[-1][0]
    client.post(form, {"code": invitation.code, "password1": words, "password2": words})
    assert not inside(client)
    assert first_step(client, clerk, "other plain words 2026") == reverse("mfa_authenticate")
    client.post(reverse("mfa_authenticate"), {"code": phone.code()})
    assert inside(client)


def test_a_screen_found_open_changes_nothing_about_its_sign_in(
    client: Client, clerk: User, travel: Any
) -> None:
    phone, _codes = enrolled(clerk)
    enter(client, clerk, phone)
    own, mine = factors.held_by(clerk)[0], reverse("signin:mine")
    Message.objects.all().delete()
    before = Event.objects.count()
    assert "手机验证码" in client.get(mine).content.decode()
    # The proof of a moment ago, at the sign-in, serves for none of these.
    for form in ({"do": "codes"}, {"do": "remove", "which": own.pk}, {"do": "codes", "proof-code": "1"}):
        asked = client.post(mine, form)
        assert asked.status_code == 403 and "proof-code" in asked.content.decode()
        assert "恢复码</h1>" not in asked.content.decode()
    for name in ("signin:enrol", "signin:passkey"):
        page = client.get(reverse(name)).content.decode()
        assert "proof-code" in page and 'class="qr"' not in page and "data-passkey-make" not in page
        asked = client.post(reverse(name), {"code": "123456", "credential": "{}"})
        assert "proof-code" in asked.content.decode()
    assert Event.objects.count() == before and not Message.objects.filter(recipient=clerk).exists()
    refused = client.post(mine, {"do": "remove", "which": own.pk, "proof-code": phone.code()})
    assert refused.status_code == 422 and "唯一的验证方式" in refused.content.decode()
    with travel(clock.now() + timedelta(minutes=2)):
        renewed = client.post(mine, {"do": "codes", "proof-code": phone.code()})
        assert renewed.status_code == 200 and "换发好了" in renewed.content.decode()
    told = Message.objects.get(recipient=clerk)
    assert "换发了恢复码" in told.title and "不是您办的" in told.title


def test_a_phone_is_replaced_with_a_proof_given_for_that_alone_within_minutes(
    client: Client, clerk: User, travel: Any
) -> None:
    phone, codes = enrolled(clerk)
    enter(client, clerk, phone)
    page, now = reverse("signin:enrol"), clock.now()
    Message.objects.all().delete()
    drawn = client.post(page, {"proof-code": codes[0]}).content.decode()
    assert "换一部手机" in drawn and 'class="qr"' in drawn
    secret = "".join(drawn.split('<code class="secret">')[1].split("</code>")[0].split())
    # Begun for this page, not for another; and not for the afternoon.
    assert "proof-code" in client.post(reverse("signin:passkey"), {"credential": "{}"}).content.decode()
    with travel(now + timedelta(minutes=6)):
        assert "proof-code" in client.post(page, {"code": Phone(secret).code()}).content.decode()
    new = Phone(secret)
    assert "记下恢复码" in client.post(page, {"code": new.code()}).content.decode()
    with travel(now + timedelta(minutes=2)):
        assert factors.prove(user=clerk, code=new.code(), request=RequestFactory().get("/")) == "totp"
        assert "proof-code" in client.post(page, {"code": new.code()}).content.decode(), "asked anew"
    told = [one.title for one in Message.objects.filter(recipient=clerk).order_by("pk")]
    assert len(told) == 2 and "恢复码通过" in told[0] and "登记了一部手机" in told[1]


def test_with_the_factor_off_its_pages_are_not_there(client: Client, clerk: User, settings: Any) -> None:
    settings.SIGN_IN_SECOND_FACTOR = settings.SIGN_IN_WATCHED = False
    clerk.set_password(PASSWORD)
    clerk.save()
    first_step(client, clerk)
    assert inside(client)
    for name in ("enrol", "passkey", "prove", "mine"):
        assert client.get(reverse(f"signin:{name}")).status_code == 404
    assert client.get(reverse("mfa_authenticate")).status_code == 404
    assert not Event.objects.filter(kind="session.opened").exists()


def test_an_account_without_the_setting_off_keeps_its_factor_for_the_day_it_is_on(
    client: Client, clerk: User, settings: Any
) -> None:
    phone, _codes = enrolled(clerk)
    settings.SIGN_IN_SECOND_FACTOR = False
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert first_step(elsewhere, clerk) == first_step(client, clerk) == "/admin/"
    assert inside(client) and Event.objects.filter(kind="session.beside").count() == 1
    settings.SIGN_IN_SECOND_FACTOR = True
    assert client.get("/admin/")["Location"].startswith(reverse("signin:prove"))
    proved = client.post(reverse("signin:prove") + "?next=/admin/", {"proof-code": phone.code()})
    assert proved["Location"] == "/admin/" and inside(client)


def test_every_administrator_needs_the_factor_too(client: Client, admins: dict[Role, User]) -> None:
    for user in admins.values():
        phone, _codes = enrolled(user)
        other = Client()
        assert first_step(other, user) == reverse("mfa_authenticate") and not inside(other)
        enter(other, user, phone)
        assert inside(other)


def test_the_old_password_counts_with_every_other_proof(client: Client, clerk: User) -> None:
    phone, _codes = enrolled(clerk)
    enter(client, clerk, phone)
    page = reverse("account_change_password")
    typed = {"oldpassword": "guess", "password1": "other plain words", "password2": "other plain words"}
    for _try in range(4):
        answer = client.post(page, typed)
        assert answer.status_code == 200 and "密码不对" in answer.content.decode()
    assert client.post(page, typed).status_code == 429
    assert not inside(client)
    assert Event.objects.get(kind="account.locked").object_id == str(clerk.pk)
    assert first_step(client, clerk) == "", "shut at the sign-in page too"
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)


def test_a_recovery_code_opens_a_locked_screen_and_one_of_two_factors_is_taken_away(
    client: Client, clerk: User, travel: Any
) -> None:
    phone, codes = enrolled(clerk)
    enter(client, clerk, phone)
    with travel(clock.now() + timedelta(minutes=31)):
        assert client.post(reverse("signin:prove"), {"proof-code": codes[0]}).status_code == 302
        assert inside(client)
        key = Authenticator.objects.create(user=clerk, type="webauthn", data={"name": "钥匙扣"})
        sent = {"do": "remove", "which": key.pk, "proof-code": codes[1]}
        assert client.post(reverse("signin:mine"), sent).status_code == 302
        assert client.post(reverse("wagtailadmin_logout")).status_code == 302 and not inside(client)
    kinds = list(Event.objects.order_by("sequence").values_list("kind", flat=True))[-4:]
    used = "factor.recovery_code_used"
    assert kinds == [used, used, "factor.removed", "session.ended"]
    assert Event.objects.get(kind="factor.removed").actor == clerk
    assert [one.type for one in factors.held_by(clerk)] == ["totp"]


def test_a_weak_hash_is_renewed_with_an_event_wherever_the_password_is_typed(
    client: Client, clerk: User, settings: Any, travel: Any
) -> None:
    phone, _codes = enrolled(clerk)
    enter(client, clerk, phone)
    weak = settings.PASSWORD_HASHERS
    strong = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *weak]
    settings.PASSWORD_HASHERS = strong
    rehashed = Event.objects.filter(kind="account.password_rehashed")
    with travel(clock.now() + timedelta(hours=11)):
        both = {"proof-code": phone.code(), "proof-password": PASSWORD}
        assert client.post(reverse("signin:prove"), both).status_code == 302
    assert rehashed.get().actor == clerk
    clerk.refresh_from_db()
    assert clerk.password.startswith("pbkdf2_sha256$") and clerk.check_password(PASSWORD)
    assert rehashed.count() == 1
