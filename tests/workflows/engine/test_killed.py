"""Killed in the middle, sent again, all at once: one effect each, and ledger, history and state agree."""

import os
import random
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from portal.ledger.models import Event
from portal.ledger.verifier import verify
from workflows.demo.build import County
from workflows.demo.play import active
from workflows.engine.acting import RowVerdict
from workflows.engine.models import Act, Batch, Case, Decision
from workflows.engine.services import act

from .. import roads
from ..county import make_county

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
Rounds = Callable[[int, int], int]


@pytest.fixture
def county(transactional_db: None) -> Iterator[County]:
    """Return a county that another process sees."""
    yield make_county()


def request(county: County, batch: Batch, by: str, key: str) -> Callable[[], Any]:
    """Return the act by which `by` agrees to every row of `batch`, always with the same form."""
    actor, seen, pk = county[by], batch.version, batch.pk
    verdicts = {case.pk: RowVerdict(changes={"urgency": "low"}) for case in active(batch)}
    return lambda: act(
        actor=actor, batch_id=pk, seen_version=seen, verdicts=verdicts, opinion="看过了", key=key
    )


def killed_at(statement: int, *, behind: bool, do: Callable[[], Any]) -> bool:
    """Do it in a process of its own that is killed at a statement, before or behind it; tell if it was."""
    child = os.fork()
    if child == 0:
        try:
            # The parent's connection stays the parent's, open as it is: this process opens one of its own.
            parents, connection.connection = connection.connection, None
            connection.connect()
            assert parents is not None
            asked = [0]

            def strike(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
                asked[0] += 1
                if asked[0] == statement and not behind:
                    os.kill(os.getpid(), signal.SIGKILL)
                result = execute(sql, params, many, context)
                if asked[0] == statement:
                    os.kill(os.getpid(), signal.SIGKILL)
                return result

            with connection.execute_wrapper(strike):
                do()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def agree() -> None:
    """Ledger, history and state tell the same."""
    assert verify().fault is None
    assert Event.objects.filter(kind="batch.acted").count() == Act.objects.count()
    assert Event.objects.filter(kind="case.decided").count() == Decision.objects.count()
    for case in Case.objects.all():
        assert case.history.count() == case.version + 1
        assert case.step == case.batch.step


def test_an_act_that_is_killed_at_any_moment_is_done_once_when_it_is_sent_again(
    county: County, rounds: Rounds
) -> None:
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("the database of this run lives in one process")
    dice = random.Random(7)
    village, killed = county.areas["禾坪村"], 0
    for place in range(rounds(6, 100)):
        batch = roads.asked(county["clerk1"], village, f"road:{place}")
        do = request(county, batch, "clerk1", f"form-{place}")
        struck = killed_at(dice.randrange(1, 16), behind=dice.random() < 0.5, do=do)
        killed += struck
        before = Act.objects.filter(batch=batch).count()
        assert before == (0 if struck else 1)
        if place % 10 == 0:
            agree()
        outcome = do()  # the official sends the form again
        assert outcome.step == "look" and Act.objects.filter(batch=batch).count() == 1
    assert killed
    agree()


def test_a_form_that_is_sent_fifty_times_has_one_effect(county: County, rounds: Rounds) -> None:
    batch = roads.asked(county["clerk1"], county.areas["禾坪村"], "road:1", "road:2")
    do = request(county, batch, "clerk1", "one-form")
    answers = [do() for _copy in range(rounds(5, 50))]
    assert all(answer == answers[0] for answer in answers)
    batch.refresh_from_db()
    assert batch.acts.count() == 1 and batch.step == "look"
    agree()
