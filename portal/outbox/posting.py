"""Telling groups through their robots: what waits for a robot goes as one post, and failures wait longer."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django_tasks import task

from portal import clock

from . import robots, webhook
from .errors import Undelivered
from .models import App, Kind, Reason, Robot, RobotPost

# WeCom takes 4,096 bytes of markdown; both take 20 posts a minute.
MOST_BYTES = 4000
MOST_LINES = 20
PACE = timedelta(seconds=5)
CLAIM = timedelta(minutes=1)
FIRST_DELAY = timedelta(minutes=5)
LONGEST_DELAY = timedelta(hours=6)
# With the delays doubling from five minutes: about a quarter of an hour after the first failure.
ALARM = 3
# What a group was to be told days ago helps nobody any more; the desk shows it all the same.
STALE = timedelta(days=2)
logger = logging.getLogger(__name__)


@task(priority=-10)
def post(robot_id: int) -> int:
    """Tell the group what waits for it, as one post; return how many messages went out.

    Of lower priority than desk and mail: a robot that does not answer keeps a worker for seconds.
    """
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    ready = Q(not_before=None) | Q(not_before__lte=now)
    mine = Robot.objects.in_force(clock.today()).filter(free, ready, pk=robot_id)
    if not mine.update(claimed_until=now + CLAIM):
        return 0
    robot = Robot.objects.get(pk=robot_id)
    waiting = RobotPost.objects.filter(robot=robot, next_attempt_at__isnull=False)
    waiting.filter(queued_at__lt=now - STALE).update(next_attempt_at=None, given_up_at=now)
    posts = list(waiting.order_by("pk"))
    if not posts:
        Robot.objects.filter(pk=robot.pk).update(claimed_until=None)
        return 0
    address = robot.address
    if robot.app == App.DINGTALK and robot.secret:
        address = webhook.signed(address, robot.secret, now)
    try:
        webhook.call(address, body(robot.app, posts), key(posts))
    except Undelivered as error:
        _failed(robot, posts, error, now)
        return 0
    except Exception as error:
        # The claim must not outlive a fault of ours.
        logger.warning("post to robot %d failed: %s", robot.pk, type(error).__name__)
        _failed(robot, posts, Undelivered(Reason.UNREACHABLE), now)
        return 0
    with transaction.atomic():
        done = RobotPost.objects.filter(pk__in=[one.pk for one in posts])
        done.update(posted_at=clock.now(), next_attempt_at=None, attempts=F("attempts") + 1)
        RobotPost.objects.filter(robot=robot, next_attempt_at__isnull=False).update(
            next_attempt_at=now + PACE
        )
        Robot.objects.filter(pk=robot.pk).update(
            failures=0,
            problem="",
            problem_detail="",
            last_posted_at=clock.now(),
            not_before=now + PACE,
            claimed_until=None,
        )
    return len(posts)


def retry_unposted() -> int:
    """Enqueue a post for each robot for which something is due; return for how many. A job of the clock."""
    now = clock.now()
    due = RobotPost.objects.filter(next_attempt_at__lte=now)
    waiting = Robot.objects.in_force(clock.today()).filter(pk__in=due.values("robot"))
    ready = waiting.filter(Q(not_before=None) | Q(not_before__lte=now))
    count = 0
    for robot_id in ready.values_list("pk", flat=True):
        with transaction.atomic():
            # Not before the task enqueued here has had its time.
            due.filter(robot=robot_id).update(next_attempt_at=now + FIRST_DELAY)
            post.enqueue(robot_id)
        count += 1
    return count


def key(posts: Sequence[RobotPost]) -> str:
    """Return the idempotency id of one call: the ids of its first and last post, which never change."""
    return f"{posts[0].pk}-{posts[-1].pk}"


def body(app: str, posts: Sequence[RobotPost]) -> dict[str, Any]:
    """Return the JSON that the robots of `app` take for `posts`, as markdown.

    WeCom: ``markdown.content``; DingTalk: ``markdown.title`` (shown in the conversation list) and ``text``.
    """
    heading = _("明白账：%(n)d 条新消息") % {"n": len(posts)}
    lines = [_line(one) for one in posts]
    shown: list[str] = []
    for line in lines[:MOST_LINES]:
        if len("\n\n".join([heading, *shown, line]).encode()) > MOST_BYTES - 200:
            break
        shown.append(line)
    if len(shown) < len(lines):
        shown.append(_("另有 %(n)d 条，请登录明白账查看。") % {"n": len(lines) - len(shown)})
    # Tells a repeated post from a new one: after a crash the same number comes twice.
    shown.append(_("编号 %(key)s") % {"key": key(posts)})
    text = "\n\n".join([f"**{heading}**", *shown])
    if app == App.WECOM:
        return {"msgtype": "markdown", "markdown": {"content": text}}
    return {"msgtype": "markdown", "markdown": {"title": heading, "text": text}}


def _line(one: RobotPost) -> str:
    # Brackets in a title would end the link.
    words = one.title.replace("[", "（").replace("]", "）").replace("\n", " ")
    address = urljoin(settings.WAGTAILADMIN_BASE_URL, one.link or "/")
    return f"[{words}]({address})"


def delay(failures: int) -> timedelta:
    """Return how long a robot rests after `failures` in a row: twice as long each time, six hours at most."""
    return min(FIRST_DELAY * 2 ** min(max(failures - 1, 0), 20), LONGEST_DELAY)


def _failed(robot: Robot, posts: Sequence[RobotPost], error: Undelivered, now: datetime) -> None:
    """Have everything for this robot wait; tell its keepers once when it fails for the third time."""
    from .services import send

    failures = min(robot.failures + 1, 1000)
    again = now + delay(failures)
    logger.warning("post to robot %d failed, %d in a row: %s", robot.pk, failures, error.reason)
    with transaction.atomic():
        RobotPost.objects.filter(pk__in=[one.pk for one in posts]).update(attempts=F("attempts") + 1)
        RobotPost.objects.filter(robot=robot, next_attempt_at__isnull=False).update(next_attempt_at=again)
        Robot.objects.filter(pk=robot.pk).update(
            failures=failures,
            problem=error.reason,
            problem_detail=error.detail[:12],
            not_before=again,
            claimed_until=None,
        )
        if failures == ALARM:
            title = _("群机器人“%(name)s”发不出消息，请核对") % {"name": robot.name}
            send(robots.keepers(robot), title, robots.screen(), kind=Kind.DELIVERY)
