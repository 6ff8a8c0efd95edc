"""A proof before a decision: asked once, with the form kept; locked screens; sessions that end."""

import re
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.areas.models import Area
from portal.clock.jobs import run_due
from portal.ledger.models import Event
from portal.people.models import JointAct, JointKind, Role, User
from portal.signin import asking, held
from portal.signin.models import HeldFile, LiveSession
from tests.portal.people.invented import ONE, officer, person

from .phone import PASSWORD, Phone, enrolled, enter, first_step, inside

HOUR = timedelta(hours=1)


def grant(area: str = ONE) -> dict[str, str]:
    """Return the form that asks for an office."""
    typed = {"role": "grid_worker", "area": area, "line": "all", "starts_on": clock.today().isoformat()}
    return {"do": "grant", **{f"grant-{name}": value for name, value in typed.items()}, "key": "k-17"}


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the page that asks for a proof."""
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    del found["csrfmiddlewaretoken"]
    return found


def test_an_act_with_an_old_proof_asks_once_and_goes_on_with_the_form_as_it_was(
    client: Client, security: User, head: User, travel: Any
) -> None:
    phone, _codes = enrolled(security)
    enter(client, security, phone)
    page, now = reverse("desk:account", args=[person().pk]), clock.now()
    assert client.post(page, grant()).status_code == 302
    with travel(now + timedelta(minutes=25)):
        assert inside(client)
    with travel(now + timedelta(minutes=31)):
        asked = client.post(page, grant("990001101202"))
        shown = asked.content.decode()
        assert asked.status_code == 403 and "您填的都还在" in shown and "no-store" in asked["Cache-Control"]
        kept = hidden(shown)
        assert kept.items() >= grant("990001101202").items()
        assert JointAct.objects.count() == 1
        again = client.post(page, {**kept, "proof-code": "000000"})
        assert again.status_code == 403 and "验证码不对" in again.content.decode()
        assert hidden(again.content.decode()) == kept
        # What is wrong is counted without the form: it may be a household's.
        assert "990001101202" not in str(AccessAttempt.objects.values())
        done = client.post(page, {**kept, "proof-code": phone.code()})
        assert done.status_code == 302 and JointAct.objects.count() == 2
        assert client.post(page, grant("990001102201")).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_a_file_waits_sealed_with_its_form_and_only_its_person_gets_it_back(
    rf: Any, clerk: User, security: User, travel: Any
) -> None:
    sent = rf.post("/", {"do": "x", "photo": SimpleUploadedFile("a.txt", b"in confidence", "text/plain")})
    sent.user = clerk
    (token,) = held.files(sent)
    assert b"in confidence" not in bytes(HeldFile.objects.get().sealed)
    for who, found in ((security, []), (clerk, [b"in confidence"])):
        back = rf.post("/", {"do": "x", "proof-file": token, "proof-code": "1"})
        back.user = who
        held.restore(back)
        assert dict(back.POST.items()) == {"do": "x"}
        assert [one.read() for one in back.FILES.getlist("photo")] == found
    with travel(clock.now() + 2 * HOUR):
        run_due()
    assert not HeldFile.objects.exists()


def test_an_idle_screen_is_locked_and_one_proof_opens_it_where_it_was(
    client: Client, clerk: User, travel: Any
) -> None:
    phone, _codes = enrolled(clerk)
    enter(client, clerk, phone)
    with travel(clock.now() + timedelta(minutes=31)):
        locked = client.get(reverse("desk:todo") + "?q=1")
        assert locked["Location"] == reverse("signin:prove") + "?next=%2Fadmin%2Fdesk%2Ftodo%2F%3Fq%3D1"
        asked = client.get(locked["Location"]).content.decode()
        assert "屏幕锁上了" in asked and "proof-password" not in asked
        # Even what asks for no fresh proof waits behind a locked screen.
        assert client.post(reverse("desk:find"), {"words": "x"}).status_code == 403
        assert client.get("/files/1/")["Location"].startswith(reverse("signin:prove"))
        opened = client.post(locked["Location"], {"proof-code": phone.code()})
        assert opened["Location"] == reverse("desk:todo") + "?q=1" and inside(client)
        off_site = client.post(
            reverse("signin:prove") + "?next=https://x.example/", {"proof-code": phone.code()}
        )
        assert off_site["Location"] == "/admin/"


def test_a_session_that_is_too_old_takes_password_and_factor(
    client: Client, clerk: User, travel: Any
) -> None:
    phone, _codes = enrolled(clerk)
    enter(client, clerk, phone)
    start = clock.now()
    for minutes in range(20, 600, 20):
        with travel(start + timedelta(minutes=minutes)):
            assert inside(client)
    with travel(start + 10 * HOUR):
        page = reverse("signin:prove") + "?next=/admin/"
        assert client.get("/admin/")["Location"].startswith(reverse("signin:prove"))
        assert client.post(page, {"proof-code": phone.code()}).status_code == 200
        assert client.post(page, {"proof-code": phone.code(), "proof-password": "wrong"}).status_code == 200
        assert client.post(page, {"proof-code": phone.code(), "proof-password": PASSWORD}).status_code == 302
        assert inside(client)


def test_wrong_proofs_in_an_open_session_shut_the_account_and_end_the_session(
    client: Client, clerk: User, travel: Any
) -> None:
    phone, _codes = enrolled(clerk)
    enter(client, clerk, phone)
    with travel(clock.now() + timedelta(minutes=31)):
        page = reverse("signin:prove")
        answers = [client.post(page, {"proof-code": "000000"}).status_code for _time in range(5)]
        assert answers == [200] * 4 + [429]
        assert client.get("/admin/")["Location"].startswith(reverse("account_login"))
        assert first_step(client, clerk) == ""


def test_two_sessions_live_at_once_and_a_third_ends_the_oldest(clerk: User, travel: Any) -> None:
    phone, _codes = enrolled(clerk)
    here, village, third = Client(), Client(REMOTE_ADDR="10.9.9.9"), Client()
    now = clock.now()
    for place, one in enumerate((here, village, third)):
        with travel(now + place * timedelta(minutes=2)):
            enter(one, clerk, phone)
    with travel(now + timedelta(minutes=5)):
        assert not inside(here) and inside(village) and inside(third)
        mine = third.get(reverse("signin:mine")).content.decode()
        assert mine.count("不是我，结束它") == 1 and "10.9.9.9" in mine
        other = LiveSession.objects.get(address_mark=LiveSession.objects.order_by("pk")[1].address_mark)
        assert third.post(reverse("signin:mine"), {"do": "end", "which": other.pk}).status_code == 302
        assert not inside(village)
    kinds = list(Event.objects.filter(kind__startswith="session.").values_list("kind", flat=True))
    assert kinds.count("session.opened") == 3 and "session.beside" in kinds
    assert kinds.count("session.ended") == 2
    assert not Event.objects.filter(record__contains="10.9.9.9").exists()
    with travel(now + timedelta(days=184)):
        run_due()
    assert not LiveSession.objects.exists()


def test_the_security_administrator_ends_a_session_and_lifts_a_lock(
    client: Client, clerk: User, security: User, county: dict[str, Area]
) -> None:
    phone, _codes = enrolled(clerk)
    key, _more = enrolled(security)
    enter(client, clerk, phone)
    keeper = Client()
    enter(keeper, security, key)
    page = reverse("desk:account", args=[clerk.pk])
    session = LiveSession.objects.get(user=clerk)
    assert keeper.post(page, {"do": "end_session", "session": session.pk}).status_code == 302
    assert not inside(client)
    for _time in range(5):
        first_step(client, clerk, "wrong")
    assert "锁定着" in keeper.get(page).content.decode()
    assert clerk.display_name in keeper.get(reverse("desk:safety")).content.decode()
    assert keeper.post(page, {"do": "unlock"}).status_code == 302
    enter(client, clerk, phone)
    assert Event.objects.filter(kind="account.unlocked", actor=security).exists()


def test_a_lost_phone_takes_the_security_administrator_and_the_head(
    client: Client, clerk: User, security: User, head: User
) -> None:
    phone, _codes = enrolled(clerk)
    enter(client, clerk, phone)
    keys = {user: enrolled(user)[0] for user in (security, head)}
    keeper, second = Client(), Client()
    enter(keeper, security, keys[security])
    enter(second, head, keys[head])
    page, joint = reverse("desk:account", args=[clerk.pk]), reverse("desk:joint")
    assert keeper.post(page, {"do": "factors", "factors-reason": "手机掉进河里"}).status_code == 302
    act = JointAct.objects.get()
    assert inside(client)
    assert keeper.post(joint, {"do": "agree", "act": act.pk}).status_code == 422
    assert second.post(joint, {"do": "agree", "act": act.pk}).status_code == 302
    assert not inside(client)
    assert first_step(client, clerk) == "/admin/"
    assert client.get("/admin/")["Location"].startswith(reverse("signin:enrol"))
    assert Event.objects.get(kind="joint.asked").actor == security
    assert Event.objects.get(kind="factor.reset").actor == head


def test_an_account_nobody_uses_is_suspended_and_comes_back_by_two(
    client: Client, clerk: User, security: User, head: User, county: dict[str, Area], travel: Any
) -> None:
    from portal.people import joint

    enrolled(clerk)
    for user in (security, head):
        User.objects.filter(pk=user.pk).update(last_login=clock.now() + timedelta(days=80))
    with travel(clock.now() + timedelta(days=91)):
        run_due()
        clerk.refresh_from_db()
        suspended = Event.objects.filter(kind="account.suspended").values_list("object_id", flat=True)
        assert not clerk.is_active and str(clerk.pk) in suspended
        assert first_step(client, clerk) == "" and not inside(client)
        act = joint.ask_for_account(by=security, user=clerk, kind=JointKind.REACTIVATE, reason="产假回来")
        joint.agree(by=head, act=act)
        run_due()
        clerk.refresh_from_db()
        assert clerk.is_active
    # Nobody could bring anybody back without a security administrator, nor without anybody who agrees.
    with travel(clock.now() + timedelta(days=400)):
        run_due()
    assert User.objects.get(pk=security.pk).is_active and User.objects.get(pk=head.pk).is_active
    assert Event.objects.get(kind="account.reactivated").actor == head


def test_every_act_at_the_desk_asks_but_what_is_named_as_everyday() -> None:
    for name, deed in (("batch", "sign"), ("setting", "confirm"), ("redact", ""), ("account", "grant")):
        assert asking.asks(f"desk:{name}", deed), name
    assert asking.asks("desk:a-screen-of-tomorrow", "")
    # Of Wagtail's screens: letting a page out, and withdrawing one.
    assert asking.asks("wagtailadmin_pages:workflow_action", "approve")
    assert asking.asks("wagtailadmin_pages:unpublish", "")
    for name, deed in (("batch", "keep"), ("batch", "fill:agree"), ("find", ""), ("list", "posting")):
        assert not asking.asks(f"desk:{name}", deed), name


def test_with_the_factor_off_an_idle_screen_takes_the_password(
    client: Client, clerk: User, settings: Any, travel: Any
) -> None:
    settings.SIGN_IN_SECOND_FACTOR = False
    enrolled(clerk)
    assert first_step(client, clerk) == "/admin/"
    with travel(clock.now() + timedelta(minutes=31)):
        page = client.get("/admin/")["Location"]
        assert "proof-code" not in client.get(page).content.decode()
        assert client.post(page, {"proof-password": PASSWORD}).status_code == 302 and inside(client)


def test_a_phone_is_one_persons(clerk: User, county: dict[str, Area], security: User) -> None:
    from django.test import RequestFactory

    from portal.signin import factors
    from portal.signin.errors import WrongCode

    phone, _codes = enrolled(clerk)
    other = officer(security, Role.HELPER, county[ONE])
    enrolled(other)
    try:
        factors.prove(user=other, code=Phone(phone.secret).code(), request=RequestFactory().get("/"))
    except WrongCode:
        return
    raise AssertionError("one phone proved two people")
