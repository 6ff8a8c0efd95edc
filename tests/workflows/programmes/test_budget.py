"""The year's budget is never exceeded, and the county decides above a threshold where it wants to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.configuration.services import confirm, propose
from workflows.demo.build import YEARLY_BUDGET_FEN, County
from workflows.demo.play import active, check, sign, visit_all
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import NothingSigned
from workflows.engine.models import Batch, CaseState
from workflows.notices.models import HouseholdNotice, NoticeKind
from workflows.programmes.keys import COUNTY_THRESHOLD
from workflows.programmes.models import Application, Budget
from workflows.programmes.services import ProgrammeRefused, committed_fen, set_budget

from ..county import carry, make_batch


def budget(county: County, total_fen: int, by: str = "county") -> Budget:
    """Set this year's budget of the programme."""
    assert county.programme is not None
    return set_budget(
        by=county[by],
        programme=county.programme,
        year=clock.today().year,
        total_fen=total_fen,
        source="衔接资金",
    )


def threshold(county: County, fen: int) -> None:
    """Let the county decide from `fen` on, proposed by one person and confirmed by another."""
    proposed = propose(
        by=county["county"],
        key=COUNTY_THRESHOLD,
        area=county.areas["枫禾县"],
        value=fen,
        valid_from=clock.today(),
        source="县里规定",
    )
    confirm(by=county["countyhead"], setting=proposed)


def test_what_the_budget_does_not_cover_is_barred_and_the_others_go_on(county: County) -> None:
    batch = make_batch(county, rows=3, until="approve")
    first, second, third = active(batch)
    budget(county, first.amount_fen + third.amount_fen)
    assert second.amount_fen > third.amount_fen or second.amount_fen > 0
    outcome = sign(batch, county["head1"])
    approved = {row["case"] for row in outcome.rows if row["result"] == "agree"}
    assert len(approved) < 3 and all("预算只剩" in row["message"] for row in outcome.failed)
    assert committed_fen(Budget.objects.get()) <= first.amount_fen + third.amount_fen
    left = Batch.objects.get(number=outcome.split[0])
    assert (batch.step, left.step) == ("record", "approve")


def test_the_budget_is_asked_once_for_all_rows(county: County) -> None:
    asked = []
    for rows, first in ((2, 1), (6, 11)):
        batch = make_batch(county, rows=rows, until="approve", first=first)
        with CaptureQueriesContext(connection) as seen:
            sign(batch, county["head1"])
        asked.append(sum("SUM(" in one["sql"] for one in seen.captured_queries))
    assert asked == [1, 1]


def test_nothing_is_approved_without_a_budget(county: County) -> None:
    Budget.objects.all().delete()
    batch = make_batch(county, rows=1, until="approve")
    with pytest.raises(NothingSigned, match="还没有下达预算"):
        sign(batch, county["head1"])


def test_a_budget_is_not_set_below_what_is_committed(county: County) -> None:
    batch = make_batch(county, rows=2, until="record")
    with pytest.raises(ProgrammeRefused, match="不能少于"):
        budget(county, batch.amount_fen - 1)
    assert budget(county, batch.amount_fen).total_fen == batch.amount_fen
    assert Budget.objects.count() == 1


@pytest.mark.parametrize("other", ["reviewer1", "finance", "sysadmin", "supervisor"])
def test_only_the_countys_office_of_the_line_sets_the_budget(county: County, other: str) -> None:
    with pytest.raises(ProgrammeRefused):
        budget(county, 1, by=other)


def test_what_is_refused_or_withdrawn_later_frees_the_budget(county: County) -> None:
    batch = make_batch(county, rows=2, until="start")
    number = active(batch)[0].number
    before = committed_fen(Budget.objects.get())
    sign(
        batch,
        county["helper1"],
        changes={"started_on": clock.today()},
        rows={number: RowVerdict(Verdict.WITHDRAW, "不建了")},
    )
    assert committed_fen(Budget.objects.get()) == batch.amount_fen < before


def test_what_is_accepted_at_less_frees_the_rest(county: County) -> None:
    batch = make_batch(county, rows=1, until="accept")
    lower = RowVerdict(
        reason="少建了一间",
        changes={"accepted_fen": 100_000, "accepted_on": clock.today(), "acceptors": "沈知行、韩同行"},
    )
    sign(batch, county["reviewer1"], rows={active(batch)[0].number: lower})
    assert committed_fen(Budget.objects.get()) == 100_000
    assert HouseholdNotice.objects.get().kind == NoticeKind.REDUCED


def test_the_county_decides_nothing_unless_it_sets_a_threshold(county: County) -> None:
    assert make_batch(county, rows=1, until="record").step == "record"


def test_from_the_threshold_on_the_county_decides_and_the_others_go_past_it(county: County) -> None:
    batch = make_batch(county, rows=3, until="approve")
    most = max(case.amount_fen for case in active(batch))
    threshold(county, most)
    outcome = sign(batch, county["head1"])
    parts = {part.step: part for part in [batch, *Batch.objects.filter(number__in=outcome.split)]}
    assert set(parts) == {"record", "county_decide"}
    assert all(case.amount_fen >= most for case in active(parts["county_decide"]))
    sign(parts["county_decide"], county["countyhead"])
    assert parts["county_decide"].step == "record"


def test_what_the_county_refuses_is_closed_with_a_notice_and_frees_the_budget(county: County) -> None:
    threshold(county, 1)
    batch = make_batch(county, rows=1, until="county_decide")
    assert batch.step == "county_decide"
    sign(batch, county["countyhead"], rows={active(batch)[0].number: RowVerdict(Verdict.REFUSE, "重复立项")})
    assert batch.cases.get().state == CaseState.REFUSED
    assert HouseholdNotice.objects.get().kind == NoticeKind.REFUSED
    assert committed_fen(Budget.objects.get()) == 0


def test_what_the_county_returns_frees_the_budget_and_may_take_it_again(county: County) -> None:
    threshold(county, 1)
    batch = make_batch(county, rows=1, until="county_decide")
    budget(county, batch.amount_fen)
    sign(batch, county["countyhead"], rows={active(batch)[0].number: RowVerdict(Verdict.RETURN, "再核面积")})
    application = Application.objects.get()
    assert (application.budget, application.approved_fen) == (None, None)
    assert committed_fen(Budget.objects.get()) == 0
    visit_all(batch, county["reviewer1"])
    check(batch, county["reviewer1"])
    sign(batch, county["reviewer1"])
    carry_past_the_list(batch)
    sign(batch, county["head1"])
    assert committed_fen(Budget.objects.get()) == batch.amount_fen


def carry_past_the_list(batch: Batch) -> None:
    """Let the list of `batch` run out."""
    from datetime import timedelta

    from disclosure.publicity.services import end_due_lists

    with clock.travel(clock.now() + timedelta(days=30)):
        end_due_lists()
    batch.refresh_from_db()


def test_the_whole_years_budget_is_spent_to_the_last_fen_and_no_further(county: County) -> None:
    batch = make_batch(county, rows=6, until="approve")
    budget(county, batch.amount_fen - 1)
    outcome = sign(batch, county["head1"])
    assert len(outcome.failed) == 1
    budget(county, YEARLY_BUDGET_FEN)
    rest = Batch.objects.get(number=outcome.split[0])
    carry(county, rest, "record")
    assert rest.step == "record"
