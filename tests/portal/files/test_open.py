"""Giving files out: to those whom the owning room lets, one answer for all others, nothing a browser runs."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.files import access, storage
from portal.files.errors import Hidden
from portal.files.models import PrivateFile
from portal.files.services import open_file
from portal.ledger.models import Event
from portal.people.models import User

from .conftest import office, pdf, photograph

Stored = Callable[..., PrivateFile]


@pytest.fixture
def enter(client: Client) -> Callable[[User], Client]:
    """Return `enter(user)`: a browser signed in as the user."""

    def signed_in(user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def opened(client: Client, address: str) -> Any:
    """Press the button and follow it."""
    answer = client.post(address)
    assert (answer.status_code, answer["Location"]) == (303, address)
    return client.get(address)


def nowhere(case: str) -> access.Owner:
    return access.Owner("case", case, "办件")


@pytest.fixture
def stranger(db: None) -> User:
    return User.objects.create(username="stranger", display_name="另一位")


def test_whom_the_owning_room_lets_gets_the_bytes(
    stored: Stored, clerk: User, enter: Callable[[User], Client]
) -> None:
    file = stored(photograph())
    response = opened(enter(clerk), reverse("private_file", args=[file.pk]))
    assert response.status_code == 200
    assert response.getvalue() == storage.get(file.sha256)
    assert response["Content-Type"] == "image/jpeg"


def test_a_forbidden_file_answers_exactly_like_a_missing_one(
    stored: Stored, stranger: User, enter: Callable[[User], Client]
) -> None:
    file = stored(photograph())
    client = enter(stranger)
    forbidden = client.get(reverse("private_file", args=[file.pk]))
    missing = client.get(reverse("private_file", args=[file.pk + 1000]))
    assert forbidden.status_code == missing.status_code == 404
    assert forbidden.content == missing.content
    assert dict(forbidden.headers) == dict(missing.headers)


def test_a_visitor_is_sent_to_sign_in_for_any_number(stored: Stored, client: Client) -> None:
    file = stored(photograph())
    for pk in (file.pk, file.pk + 1000):
        response = client.get(reverse("private_file", args=[pk]))
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def test_the_original_is_only_for_those_the_room_lets_and_is_saved_never_shown(
    stored: Stored, clerk: User, enter: Callable[[User], Client]
) -> None:
    file = stored(photograph())
    address = reverse("private_file_original", args=[file.pk])
    assert enter(clerk).post(address).status_code == 404
    inspector = enter(User.objects.create(username="inspector"))
    # Having the picture open opens no original.
    response = opened(inspector, address)
    assert response.getvalue() == photograph()
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("data", "name", "disposition"),
    [
        (photograph(), "院子.jpg", "inline"),
        (pdf(), "协议.pdf", "inline"),
        (office(), "申请.docx", "attachment"),
    ],
    ids=["jpg", "pdf", "docx"],
)
def test_a_browser_shows_pictures_and_pdf_and_saves_the_rest_and_keeps_and_runs_nothing(
    stored: Stored, clerk: User, enter: Callable[[User], Client], data: bytes, name: str, disposition: str
) -> None:
    response = opened(enter(clerk), reverse("private_file", args=[stored(data, name).pk]))
    assert response["Content-Disposition"].startswith(disposition)
    assert "filename*=utf-8''" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert ("sandbox" in response["Content-Security-Policy"]) is (name != "协议.pdf")
    assert response["X-Robots-Tag"] == "noindex"


def test_the_address_alone_shows_a_page_with_the_button_and_records_nothing(
    stored: Stored, clerk: User, enter: Callable[[User], Client]
) -> None:
    file = stored(pdf(), "协议.pdf")
    address = reverse("private_file", args=[file.pk])
    client = enter(clerk)
    before = Event.objects.count()
    page = client.get(address)
    said = page.content.decode()
    assert page["Content-Type"].startswith("text/html") and "no-store" in page["Cache-Control"]
    assert all(words in said for words in ("协议.pdf", "PDF 文件", "字节", "办件 clerk", "打开会记一笔"))
    assert client.head(address).status_code == 200 and client.put(address).status_code == 405
    assert Event.objects.count() == before


def test_an_opening_is_one_event_a_person_a_file_and_a_session_hour(
    stored: Stored, clerk: User, enter: Callable[[User], Client]
) -> None:
    file, other = stored(photograph()), stored(pdf(), "协议.pdf")
    addresses = [reverse("private_file", args=[one.pk]) for one in (file, other)]
    client = enter(clerk)
    read = Event.objects.filter(kind="file.opened")
    start = clock.now()
    with clock.travel(start):
        opened(client, addresses[0])
        event = read.get()
        assert (event.actor, event.object_type, event.object_id) == (clerk, "file", str(file.pk))
        body = json.loads(event.record)["body"]
        assert body["sha256"] == file.sha256 and body["belongs_to"] == "case:clerk"
        opened(client, addresses[0])
        assert client.get(addresses[0])["Content-Type"] == "image/jpeg" and read.count() == 1
        assert client.get(addresses[1])["Content-Type"].startswith("text/html"), "the other is shut"
        opened(client, addresses[1])
        assert read.count() == 2
    with clock.travel(start + timedelta(minutes=61)):
        assert client.get(addresses[0])["Content-Type"].startswith("text/html")
        opened(client, addresses[0])
        assert read.count() == 3
        client.logout()
        opened(enter(clerk), addresses[0])
        assert read.count() == 4, "another session"


def test_several_are_opened_together_or_none_and_show_on_a_page_of_their_own(
    stored: Stored, clerk: User, stranger: User, enter: Callable[[User], Client]
) -> None:
    files = [stored(photograph()), stored(pdf())]
    hidden = PrivateFile.objects.create(
        sha256="0" * 64, original_sha256="0" * 64, name="x", size=1, reference="case:stranger"
    )
    client, address = enter(clerk), reverse("private_files")
    pks = [one.pk for one in files]
    for wrong in ([*pks, hidden.pk], [], ["x"], ["9" * 30], [1] * 61):
        assert client.post(address, {"file": wrong}).status_code == 404
        assert client.get(address, {"file": wrong}).status_code == 404
    assert not Event.objects.filter(kind="file.opened").exists()
    shut = client.get(address, {"file": pks}).content.decode()
    assert "打开这 2 份" in shut and "<img" not in shut
    assert not Event.objects.filter(kind="file.opened").exists(), "a look opens nothing"
    answer = client.post(address, {"file": pks, "next": "https://example.invalid/"})
    together = f"{address}?file={pks[0]}&file={pks[1]}"
    assert (answer.status_code, answer["Location"]) == (303, together)
    assert Event.objects.filter(kind="file.opened").count() == 2
    page = client.get(together)
    shown = page.content.decode()
    assert f'<img src="{reverse("private_file", args=pks[:1])}"' in shown and files[1].name in shown
    assert "<button" not in shown and "no-store" in page["Cache-Control"]
    client.post(address, {"file": pks})
    assert Event.objects.filter(kind="file.opened").count() == 2, "open already"
    with clock.travel(clock.now() + timedelta(minutes=61)):
        assert "<img" not in client.get(together).content.decode()
    assert enter(stranger).get(together).status_code == 404


def test_altered_bytes_are_not_given_out(
    stored: Stored, clerk: User, enter: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = stored(pdf())
    PrivateFile.objects.update(sha256="0" * 64)
    client, address = enter(clerk), reverse("private_file", args=[file.pk])
    response = client.post(address)
    assert response.status_code == 500
    assert not Event.objects.filter(kind="file.opened").exists(), "what was not given was not read"
    assert "系统管理员" in response.content.decode()


def test_a_left_account_a_visitor_and_a_stranger_open_nothing(
    stored: Stored, clerk: User, stranger: User
) -> None:
    file = stored(pdf())
    clerk.is_active = False
    for user in (clerk, stranger, AnonymousUser()):
        with pytest.raises(Hidden):
            open_file(user, file)


def test_a_kind_that_no_room_answers_for_opens_to_nobody(stored: Stored, clerk: User) -> None:
    file = stored(pdf())
    file.reference = "unheard-of:clerk"
    with pytest.raises(Hidden):
        open_file(clerk, file)


def test_an_owner_that_is_gone_opens_to_nobody(stored: Stored, clerk: User) -> None:
    def may_open(user: User, case: str) -> bool:
        return User.objects.get(username="gone").is_active

    access.register("gone", may_open, owner=nowhere)
    file = stored(pdf())
    file.reference = "gone:1"
    with pytest.raises(Hidden):
        open_file(clerk, file)


def test_a_kind_has_one_rule() -> None:
    with pytest.raises(ValueError, match="已经登记"):
        access.register("case", lambda user, case: True, owner=nowhere)
    with pytest.raises(ValueError, match="冒号"):
        access.register("a:b", lambda user, case: True, owner=nowhere)
