"""月结: a month's work of a person's area on one page."""

from collections.abc import Iterator

import pytest

from portal import clock
from portal.areas.models import Area
from workflows.demo import play
from workflows.demo.build import County
from workflows.desk import month_end
from workflows.engine.models import Batch

from .. import wells
from ..county import SIBLING, VILLAGE, make_batch, two_must_approve
from .conftest import SignIn
from .test_queries import ABOVE_EMPTY, empty, more_batches, more_rows, no_recheck, same  # noqa: F401

MONTH = "/admin/desk/month/"


@pytest.fixture
def played(county: County) -> Iterator[tuple[Batch, Batch]]:
    """Return a batch that was paid and one that waits for the township."""
    yield make_batch(county, rows=2, until="announce"), make_batch(county, rows=3, until="check", first=5)


def test_a_month_tells_what_was_filed_decided_published_paid_and_what_is_open(
    county: County, sign_in: SignIn, played: tuple[Batch, Batch]
) -> None:
    done, running = played
    month = month_end.gather(county["county"], clock.today().replace(day=1))
    assert (month.filed.count, month.approved.count, month.paid.count) == (5, 2, 2)
    assert month.paid.fen == sum(case.payment.amount_fen for case in done.cases.all())
    assert {one.batch for one in month.open} == {done, running}
    assert sum(month.lights.values()) == 2
    assert [(one.name, one.filed.count, one.open) for one in month.villages] == [(VILLAGE, 5, 5)]
    assert {one.kind for one in month.lists} == {"resolution", "application"}
    shown = sign_in("county").get(MONTH).content.decode()
    assert running.number in shown and "各村" in shown


def test_a_countersigned_case_is_approved_once_and_not_before_the_last_signature(county: County) -> None:
    wells.make_heads(county)
    two_must_approve(county)
    batch = make_batch(county, 2, until="approve")
    counts = []
    for head in ("head1", "head8"):
        play.sign(batch, county[head])
        counts.append(month_end.gather(county["county"], clock.today().replace(day=1)).approved.count)
    assert counts == [0, 2]


def test_a_month_holds_the_persons_own_area_alone(
    county: County, sign_in: SignIn, played: tuple[Batch, Batch]
) -> None:
    first = clock.today().replace(day=1)
    assert month_end.gather(county["clerk1"], first).filed.count == 5
    for other in ("clerk2", "clerk8"):
        month = month_end.gather(county[other], first)
        assert (month.filed.count, month.open, month.lists) == (0, [], [])
    village = Area.objects.get(name=VILLAGE)
    assert sign_in("clerk1").get(MONTH, {"area": village.code}).status_code == 200
    sibling = Area.objects.get(name=SIBLING)
    assert sign_in("clerk1").get(MONTH, {"area": sibling.code}).status_code == 404


def test_a_month_that_was_not_or_cannot_be_read_is_this_one(county: County, sign_in: SignIn) -> None:
    this = clock.today().replace(day=1)
    for text in ("", "x", "2026-13", "9999-01", "0001-01", "2026-1\x00"):
        assert month_end.month_of(text) == this
    assert month_end.month_of("2025-03").isoformat() == "2025-03-01"
    assert month_end.gather(county["county"], month_end.before(this)).filed.count == 0


def test_a_month_takes_the_same_queries_at_any_length(
    county: County,
    sign_in: SignIn,
    empty: int,  # noqa: F811
) -> None:
    batch = make_batch(county, rows=1, until="check")

    def grow(count: int) -> None:
        more_batches(batch, count)
        more_rows(batch, count)

    same(sign_in("reviewer1"), MONTH, grow, empty + ABOVE_EMPTY)
