"""Two ticks at once, and a tick against a signature, on connections of their own: each thing is told once."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from portal.ledger.models import Event
from portal.ledger.verifier import verify
from portal.outbox.models import Message
from workflows.deadlines import reminding
from workflows.deadlines.models import Reminder, Stay
from workflows.demo.build import County
from workflows.engine.models import Batch

from ..county import make_county
from ..engine.test_races import at_once, signing
from .conftest import MONDAY, before_township, june, on

pytestmark = [
    pytest.mark.postgres(only=True),
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
Rounds = Callable[[int, int], int]


@pytest.fixture
def county(transactional_db: None) -> Iterator[County]:
    """Yield a county of 1 June 2026 that other connections see."""
    with on(MONDAY):
        made = make_county()
    yield made


def said_of(batch: Batch) -> list[Any]:
    return sorted(Reminder.objects.filter(stay__batch=batch).values_list("mark", "number"))


def test_two_ticks_at_once_tell_each_thing_once(county: County, rounds: Rounds) -> None:
    for turn in range(rounds(5, 100)):
        with june(1):
            batch = before_township(county, f"road:{turn}")
        before = Message.objects.count()
        with june(11):
            said = at_once(reminding.remind_due, reminding.remind_due, reminding.remind_due)
        assert {kind for kind, _result in said} == {"done"}
        assert sum(result for _kind, result in said) == 2
        assert said_of(batch) == [("escalated", 1), ("red", 0)]
        assert Message.objects.count() - before == 2
        assert Event.objects.filter(object_id=batch.number, kind__startswith="deadline.").count() == 2
    assert verify().fault is None


def test_a_tick_against_a_signature_never_reminds_of_what_is_done(county: County, rounds: Rounds) -> None:
    from workflows.engine.definitions import Verdict

    for turn in range(rounds(5, 100)):
        with june(1):
            batch = before_township(county, f"road:{turn}")
        with june(9):
            said = at_once(signing(county, batch, "reviewer1", Verdict.AGREE), reminding.remind_due)
        assert {kind for kind, _result in said} == {"done"}
        stay = Stay.objects.get(batch=batch, step="look")
        assert stay.left_at is not None and stay.next_on is None
        assert said_of(batch) in ([], [("red", 0)])
        fresh = Stay.objects.get(batch=batch, left_at=None)
        assert fresh.step == "post" and not fresh.reminders.exists()
        assert fresh.due_on == date(2026, 6, 16)
