"""A batch on its whole way, from filing to the second publication."""

import pytest

from disclosure.publicity.models import ListKind, PublicList
from workflows.demo.build import County
from workflows.engine.models import BatchState, CaseState

from ..county import make_batch


@pytest.mark.parametrize(
    "step",
    ["file", "deliberate", "check", "publish", "approve", "record", "start", "accept", "pay", "announce"],
)
def test_a_batch_comes_to_every_step(county: County, step: str) -> None:
    batch = make_batch(county, rows=2, until=step)
    assert batch.step == step
    assert batch.state == BatchState.OPEN


def test_a_batch_ends_paid_and_published_three_times(county: County) -> None:
    batch = make_batch(county, rows=3, until="end")
    assert batch.state == BatchState.CLOSED
    assert {case.state for case in batch.cases.all()} == {CaseState.DONE}
    assert list(PublicList.objects.order_by("pk").values_list("kind", flat=True)) == [
        ListKind.RESOLUTION,
        ListKind.APPLICATION,
        ListKind.RESULT,
    ]
    assert all(case.payment.amount_fen == case.amount_fen for case in batch.cases.all())
