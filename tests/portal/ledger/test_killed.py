"""kill -9 and a full disk amid appends: nothing that was acknowledged is lost, the tree verifies."""

import os
import random
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from portal.ledger import kinds
from portal.ledger.models import Event
from portal.ledger.services import Draft, append
from portal.ledger.verifier import verify

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def killed_while_appending(dice: random.Random, acknowledge: Callable[[str], None]) -> None:
    """Append in a process of its own, each event acknowledged once it was committed, until it is killed."""
    child = os.fork()
    if child == 0:
        try:
            # The parent's connection stays the parent's, open as it is: this process opens one of its own.
            parents, connection.connection = connection.connection, None
            connection.connect()
            assert parents is not None
            left = [dice.randint(1, 30)]

            def strike(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
                left[0] -= 1
                behind = dice.random() < 0.5
                if left[0] <= 0 and not behind:
                    os.kill(os.getpid(), signal.SIGKILL)
                result = execute(sql, params, many, context)
                if left[0] <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return result

            with connection.execute_wrapper(strike):
                for number in range(30):
                    name = f"{os.getpid()}-{number}"
                    with transaction.atomic():
                        append(Draft("test.done", "thing", name, sealed={"name": "王测试"}))
                    acknowledge(name)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def test_no_acknowledged_event_is_lost_however_often_the_process_is_killed(
    rounds: Callable[[int, int], int], tmp_path: Any
) -> None:
    kinds.register("test.done", "试办")
    kept = tmp_path / "acknowledged"
    kept.touch()

    def acknowledge(name: str) -> None:
        with kept.open("a") as file:
            file.write(name + "\n")

    for number in range(rounds(6, 100)):
        killed_while_appending(random.Random(number), acknowledge)
        report = verify()
        assert report.fault is None
    acknowledged = kept.read_text().split()
    stored = set(Event.objects.values_list("object_id", flat=True))
    assert acknowledged and set(acknowledged) <= stored
    # At most the last act of each process was done without word of it.
    assert len(stored) - len(acknowledged) <= rounds(6, 100)


def test_an_error_of_the_disk_in_an_append_leaves_neither_event_nor_act(
    rounds: Callable[[int, int], int],
) -> None:
    kinds.register("test.done", "试办")
    done = 0
    for number in range(1, rounds(8, 40)):
        left = [number % 5 + 1]

        def fail(execute: Any, sql: str, params: Any, many: bool, context: Any, left: list = left) -> Any:
            left[0] -= 1
            if left[0] == 0:
                raise OSError(28, "No space left on device")
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(fail), transaction.atomic():
                append(Draft("test.done", "thing", str(number), sealed={"name": "王测试"}))
            done += 1
        except OSError:
            pass
        assert Event.objects.count() == done and verify().fault is None
