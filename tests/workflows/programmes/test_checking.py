"""The township checks each row: a visit by two people first, and never more than the village reported."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from disclosure.publicity.models import ListRow, PublicList
from portal import clock
from portal.files.models import PrivateFile
from workflows.demo.build import DEFINITION, County
from workflows.demo.play import active, check, photo, sign, visit_all
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.errors import NothingSigned
from workflows.engine.models import Batch, Case
from workflows.programmes.models import Visit
from workflows.programmes.visits import VisitRefused, must_visit, record_visit

from ..county import make_batch


def visit(county: County, case: Case, **changed: object) -> Visit:
    """Record a visit of which `changed` are other than usual."""
    usual = {
        "by": county["reviewer1"],
        "case": case,
        "visited_on": clock.today(),
        "first_visitor": "沈知行",
        "second_visitor": "韩同行",
        "note": "圈舍已经建成，羊20只。",
        "photos": [photo("圈舍")],
    }
    return record_visit(**{**usual, **changed})  # type: ignore[arg-type]


def test_a_row_is_not_checked_before_two_people_were_there(county: County) -> None:
    batch = make_batch(county, rows=2, until="check")
    visited = active(batch)[0]
    visit(county, visited)
    outcome = check(batch, county["reviewer1"])
    assert [row["case"] for row in outcome.failed] == [
        case.number for case in Case.objects.exclude(pk=visited.pk)
    ]
    assert "两个人" in outcome.failed[0]["message"] and batch.row_count == 1


def test_a_row_is_not_refused_unseen_either(county: County) -> None:
    batch = make_batch(county, rows=1, until="check")
    with pytest.raises(NothingSigned, match="入户"):
        check(batch, county["reviewer1"], {active(batch)[0].number: RowVerdict(Verdict.REFUSE, "没有建")})


def test_a_row_may_go_back_without_a_visit(county: County) -> None:
    batch = make_batch(county, rows=1, until="check")
    check(batch, county["reviewer1"], {active(batch)[0].number: RowVerdict(Verdict.RETURN, "少一张表")})
    assert batch.step == "file"


@pytest.mark.parametrize(
    "changed",
    [
        {"second_visitor": " 沈知行 "},
        {"second_visitor": ""},
        {"note": " "},
        {"photos": []},
        {"visited_on": "tomorrow"},
        {"visited_on": "last year"},
    ],
)
def test_a_visit_needs_two_people_a_note_a_photo_and_a_day_that_can_be(
    county: County, changed: dict[str, object]
) -> None:
    days = {"tomorrow": clock.today() + timedelta(days=1), "last year": clock.today() - timedelta(days=365)}
    if "visited_on" in changed:
        changed = {"visited_on": days[str(changed["visited_on"])]}
    batch = make_batch(county, rows=1, until="check")
    with pytest.raises(VisitRefused):
        visit(county, active(batch)[0], **changed)
    assert (
        not Visit.objects.exists() and not PrivateFile.objects.filter(reference__startswith="visit").exists()
    )


def test_who_applies_at_half_past_midnight_was_not_visited_the_evening_before(county: County) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with clock.travel(timezone.make_aware(datetime.combine(tomorrow, time(0, 30)))):
        case = active(make_batch(county, rows=1, until="check"))[0]
        with pytest.raises(VisitRefused, match="入户日期要在申报之后、今天之前"):
            visit(county, case, visited_on=tomorrow - timedelta(days=1))
        visit(county, case, visited_on=tomorrow)
    assert Visit.objects.get().visited_on == tomorrow


@pytest.mark.parametrize("stranger", ["clerk1", "reviewer2", "head1", "supervisor"])
def test_only_the_townships_or_countys_reviewer_records_a_visit(county: County, stranger: str) -> None:
    batch = make_batch(county, rows=1, until="check")
    with pytest.raises(VisitRefused):
        visit(county, active(batch)[0], by=county[stranger])


def test_a_checked_amount_is_never_above_the_villages_and_a_lower_one_has_a_reason(county: County) -> None:
    batch = make_batch(county, rows=3, until="check")
    visit_all(batch, county["reviewer1"])
    more, silent, lower = active(batch)
    outcome = check(
        batch,
        county["reviewer1"],
        {
            more.number: RowVerdict(changes={"amount_fen": more.amount_fen + 1}),
            silent.number: RowVerdict(changes={"amount_fen": silent.amount_fen - 1}),
            lower.number: RowVerdict(reason="圈舍小了", changes={"amount_fen": lower.amount_fen - 10_000}),
        },
    )
    said = {row["case"]: row["message"] for row in outcome.failed}
    assert "不能比村里报的" in said[more.number] and "为什么少" in said[silent.number]
    assert batch.row_count == 1 and batch.amount_fen == lower.amount_fen - 10_000


@pytest.mark.parametrize("amount", [0, -5, True, "4800", None, 12.5])
def test_an_amount_that_is_no_amount_is_barred(county: County, amount: object) -> None:
    batch = make_batch(county, rows=1, until="check")
    visit_all(batch, county["reviewer1"])
    with pytest.raises(NothingSigned):
        check(
            batch, county["reviewer1"], {active(batch)[0].number: RowVerdict(changes={"amount_fen": amount})}
        )


def test_a_reduced_amount_shows_on_the_list_as_reduced(county: County) -> None:
    batch = make_batch(county, rows=2, until="check")
    visit_all(batch, county["reviewer1"])
    case = active(batch)[0]
    lower = RowVerdict(reason="圈舍小了", changes={"amount_fen": case.amount_fen - 30_000})
    check(batch, county["reviewer1"], {case.number: lower})
    sign(batch, county["reviewer1"])
    row = ListRow.objects.get(list__number=batch.waits, subject=f"case:{case.number}")
    assert (row.amount_fen, row.shown["reduced_fen"]) == (case.amount_fen - 30_000, 30_000)
    assert "圈舍小了" not in str(row.shown)  # the reason is the household's, on its notice
    assert PublicList.objects.get(number=batch.waits).total_fen == batch.amount_fen


def test_whom_to_visit_is_a_rule_of_the_programme(county: County) -> None:
    batch = make_batch(county, rows=3, until="check")
    cases = active(batch)
    assert all(must_visit({"mode": "all"}, case) for case in cases)
    over = {"mode": "risk", "over_fen": cases[1].requested_fen}
    assert [must_visit(over, case) for case in cases] == [
        case.requested_fen >= cases[1].requested_fen for case in cases
    ]
    for case in cases:
        assert must_visit({"mode": "sample", "percent": 100}, case)
        assert not must_visit({"mode": "sample", "percent": 0}, case)
    numbers = [Case(number=f"990101101201{n:09d}", batch=batch) for n in range(400)]
    picked = [must_visit({"mode": "sample", "percent": 20}, case) for case in numbers]
    assert picked == [must_visit({"mode": "sample", "percent": 20}, case) for case in numbers]
    assert 40 < sum(picked) < 120
    assert DEFINITION["visit"] == {"mode": "all"}


def sent_back_to_the_check(county: County) -> tuple[Batch, Case]:
    """Return a batch of one that its head sent back to the check, visited again, and its case."""
    batch = make_batch(county, rows=1, until="approve")
    case = active(batch)[0]
    no = RowVerdict(Verdict.RETURN, "再看一次圈舍", to_step="check")
    sign(batch, county["head1"], rows={case.number: no})
    visit_all(batch, county["reviewer1"])
    return batch, case


@pytest.mark.parametrize(("less_fen", "step"), [(0, "approve"), (10_000, "publish")])
def test_straight_back_is_for_the_amount_that_was_published_and_no_other(
    county: County, less_fen: int, step: str
) -> None:
    batch, case = sent_back_to_the_check(county)
    said = RowVerdict(
        Verdict.AGREE, "少建一圈", changes={"amount_fen": case.amount_fen - less_fen}, straight=True
    )
    outcome = sign(batch, county["reviewer1"], rows={case.number: said})
    case.refresh_from_db()
    # A lower one goes by the list again: the village has not read it (design.md rule 5).
    assert case.step == step
    assert ("直送" in outcome.rows[0]["message"]) and ("金额" in outcome.rows[0]["message"]) == bool(less_fen)
