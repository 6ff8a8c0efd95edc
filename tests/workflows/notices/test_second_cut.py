"""A household that is cut twice before it was told learns of both cuts from one notice."""

from portal import clock
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.notices.models import HouseholdNotice

from ..county import OFFICIALS, make_batch


def test_a_second_cut_before_the_first_was_served_is_told_with_it(county: County) -> None:
    batch = make_batch(county, rows=1, until="check")
    reviewer = county[OFFICIALS.reviewer]
    case = play.active(batch)[0]
    first, second = case.amount_fen - 100_00, case.amount_fen - 200_00
    play.visit_all(batch, reviewer)
    play.check(batch, reviewer, {case.number: RowVerdict(Verdict.AGREE, "面积少了", {"amount_fen": first})})
    play.play(county, batch, OFFICIALS, "accept")
    changes = {"accepted_fen": second, "accepted_on": clock.today(), "acceptors": "沈知行、韩同行"}
    play.sign(batch, reviewer, rows={case.number: RowVerdict(Verdict.AGREE, "少建了一角", changes)})
    earlier, later = HouseholdNotice.objects.order_by("pk")
    assert earlier.voided_at is not None
    assert (later.before_fen, later.after_fen) == (case.amount_fen, second)
    assert "面积少了" in later.reason and "少建了一角" in later.reason
