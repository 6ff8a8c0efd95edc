"""Appends at once from several connections: one order, no gap, no fork, and a tree that verifies."""

import random
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from portal.ledger import kinds
from portal.ledger.models import Event, Head
from portal.ledger.services import Draft, append
from portal.ledger.verifier import verify


@pytest.mark.postgres(only=True)
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_acts_at_once_are_recorded_in_one_order_without_gap_or_fork(
    rounds: Callable[[int, int], int],
) -> None:
    kinds.register("test.done", "试办")
    writers, acts = 6, rounds(15, 300)
    start = threading.Barrier(writers)
    kept: list[int] = []

    def write(writer: int) -> None:
        dice = random.Random(writer)
        start.wait()
        try:
            for number in range(acts):
                count = dice.randint(1, 3)
                try:
                    with transaction.atomic():
                        append(*[Draft("test.done", "thing", f"{writer}-{number}")] * count)
                        if dice.random() < 0.2:
                            raise ZeroDivisionError
                    kept.append(count)
                except ZeroDivisionError:
                    pass
        finally:
            connection.close()

    assert not Head.objects.exists()
    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Event.objects.count() == sum(kept)
    report = verify()
    assert report.fault is None and report.size == sum(kept)
