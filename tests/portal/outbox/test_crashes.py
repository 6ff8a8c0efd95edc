"""A worker killed at any point of a delivery loses nothing: the clock's next ticks deliver, perhaps twice."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection
from django_tasks_db.models import DBTaskResult

from portal import clock
from portal.outbox.delivery import retry_unfinished
from portal.outbox.models import Robot, RobotPost
from portal.outbox.posting import CLAIM, retry_unposted
from portal.outbox.services import send

from .conftest import Group, Place, work

ROOT = Path(__file__).resolve().parents[3]
Travel = Callable[[datetime], AbstractContextManager[None]]
# A worker that, at the point named, says so and stands still until it is killed.
WORKER = """
import sys, time
import django
django.setup()
from django.core.management import call_command
from portal.outbox import delivery, posting

def stand(*args, **kwargs):
    print("standing", flush=True)
    time.sleep(600)

point = sys.argv[1]
if point == "before":
    delivery.clock = type("Stopped", (), {"now": staticmethod(stand)})
elif point == "mail":
    delivery.EmailMessage.send = stand
elif point == "recording":
    send = delivery.EmailMessage.send
    delivery.EmailMessage.send = lambda *args, **kwargs: (send(*args, **kwargs), stand())
elif point == "post":
    posting.webhook.call = stand
elif point == "posted":
    call = posting.webhook.call
    posting.webhook.call = lambda *args, **kwargs: (call(*args, **kwargs), stand())
call_command("db_worker", interval=0.1, startup_delay=False, verbosity=0)
"""
POINTS = ["before", "mail", "recording", "post", "posted"]


def database_url() -> str:
    """Return the address of the test's database for another process."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    login = f"{facts['USER']}:{facts['PASSWORD']}" if facts["PASSWORD"] else facts["USER"]
    return f"postgres://{login}@{facts['HOST'].replace('/', '%2F')}{port}/{facts['NAME']}"


def kill_a_worker(point: str) -> None:
    """Start a worker, wait until it stands at `point` of its work, and kill it there."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "PYTHONPATH": str(ROOT),
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, point],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert worker.stdout is not None
    said: list[str] = []
    # A worker that never comes to the point is no reason to wait for ever.
    guard = threading.Timer(240, worker.kill)
    guard.start()
    try:
        for line in worker.stdout:
            said.append(line)
            if line.strip() == "standing":
                break
        assert said and said[-1].strip() == "standing", "".join(said)
    finally:
        guard.cancel()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()


@pytest.mark.postgres
@pytest.mark.proof
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_worker_killed_at_any_point_of_a_delivery_loses_no_message(
    place: Place, robot: Callable[..., Robot], group: Group, travel: Travel, rounds: Callable[[int, int], int]
) -> None:
    robot()
    person = place["one"]
    person.email = "one@example.org"
    person.save()
    for number in range(rounds(1, 8)):
        for point in POINTS:
            mail.outbox.clear()
            group.heard.clear()
            # A killed worker has no clock but the machine's: what the last turn put off is due again.
            Robot.objects.update(not_before=None, claimed_until=None)
            (message,) = send([person], f"第 {number} 件 {point}", "/")
            kill_a_worker(point)
            # What the killed worker had begun stays as it is; what it had not is lost with the machine.
            DBTaskResult.objects.all().delete()
            with travel(clock.now() + CLAIM + timedelta(minutes=6)):
                retry_unfinished()
                retry_unposted()
                work()
            message.refresh_from_db()
            posted = RobotPost.objects.get(title=message.title)
            assert message.delivered_at and message.mailed_at and message.next_attempt_at is None, point
            assert posted.posted_at and posted.next_attempt_at is None, point
            # Once by the one that took over, unless the killed one had come to the end of that part.
            assert len(mail.outbox) == (0 if point in ("post", "posted") else 1), point
            assert len(group.heard) == (2 if point == "posted" else 1), point
            assert {heard["key"] for heard in group.heard} == {f"{posted.pk}-{posted.pk}"}
