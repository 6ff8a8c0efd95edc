"""A return goes to any completed step; straight back only while what was vouched for is unchanged."""

import pytest

from workflows.demo.build import County
from workflows.demo.play import active, sign
from workflows.engine import rounds
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import NothingSigned
from workflows.engine.models import Batch

from .. import wells
from ..wells import FEN


@pytest.fixture
def heads(county: County) -> County:
    wells.make_heads(county)
    return county


def returned(heads: County, to_step: str) -> Batch:
    """Return a batch that the county sent back to `to_step`."""
    batch = wells.at(heads, "county")
    number = active(batch)[0].number
    sign(batch, heads["countyhead"], rows={number: RowVerdict(Verdict.RETURN, "再看", to_step=to_step)})
    assert batch.step == to_step
    return batch


def may_return_to(batch: Batch, step: str) -> list[str]:
    """Return the keys of the steps to which `step` may return the batch's one row."""
    way = next(iter(rounds.ways(wells.WELLS, active(batch)).values()))
    return [one.key for one in rounds.may_return_to(wells.WELLS, wells.WELLS.step(step), way)]


def straight(batch: Batch, changes: dict | None = None) -> dict[str, RowVerdict]:
    number = active(batch)[0].number
    return {number: RowVerdict(Verdict.AGREE, changes=changes or {}, straight=True)}


def test_the_official_chooses_among_the_steps_that_were_completed(heads: County) -> None:
    batch = wells.at(heads, "decide")
    assert may_return_to(batch, "decide") == ["ask", "look"]
    number = active(batch)[0].number
    sign(batch, heads["head1"], rows={number: RowVerdict(Verdict.RETURN, "重报", to_step="ask")})
    assert (batch.step, batch.round) == ("ask", 2)
    sign(batch, heads["clerk1"])
    assert batch.step == "look"  # what follows is done again


def test_nothing_returns_to_a_step_that_was_not_completed(heads: County) -> None:
    batch = wells.at(heads, "look")
    number = active(batch)[0].number
    with pytest.raises(NothingSigned, match=r"没有办过那个环节.*村里提出"):
        sign(batch, heads["reviewer1"], rows={number: RowVerdict(Verdict.RETURN, "再看", to_step="county")})


def test_what_is_unchanged_goes_straight_back_to_who_returned_it(heads: County) -> None:
    batch = returned(heads, "ask")
    outcome = sign(batch, heads["clerk1"], rows=straight(batch))
    assert batch.step == "county" and "直送县级审批" in outcome.rows[0]["message"]
    # The levels between stand: the county may return to them again.
    assert may_return_to(batch, "county") == ["ask", "look", "decide"]


def test_what_was_changed_goes_the_whole_way_and_says_why(heads: County) -> None:
    batch = returned(heads, "ask")
    wells.depths[active(batch)[0].number] = 40
    outcome = sign(batch, heads["clerk1"], rows=straight(batch))
    assert batch.step == "look" and "核过的申报内容改过了" in outcome.rows[0]["message"]


def test_a_changed_amount_goes_the_whole_way(heads: County) -> None:
    batch = returned(heads, "look")
    case = active(batch)[0]
    case.amount_fen = 250_000
    case.save()
    outcome = sign(batch, heads["reviewer1"], rows=straight(batch))
    assert batch.step == "decide" and "金额" in outcome.rows[0]["message"]


def test_what_was_not_returned_is_not_sent_straight(heads: County) -> None:
    batch = wells.ask(heads["clerk1"], heads.areas["禾坪村"], "well:9")
    outcome = sign(batch, heads["clerk1"], rows=straight(batch))
    assert batch.step == "look" and "不是退回来的" in outcome.rows[0]["message"]
    sign(batch, heads["reviewer1"])
    sign(batch, heads["head1"], changes=FEN)
