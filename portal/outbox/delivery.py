"""Delivering queued messages: onto the desk at once, and by mail when it is due to whoever wants it."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django_tasks import task

from portal import clock

from .models import Message

BATCH = 200
FIRST_DELAY = timedelta(minutes=5)
LONGEST_DELAY = timedelta(days=1)
# With the delays doubling from five minutes, the last attempt is about two days after the first.
MOST_ATTEMPTS = 10
TIMEOUT_SECONDS = 20
logger = logging.getLogger(__name__)


@task
def deliver(ids: Sequence[int]) -> int:
    """Deliver the messages with `ids` as far as not yet done; return how many are finished by this run."""
    now = clock.now()
    mine = Message.objects.filter(pk__in=list(ids), next_attempt_at__isnull=False)
    mine.filter(delivered_at=None).update(delivered_at=now)
    without_mail = (
        Q(mail_due_at=None)
        | Q(recipient__email="")
        | Q(recipient__is_active=False)
        | Q(mailed_at__isnull=False)
    )
    finished = mine.filter(without_mail).update(next_attempt_at=None)
    # Those for the mail of the day wait for its hour.
    mine.filter(mail_due_at__gt=now).update(next_attempt_at=F("mail_due_at"))
    waiting = list(mine.filter(mail_due_at__lte=now).select_related("recipient").order_by("recipient", "pk"))
    if not waiting:
        return finished
    letters: dict[int, list[Message]] = {}
    for message in waiting:
        letters.setdefault(message.recipient_id, []).append(message)
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT or TIMEOUT_SECONDS)
    try:
        connection.open()
    except Exception as error:
        return finished + sum(_failed(message, error, now) for message in waiting)
    try:
        return finished + sum(_mail(letter, connection, now) for letter in letters.values())
    finally:
        connection.close()


def delay(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` failures: twice as long each time, a day at most."""
    return min(FIRST_DELAY * 2 ** max(attempts - 1, 0), LONGEST_DELAY)


def retry_unfinished() -> int:
    """Enqueue deliveries for the messages whose next attempt is due; return how many. A job of the clock."""
    total = 0
    while True:
        now = clock.now()
        with transaction.atomic():
            due = Message.objects.filter(next_attempt_at__lte=now).order_by(
                "next_attempt_at", "recipient", "pk"
            )
            ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
            if not ids:
                return total
            # Not before the task enqueued here has had its time.
            Message.objects.filter(pk__in=ids).update(next_attempt_at=now + FIRST_DELAY)
            deliver.enqueue(ids)
        total += len(ids)


def _mail(letter: Sequence[Message], connection: Any, now: datetime) -> int:
    """Mail one person that there are messages; return how many are finished, sent or given up.

    The mail says neither whom nor what it is about: mail boxes lie outside the portal.
    """
    base = settings.WAGTAILADMIN_BASE_URL
    address = urljoin(base, (letter[0].link if len(letter) == 1 else "") or "/")
    words = {"n": len(letter), "address": address}
    one = _("您在明白账有一条新的工作消息，请登录后查看：\n%(address)s\n")
    more = _("您在明白账有 %(n)d 条新的工作消息，请登录后查看：\n%(address)s\n")
    mail = EmailMessage(
        subject=_("明白账：您有一条新消息") if len(letter) == 1 else _("明白账：您有 %(n)d 条新消息") % words,
        body=(one if len(letter) == 1 else more) % words,
        to=[letter[0].recipient.email],
        connection=connection,
        # The idempotency id: a mail sent twice because a worker died in between is one to the mail box.
        headers={"Message-ID": f"<messages-{letter[0].pk}-{letter[-1].pk}@{urlsplit(base).hostname}>"},
    )
    try:
        mail.send()
    except Exception as error:
        return sum(_failed(message, error, now) for message in letter)
    sent = Message.objects.filter(pk__in=[message.pk for message in letter])
    sent.update(mailed_at=clock.now(), next_attempt_at=None)
    return len(letter)


def _failed(message: Message, error: Exception, now: datetime) -> bool:
    """Have the clock try again later; return whether it is given up instead. The desk shows it either way."""
    attempts = message.attempts + 1
    given_up = attempts >= MOST_ATTEMPTS
    logger.warning("mail of message %d failed, attempt %d: %s", message.pk, attempts, type(error).__name__)
    Message.objects.filter(pk=message.pk).update(
        attempts=F("attempts") + 1, next_attempt_at=None if given_up else now + delay(attempts)
    )
    return given_up
