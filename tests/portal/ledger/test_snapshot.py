"""A verification sees one moment: what others write meanwhile neither disturbs it nor waits for it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from portal.ledger import bindings
from portal.ledger.faults import Fault
from portal.ledger.models import Event
from portal.ledger.services import Draft, append, erase_openings
from portal.ledger.snapshot import snapshot
from portal.ledger.verifier import verify

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.postgres]


def elsewhere(work: Callable[[], Any]) -> Any:
    """Return what `work` returns on another connection, which is new, once it has ended."""

    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def appended() -> None:
    with transaction.atomic():
        append(Draft("ledger.evidence_exported", "test", "1", body={}))


def test_within_a_snapshot_nothing_is_seen_of_what_others_commit_and_nobody_waits() -> None:
    appended()
    with snapshot():
        before = Event.objects.count()
        elsewhere(appended)
        assert Event.objects.count() == before
    assert Event.objects.count() == before + 1


def test_within_a_snapshot_nothing_can_be_written_and_afterwards_it_can() -> None:
    with pytest.raises(DatabaseError), snapshot():
        appended()
    appended()
    assert Event.objects.count() == 1


def test_a_verification_may_be_the_first_thing_that_a_connection_does() -> None:
    appended()
    assert elsewhere(verify).size == 1


def test_what_is_appended_and_erased_while_it_reads_belongs_to_the_next_verification(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with transaction.atomic():
        append(Draft("ledger.evidence_exported", "test", "1", sealed={"name": "李测试"}))
    seen: list[tuple[int, int]] = []

    def written() -> None:
        appended()
        erase_openings([1], by=None, reason="保存期满")

    class Overtaken:
        """Is overtaken in the walk over the events, and again before the look at the rows."""

        kinds = ("ledger.evidence_exported",)

        def __init__(self) -> None:
            self.taken = 0

        def take(self, sequence: int, record: dict[str, Any]) -> None:
            """Count the event, and have others come behind it."""
            self.taken += 1
            elsewhere(written)

        def faults(self) -> Iterator[Fault]:
            """Note how many events were told, and how many there are to see."""
            elsewhere(appended)
            seen.append((self.taken, Event.objects.count()))
            return iter(())

    monkeypatch.setattr(bindings, "fresh", lambda: [Overtaken()])
    report = verify()
    assert (report.fault, report.size, seen) == (None, 1, [(1, 1)])
    monkeypatch.undo()
    assert (verify().fault, verify().size) == (None, 4)
