"""By which channels a person is told: the desk always, mail at once, once a day or never; and how long."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from portal.outbox.choices import Chosen, choices_of, choose
from portal.outbox.delivery import deliver, retry_unfinished
from portal.outbox.errors import OutboxError
from portal.outbox.models import Kind, MailMode, Message, RobotPost
from portal.outbox.retention import forget_old
from portal.outbox.services import mark_read, send
from portal.people.models import User

from .conftest import work

# Noon in China.
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
Travel = Callable[[datetime], AbstractContextManager[None]]


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create(username="person", display_name="测试员", email="person@example.org")


def test_without_a_choice_mail_goes_at_once_and_robots_may_tell(person: User) -> None:
    assert set(choices_of(person).values()) == {Chosen(MailMode.NOW, True)}


def test_who_wants_no_mail_still_finds_it_on_the_desk(person: User) -> None:
    choose(by=person, choices={Kind.WORK: Chosen(MailMode.NEVER)})
    send([person], "待办", "/")
    send([person], "异议", "/", kind=Kind.OBJECTION)
    work()
    assert len(mail.outbox) == 1
    assert Message.objects.filter(delivered_at__isnull=False, next_attempt_at=None).count() == 2


def test_the_mail_of_the_day_goes_once_at_its_hour_for_all_of_it(person: User, travel: Travel) -> None:
    choose(by=person, choices={Kind.WORK: Chosen(MailMode.DAILY)})
    with travel(NOON):
        for number in range(3):
            send([person], f"第 {number} 件", "/a/")
        work()
        assert mail.outbox == [] and Message.objects.filter(delivered_at=NOON).count() == 3
    with travel(NEXT_MORNING - timedelta(minutes=1)):
        assert retry_unfinished() == 0
    with travel(NEXT_MORNING):
        assert retry_unfinished() == 3
        work()
    (sent,) = mail.outbox
    assert "3 条" in sent.subject and "第" not in sent.body
    assert not Message.objects.exclude(next_attempt_at=None).exists()


def test_a_mail_sent_twice_carries_the_same_id(person: User) -> None:
    (message,) = send([person], "待办", "/")
    deliver.func([message.pk])
    # As if the worker had died between the mail and its record.
    again = message.queued_at
    Message.objects.update(mailed_at=None, next_attempt_at=again)
    deliver.func([message.pk])
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert str(message.pk) in first.extra_headers["Message-ID"]


@pytest.mark.parametrize("choices", [{"nonsense": Chosen()}, {Kind.WORK: Chosen("sometimes")}])
def test_only_what_is_offered_can_be_chosen(person: User, choices: dict[str, Chosen]) -> None:
    with pytest.raises(OutboxError):
        choose(by=person, choices=choices)


def test_read_messages_are_forgotten_after_their_time_and_unread_ones_stay(
    person: User, travel: Travel
) -> None:
    left = User.objects.create(username="left", display_name="已离任")
    with travel(NOON):
        send([person], "读过的", "/")
        mark_read(by=person)
        send([person, left], "没读的", "/")
        work()
    User.objects.filter(pk=left.pk).update(is_active=False)
    with travel(NOON + timedelta(days=364)):
        assert forget_old() == 0
    with travel(NOON + timedelta(days=366)):
        assert forget_old() == 2
    assert [one.title for one in Message.objects.all()] == ["没读的"]
    assert not RobotPost.objects.exists()
