"""Tickets opened at one place at once, on connections of their own: each has a number of its own."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.ledger.models import Event
from portal.people.models import Line, Role
from workflows.demo import build
from workflows.rectification.models import Ticket

from ..county import make_county
from ..engine.test_races import at_once
from .conftest import opened


@pytest.mark.postgres(only=True)
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_tickets_opened_at_once_are_numbered_one_after_the_other() -> None:
    county = make_county()
    names = ["supervisor", "watch2", "watch3", "watch4"]
    for name in names[1:]:
        build.make_official(county, name, "廉如水", Role.SUPERVISOR, "枫禾县", Line.ALL)

    def by(name: str) -> Callable[[], Any]:
        who = county[name]
        return lambda: opened(county, by=who).number

    said = at_once(*map(by, names))
    assert [kind for kind, _number in said] == ["done"] * 4, said
    numbers = sorted(Ticket.objects.values_list("number", flat=True))
    assert [number[-5:] for number in numbers] == ["Z0001", "Z0002", "Z0003", "Z0004"]
    told = Event.objects.filter(kind="rectification.opened").values_list("object_id", flat=True)
    assert sorted(told) == numbers
