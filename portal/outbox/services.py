"""Sending messages to officials, and marking them read."""

import re
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.people.models import User

from . import robots
from .choices import chosen_by, mail_due_at
from .delivery import deliver
from .models import Kind, Message
from .posting import post

# A delivery task that did not do its work by then was lost with its worker, and the clock sends another.
GRACE = timedelta(minutes=5)
# A mainland mobile number or citizen's ID number, standing alone.
_PERSONAL = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")


class UnfitMessage(ValueError):
    """A message that must not be sent as it is written."""


def send(
    recipients: Iterable[User], title: str, link: str, *, kind: str = Kind.WORK, groups: bool = True
) -> list[Message]:
    """Queue one message to each active recipient, in the transaction of the act that it tells of.

    `title` (up to 120 characters) names no household; `link` is a path of the portal, or empty; by `kind`
    each recipient chose the channels beside the desk. Group robots of their offices get one post for all of
    them, unless `groups` is false: somebody in the group must not know of it. Delivery happens after the
    transaction has committed, by one task for all (and one for each robot). Raises UnfitMessage.
    """
    if not title or len(title) > 120:
        raise UnfitMessage(_("消息标题要有 1 到 120 个字"))
    if _PERSONAL.search(title) or _PERSONAL.search(link):
        raise UnfitMessage(_("消息里不能有手机号或身份证号，请只写办件或批次的编号"))
    if link and (not link.startswith("/") or link.startswith("//") or len(link) > 200):
        raise UnfitMessage(_("消息的链接只能是本平台的地址"))
    people = {user.pk: user for user in recipients if user.is_active}
    if not people:
        return []
    # No savepoint of its own: whoever tells of an act undoes the act where the telling fails.
    with transaction.atomic(savepoint=False):
        now = clock.now()
        chosen = chosen_by(people.keys(), kind)
        messages = Message.objects.bulk_create(
            Message(
                recipient=user,
                kind=kind,
                title=title,
                link=link,
                queued_at=now,
                mail_due_at=mail_due_at(chosen[pk], user.email, now),
                next_attempt_at=now + GRACE,
            )
            for pk, user in people.items()
        )
        deliver.enqueue([message.pk for message in messages])
        told = [pk for pk in people if groups and chosen[pk].robot]
        for robot in robots.queue(told, title, link, kind, now):
            post.enqueue(robot.pk)
    return messages


def recall(recipients: Iterable[User], link: str) -> int:
    """Take back the messages to `recipients` that lead to `link`; return how many. Mail that went is gone.

    For what somebody must see nothing of any more (the official whom an objection complains of).
    """
    found = Message.objects.filter(recipient__in=[user.pk for user in recipients], link=link)
    count, _by_model = found.delete()
    return count


def messages_of(user: User) -> QuerySet[Message]:
    """Return all messages to `user`, the unread ones first, then the newest."""
    return Message.objects.filter(recipient=user).order_by(
        F("read_at").desc(nulls_first=True), "-queued_at", "-pk"
    )


def unread(user: User) -> QuerySet[Message]:
    """Return the messages that `user` has not read, newest first."""
    return Message.objects.filter(recipient=user, read_at=None).order_by("-queued_at", "-pk")


def mark_read(*, by: User, messages: Iterable[int] | None = None) -> int:
    """Mark messages of `by` as read: those with the given ids, or all; return how many were unread.

    Ids of other people's messages change nothing and tell nothing.
    """
    mine = Message.objects.filter(recipient=by, read_at=None)
    if messages is not None:
        mine = mine.filter(pk__in=list(messages))
    return mine.update(read_at=clock.now())
