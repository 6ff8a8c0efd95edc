"""An open session: it can always be ended, nobody outside ends it, and its forms keep their files."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from portal import clock
from portal.areas.models import Area
from portal.ledger.models import Event
from portal.people.models import Role, User
from portal.people.services import reset_account
from portal.signin import factors, held, locks, sessions
from portal.signin.models import EndedBy, HeldFile, LiveSession
from tests.portal.people.invented import COUNTY, officer, person

from .phone import PASSWORD, enrolled, enter, first_step, inside
from .test_step_up import grant, hidden

STALE = timedelta(minutes=31)
NEW = "other plain words 2026"
WHOLE = {"proof-password": PASSWORD}


def changed(client: Client) -> None:
    """Have the person who is signed in change the password."""
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post(reverse("account_change_password"), typed).status_code == 302


def test_a_session_whose_password_was_changed_can_still_be_ended(client: Client, clerk: User) -> None:
    phone, _codes = enrolled(clerk)
    other = Client()
    enter(other, clerk, phone)
    enter(client, clerk, phone)
    changed(client)
    assert inside(client) and not inside(other)
    # The other one ended with the old password; it is not shown as open.
    assert LiveSession.objects.get(ended_at=None).pk == LiveSession.objects.latest("pk").pk
    with transaction.atomic():
        Authenticator.objects.filter(user=clerk).delete()
        assert sessions.end_all(clerk, EndedBy.FACTORS_RESET) == 1
    # Nor does it enrol another phone in the name of the person whose factors were cleared.
    for page in ("/admin/", reverse("signin:enrol"), reverse("signin:mine"), "/files/1/"):
        assert client.get(page)["Location"].startswith(reverse("account_login")), page


def test_a_session_that_was_ended_is_over_whatever_key_its_browser_has(client: Client, clerk: User) -> None:
    phone, _codes = enrolled(clerk)
    for page in ("/admin/", reverse("signin:prove")):
        enter(client, clerk, phone)
        LiveSession.objects.filter(ended_at=None).update(ended_at=clock.now())
        assert client.get(page)["Location"].startswith(reverse("account_login")), page
        client = Client()


def test_guessing_at_the_sign_in_page_throws_nobody_out(client: Client, clerk: User, travel: Any) -> None:
    phone, _codes = enrolled(clerk)
    enter(client, clerk, phone)
    start, page = clock.now(), reverse("signin:prove")
    for _time in range(6):
        first_step(Client(), clerk, "wrong")
    assert clerk.username in locks.locked_names()
    with travel(start + STALE):
        assert client.post(page, {"proof-code": "000000"}).status_code == 200
        assert client.post(page, {"proof-code": phone.code()}).status_code == 302 and inside(client)
    with travel(start + timedelta(hours=11)):
        assert client.post(page, {"proof-code": phone.code(), "proof-password": "wrong"}).status_code == 200
        assert client.post(page, {"proof-code": phone.code(), **WHOLE}).status_code == 302
        assert inside(client)
    # The lock at the sign-in page stands, and what was typed inside did not prolong it.
    assert clerk.username in locks.locked_names() and first_step(Client(), clerk) == ""
    assert Event.objects.filter(kind="account.locked").count() == 1


def test_guessing_inside_shuts_the_session_and_the_sign_in_page(
    client: Client, clerk: User, security: User, travel: Any
) -> None:
    phone, _codes = enrolled(clerk)
    enter(client, clerk, phone)
    # Somebody outside has used up two of the tries at the sign-in page: none of those inside.
    for _time in range(2):
        first_step(Client(), clerk, "wrong")
    with travel(clock.now() + STALE):
        answers = [
            client.post(reverse("signin:prove"), {"proof-code": "000000"}).status_code for _n in range(5)
        ]
        assert answers == [200] * 4 + [429] and not inside(client)
        assert first_step(client, clerk) == ""
        locks.unlock(by=security, user=clerk)
        enter(client, clerk, phone)
        assert client.post(reverse("signin:prove"), {"proof-code": phone.code()}).status_code == 302
    assert Event.objects.filter(kind="account.locked").count() == 1 and not AccessAttempt.objects.exists()


def test_a_form_that_asked_keeps_its_files_though_another_window_proved(
    client: Client, security: User, head: User, travel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _codes = enrolled(security)
    enter(client, security, phone)
    page, seen = reverse("desk:account", args=[person().pk]), []
    view = resolve(page).func.view_class
    real = view.post

    def post(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        found = [one.read() for one in request.FILES.getlist("photo")]
        seen.append((found, [name for name in request.POST if name.startswith(held.PREFIX)]))
        return real(self, request, *args, **kwargs)

    monkeypatch.setattr(view, "post", post)
    with travel(clock.now() + STALE):
        sent = {**grant(), "photo": SimpleUploadedFile("a.txt", b"evidence", "text/plain")}
        asked = client.post(page, sent)
        assert asked.status_code == 403 and not seen
        kept = hidden(asked.content.decode())
        assert client.post(reverse("signin:prove"), {"proof-code": phone.code()}).status_code == 302
        # Twice: a double click is the same form both times.
        for _time in range(2):
            client.post(page, {**kept, "proof-code": "000000"})
        assert seen == [([b"evidence"], [])] * 2
        # Nothing is done without what came with the form.
        HeldFile.objects.update(held_at=clock.now() - timedelta(hours=2))
        gone = client.post(page, {**kept, "proof-code": phone.code()})
        assert gone.status_code == 410 and "重新附上" in gone.content.decode() and len(seen) == 2


def test_one_person_has_only_so_much_waiting(rf: Any, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def hold() -> list[str]:
        sent = rf.post("/", {"photo": SimpleUploadedFile("a.txt", b"x" * 100, "text/plain")})
        sent.user = clerk
        return held.files(sent)

    hold()
    monkeypatch.setattr(held, "MOST_BYTES", 2 * len(bytes(HeldFile.objects.get().sealed)) + 8)
    later = [*hold(), *hold()]
    assert list(HeldFile.objects.order_by("pk").values_list("token", flat=True)) == later


def test_the_key_that_opens_searches_is_written_into_no_page(
    client: Client, county: dict[str, Area], security: User, head: User, travel: Any
) -> None:
    chief = officer(security, Role.SUPERVISOR, county[COUNTY])
    phone, _codes = enrolled(chief)
    enter(client, chief, phone)
    page, start = reverse("desk:inquiries"), clock.now()
    with travel(start + timedelta(minutes=20)):
        assert client.get(page).status_code == 200
    with travel(start + STALE):
        asked = client.post(page, {"do": "open", "opening": "1", "key": "the-secret-half"})
        assert (
            asked["Location"].startswith(reverse("signin:prove")) and b"the-secret-half" not in asked.content
        )
        assert client.get(page)["Location"] == asked["Location"]


def test_a_screen_whose_page_asks_by_itself_is_idle(
    client: Client, county: dict[str, Area], security: User, head: User, travel: Any
) -> None:
    editor = officer(security, Role.EDITOR, county[COUNTY])
    phone, _codes = enrolled(editor)
    enter(client, editor, phone)
    start = clock.now()
    with travel(start + timedelta(minutes=20)):
        client.post(reverse("wagtailadmin_editing_sessions:ping", args=["pages", "none", "1", 1]))
        client.post(reverse("wagtailadmin_editing_sessions:release", args=[1]))
    with travel(start + STALE):
        assert client.get("/admin/")["Location"].startswith(reverse("signin:prove"))


def test_a_browser_that_was_closed_makes_room_before_the_phone_in_the_village(
    clerk: User, travel: Any
) -> None:
    phone, _codes = enrolled(clerk)
    village, closed, again = Client(REMOTE_ADDR="10.9.9.9"), Client(), Client()
    now = clock.now()
    for place, one in enumerate((village, closed, again)):
        with travel(now + place * timedelta(minutes=2)):
            enter(one, clerk, phone)
    with travel(now + timedelta(minutes=5)):
        assert inside(village) and inside(again) and not inside(closed)


def test_pages_ask_for_what_the_person_has(
    client: Client, clerk: User, travel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _codes = enrolled(clerk)
    enter(client, clerk, phone)
    renewed = client.post(
        reverse("signin:mine"), {"do": "codes", "proof-code": phone.code()}
    ).content.decode()
    assert "换发好了" in renewed and "登记好了" not in renewed
    with travel(clock.now() + STALE):
        assert "手机上的 6 位验证码" in client.get(reverse("signin:prove")).content.decode()
        Authenticator.objects.filter(type=factors.Type.TOTP).update(type=factors.Type.WEBAUTHN)
        monkeypatch.setattr(factors, "challenge", lambda user: {})
        asked = client.get(reverse("signin:prove")).content.decode()
        assert "手机上的 6 位验证码" not in asked and "恢复码（8 位数字）" in asked


def test_a_reset_and_a_new_password_end_every_session_but_the_one_in_which_it_was_chosen(
    clerk: User, security: User
) -> None:
    phone, _codes = enrolled(clerk)
    here, there = Client(), Client()
    for client in (there, here):
        enter(client, clerk, phone)
    changed(here)
    assert inside(here) and not inside(there)
    assert list(sessions.live(clerk).values_list("pk", flat=True)) == [here.session["signin"]["live"]]
    invitation = reset_account(by=security, user=clerk)
    assert not inside(here) and not sessions.live(clerk).exists()
    # Chosen by invitation, from nowhere: what may have been opened since is over as well.
    LiveSession.objects.filter(user=clerk).update(ended_at=None)
    form = here.get(invitation.path, follow=True).redirect_chain[-1][0]
    typed = {"code": invitation.code, "password1": PASSWORD, "password2": PASSWORD}
    assert here.post(form, typed).status_code == 302
    assert not sessions.live(clerk).exists()
