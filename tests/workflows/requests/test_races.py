"""Two ticks at once: what lies is told of once."""

import threading

import pytest
from django.db import connection

from portal import clock
from portal.ledger.models import Event
from workflows.requests import reminding

from ..county import make_county
from .conftest import ask
from .test_deadlines import late, steps


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_ticks_at_once_tell_each_thing_once() -> None:
    county = make_county()
    request = ask(county).request
    moment = late(request, 1)
    failures: list[Exception] = []

    def tick() -> None:
        try:
            with clock.travel(moment):
                reminding.remind_due()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    ticks = [threading.Thread(target=tick) for _ in range(2)]
    for one in ticks:
        one.start()
    for one in ticks:
        one.join()
    assert not failures
    assert sorted(steps(request)) == [("escalated", 1), ("received", 0), ("red", 0)]
    assert Event.objects.filter(object_type="request").count() == 3
