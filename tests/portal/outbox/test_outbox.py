"""Messages: queued with the act, delivered by a worker, mailed without a word of what they are about."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from portal.outbox import delivery
from portal.outbox.delivery import MOST_ATTEMPTS, delay, deliver, retry_unfinished
from portal.outbox.models import Message
from portal.outbox.services import UnfitMessage, mark_read, send, unread
from portal.people.models import User

from .conftest import work

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
Travel = Callable[[datetime], AbstractContextManager[None]]


class BrokenMail(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionError


class UnreachableMail(BaseEmailBackend):
    """A mail server that does not answer."""

    def open(self) -> None:
        raise ConnectionError


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create(username="clerk", display_name="测试员")


@pytest.fixture
def mailed(db: None) -> User:
    return User.objects.create(username="mailed", display_name="有邮箱的", email="mailed@example.org")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_message_stands_on_the_desk_once_the_worker_has_delivered_it(clerk: User) -> None:
    (message,) = send([clerk], "第 12 批待您签收", "/admin/batches/12/")
    assert message.delivered_at is None
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    message.refresh_from_db()
    assert message.delivered_at is not None and message.next_attempt_at is None
    assert mail.outbox == []


def test_one_act_queues_one_task_however_many_it_tells(clerk: User, mailed: User) -> None:
    assert len(send([clerk, mailed, clerk], "第 12 批待您签收", "/")) == 2
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_act_that_is_rolled_back_tells_nobody(clerk: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send([clerk], "第 12 批待您签收", "/")
        raise ZeroDivisionError
    assert not Message.objects.exists() and not DBTaskResult.objects.exists()


def test_nobody_to_tell_queues_nothing(clerk: User) -> None:
    clerk.is_active = False
    assert send([clerk], "第 12 批待您签收", "/") == []
    assert not DBTaskResult.objects.exists()


def test_the_mail_says_neither_whom_nor_what_it_is_about(mailed: User) -> None:
    send([mailed], "第 12 批待您签收", "/admin/batches/12/")
    work()
    (sent,) = mail.outbox
    assert sent.to == ["mailed@example.org"]
    assert "第 12 批" not in sent.subject + sent.body and "有邮箱的" not in sent.subject + sent.body
    assert "/admin/batches/12/" in sent.body
    assert Message.objects.get().mailed_at is not None


def test_a_task_that_runs_twice_mails_once(mailed: User) -> None:
    (message,) = send([mailed], "第 12 批待您签收", "/")
    deliver.func([message.pk])
    deliver.func([message.pk])
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("backend", [BrokenMail, UnreachableMail])
def test_a_mail_that_fails_is_tried_again_by_the_clock_after_growing_delays(
    mailed: User, travel: Travel, settings: Any, backend: type
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"
    moment = NOON
    with travel(moment):
        (message,) = send([mailed], "第 12 批待您签收", "/")
        deliver.func([message.pk])
    waits = []
    for _ in range(3):
        message.refresh_from_db()
        assert message.delivered_at == NOON
        waits.append(message.next_attempt_at - moment)
        with travel(message.next_attempt_at - timedelta(seconds=1)):
            assert retry_unfinished() == 0
        moment = message.next_attempt_at
        with travel(moment):
            assert retry_unfinished() == 1
            assert retry_unfinished() == 0
            deliver.func([message.pk])
    assert waits == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    deliver.func([message.pk])
    message.refresh_from_db()
    assert len(mail.outbox) == 1 and message.next_attempt_at is None


def test_a_mail_that_never_goes_out_is_given_up_and_the_desk_still_shows_it(
    mailed: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.BrokenMail"
    (message,) = send([mailed], "第 12 批待您签收", "/")
    for _ in range(MOST_ATTEMPTS + 2):
        deliver.func([message.pk])
    message.refresh_from_db()
    assert (message.attempts, message.next_attempt_at, message.mailed_at) == (MOST_ATTEMPTS, None, None)
    assert list(unread(mailed)) == [message]


def test_a_message_whose_worker_died_is_delivered_by_the_next_tick(clerk: User, travel: Travel) -> None:
    with travel(NOON):
        send([clerk], "第 12 批待您签收", "/")
    DBTaskResult.objects.all().delete()
    with travel(NOON + timedelta(minutes=6)):
        assert retry_unfinished() == 1
        work()
    assert Message.objects.get().delivered_at is not None


def test_delays_double_up_to_a_day() -> None:
    assert [delay(n) for n in (1, 2, 3, 20)] == [
        timedelta(minutes=5),
        timedelta(minutes=10),
        timedelta(minutes=20),
        timedelta(days=1),
    ]


def test_a_backlog_larger_than_one_batch_is_all_enqueued(
    clerk: User, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "BATCH", 2)
    with travel(NOON):
        for number in range(5):
            send([clerk], f"第 {number} 批待您签收", "/")
    with travel(NOON + timedelta(hours=1)):
        assert retry_unfinished() == 5


@pytest.mark.parametrize(
    ("title", "link"),
    [
        ("王测试 19900000001 的申请", "/"),
        ("990101199001010011 的申请", "/"),
        ("99010119900101001X", "/"),
        ("", "/"),
        ("长" * 121, "/"),
        ("待办", "https://example.org/"),
        ("待办", "//example.org/"),
        ("待办", "/?phone=19900000001"),
    ],
)
def test_personal_data_and_foreign_links_are_refused(clerk: User, title: str, link: str) -> None:
    with pytest.raises(UnfitMessage):
        send([clerk], title, link)


def test_reading_marks_only_ones_own_messages(clerk: User, mailed: User) -> None:
    send([clerk, mailed], "第 12 批待您签收", "/")
    mine, other = Message.objects.get(recipient=clerk), Message.objects.get(recipient=mailed)
    assert mark_read(by=clerk, messages=[mine.pk, other.pk]) == 1
    assert list(unread(clerk)) == [] and list(unread(mailed)) == [other]
    assert mark_read(by=clerk) == 0
    assert mark_read(by=mailed) == 1
