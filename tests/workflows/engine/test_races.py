"""Two at once: one decision and one clear refusal, on connections of their own."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from disclosure.publicity.models import PublicList
from disclosure.publicity.services import answer, end_due_lists, lodge
from portal import clock
from portal.clock import jobs
from portal.ledger.verifier import verify
from portal.people.models import Line, Role, User
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.play import active, answers, sign
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Act, ActKind, Batch, Case, CaseState, Decision
from workflows.engine.services import act
from workflows.programmes.models import Budget
from workflows.programmes.services import committed_fen, file_application

from .. import roads
from ..county import budgeted, carry, make_batch, make_county

pytestmark = [
    pytest.mark.postgres(only=True),
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
Rounds = Callable[[int, int], int]


@pytest.fixture
def county(transactional_db: None) -> Iterator[County]:
    """Return a county that other connections see, with a second official in the seats that race."""
    made = make_county()
    build.make_official(made, "reviewer9", "温如言", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.ASSISTANCE)
    build.make_official(made, "head9", "尹望川", Role.TOWNSHIP_HEAD, "杉坞镇", Line.ALL)
    yield made


def at_once(*acts: Callable[[], Any]) -> list[tuple[str, Any]]:
    """Run the acts in threads that start together; return (kind, result) of each, kind an error's name."""
    barrier, said = Barrier(len(acts)), [("", None)] * len(acts)
    moment = clock.now()

    def run(place: int, do: Callable[[], Any]) -> None:
        try:
            with clock.travel(moment):
                barrier.wait()
                said[place] = ("done", do())
        except Exception as error:  # it must show in the assertion, not vanish with the thread
            said[place] = (type(error).__name__, str(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def signing(county: County, batch: Batch, by: str, verdict: Verdict, key: str = "") -> Callable[[], Any]:
    """Return the act of `by` on `batch` as it stands now."""
    actor, seen = User.objects.get(username=by), batch.version
    verdicts = {case.pk: RowVerdict(verdict, "看过了", {"urgency": "low"}) for case in active(batch)}
    return lambda: act(actor=actor, batch_id=batch.pk, seen_version=seen, verdicts=verdicts, key=key)


def waiting_roads(county: County, count: int) -> Batch:
    """Return a batch of roads before the township."""
    village = county.areas["禾坪村"]
    batch = roads.asked(county["clerk1"], village, *[f"road:{n}" for n in range(count)])
    sign(batch, county["clerk1"])
    return batch


@pytest.mark.postgres
def test_of_two_officials_who_decide_one_batch_at_once_one_decides(county: County, rounds: Rounds) -> None:
    for _round in range(rounds(5, 300)):
        batch = waiting_roads(county, 2)
        said = at_once(
            signing(county, batch, "reviewer1", Verdict.AGREE),
            signing(county, batch, "reviewer9", Verdict.REFUSE),
        )
        assert sorted(kind for kind, _result in said) == ["StaleCase", "done"]
        refusal = next(text for kind, text in said if kind == "StaleCase")
        winner = Act.objects.get(batch=batch, step="look")
        assert winner.actor is not None and winner.actor.display_name in refusal
        for case in Case.objects.filter(decisions__act=winner):
            assert case.decisions.filter(step="look").count() == 1
    assert verify().fault is None


def test_two_heads_who_approve_one_batch_at_once_commit_its_money_once(
    county: County, rounds: Rounds
) -> None:
    budgeted(county, 10**12)
    for place in range(rounds(2, 25)):
        batch = make_batch(county, rows=2, until="approve", first=1 + place * 2)
        said = at_once(
            signing(county, batch, "head1", Verdict.AGREE), signing(county, batch, "head9", Verdict.AGREE)
        )
        assert sorted(kind for kind, _result in said) == ["StaleCase", "done"]
        assert Decision.objects.filter(step="approve", case__batch=batch).count() == 2


@pytest.mark.postgres
def test_one_form_sent_twice_at_once_is_one_act_with_one_answer(county: County, rounds: Rounds) -> None:
    for place in range(rounds(5, 100)):
        batch = waiting_roads(county, 1)
        forms = [signing(county, batch, "reviewer1", Verdict.AGREE, f"form-{place}") for _copy in range(3)]
        said = at_once(*forms)
        assert [kind for kind, _result in said] == ["done"] * 3
        assert len({result.act_id for _kind, result in said}) == 1
        assert batch.acts.filter(step="look").count() == 1


def test_two_ticks_at_once_move_a_list_on_once(county: County, rounds: Rounds) -> None:
    for place in range(rounds(2, 25)):
        batch = make_batch(county, rows=2, until="publish", first=1 + place * 2)
        sign(batch, county["reviewer1"])
        with clock.travel(clock.now() + timedelta(days=30)):
            both = (jobs.run_due, jobs.run_due) if place % 2 else (end_due_lists, end_due_lists)
            said = at_once(*both)
        assert {kind for kind, _result in said} == {"done"}
        batch.refresh_from_db()
        assert (batch.step, batch.row_count) == ("approve", 2)
        assert batch.acts.filter(kind=ActKind.CLOCK).count() == 1
    assert verify().fault is None


def test_an_objection_that_is_upheld_while_the_list_ends_sends_its_row_back(
    county: County, rounds: Rounds
) -> None:
    office = county["reviewer1"].offices.select_related("area").get()
    for place in range(rounds(2, 25)):
        batch = make_batch(county, rows=2, until="publish", first=1 + place * 2)
        sign(batch, county["reviewer1"])
        running = PublicList.objects.get(number=batch.waits)
        objection = lodge(list_id=running.pk, row_id=running.rows.first().pk, text="这家没有建").objection

        def uphold(objection_id: int = objection.pk) -> None:
            answer(
                by=county["reviewer1"],
                office=office,
                objection_id=objection_id,
                outcome="upheld",
                findings="到现场看了，没有建",
                answer="您说得对。",
                investigators=["沈知行", "韩同行"],
            )

        with clock.travel(clock.now() + timedelta(days=30)):
            said = at_once(uphold, end_due_lists)
            end_due_lists()  # a tick leaves a list alone that somebody is at; the next one ends it
        assert {kind for kind, _result in said} == {"done"}, said
        steps = Case.objects.filter(number__in=[row.subject[5:] for row in running.rows.all()])
        assert sorted(steps.values_list("step", flat=True)) == ["approve", "check"]


def test_approvals_that_race_for_the_last_of_the_budget_never_exceed_it(
    county: County, rounds: Rounds
) -> None:
    villages = [("禾坪村", "1"), ("竹坞村", "2")]
    for place in range(rounds(1, 10)):
        batches = []
        for village, number in villages:
            home = build.make_household(county, village, 1 + place * 2 + int(number), f"clerk{number}")
            assert county.programme is not None
            case = file_application(
                by=county[f"clerk{number}"],
                programme=county.programme,
                household=home,
                answers={**answers(1), "invested_fen": 500_000},
            )
            batch = Batch.objects.get(pk=case.batch_id)
            carry_village(county, batch, number)
            batches.append(batch)
        budget = Budget.objects.get()
        budgeted(county, committed_fen(budget) + 450_000)  # enough for one of the two
        said = at_once(
            signing(county, batches[0], "head1", Verdict.AGREE),
            signing(county, batches[1], "head9", Verdict.AGREE),
        )
        assert sorted(kind for kind, _result in said) == ["NothingSigned", "done"], said
        budget.refresh_from_db()
        assert committed_fen(budget) <= budget.total_fen
        Case.objects.filter(step="approve").update(state=CaseState.WITHDRAWN)


def test_many_approvals_that_race_for_the_last_of_the_budget_approve_exactly_what_fits(
    county: County, rounds: Rounds
) -> None:
    count = rounds(5, 50)
    batches = [make_batch(county, rows=1, until="approve", first=1 + place) for place in range(count)]
    amounts = sorted(batch.amount_fen for batch in batches)
    budget = Budget.objects.get()
    # Enough for about a third of them, whichever come first.
    budgeted(county, committed_fen(budget) + sum(amounts) // 3)
    heads = ("head1", "head9")
    said = at_once(
        *[signing(county, batch, heads[place % 2], Verdict.AGREE) for place, batch in enumerate(batches)]
    )
    assert {kind for kind, _result in said} == {"done", "NothingSigned"}, said
    budget.refresh_from_db()
    left = budget.total_fen - committed_fen(budget)
    ends = [(batch.amount_fen, kind) for batch, (kind, _result) in zip(batches, said, strict=True)]
    refused = [amount for amount, kind in ends if kind != "done"]
    assert left >= 0 and all(amount > left for amount in refused)  # nothing that fits was turned away
    approved = sum(
        batch.amount_fen for batch, (kind, _r) in zip(batches, said, strict=True) if kind == "done"
    )
    assert committed_fen(budget) == approved
    assert verify().fault is None


def carry_village(county: County, batch: Batch, number: str) -> None:
    """Carry a batch of any village to its approval."""
    from workflows.demo.play import Officials

    officials = Officials(f"clerk{number}", f"helper{number}", "reviewer1", "head1")
    carry(county, batch, "approve", officials)


def test_two_clerks_who_file_at_once_fill_one_batch_and_take_two_numbers(
    county: County, rounds: Rounds
) -> None:
    village = county.areas["禾坪村"]
    for place in range(rounds(3, 50)):
        filings = [
            lambda by=by, subject=f"road:{place}": roads.ask(  # type: ignore[misc]
                User.objects.get(username=by), village, subject
            )
            for by in ("clerk1", "grid1", "clerk1", "grid1")
        ]
        said = at_once(*filings)
        assert {kind for kind, _result in said} == {"done"}, said
        cases = [result for _kind, result in said]
        assert len({case.number for case in cases}) == 4 and len({case.batch_id for case in cases}) == 1
        batch = Batch.objects.get(pk=cases[0].batch_id)
        assert batch.row_count == 4
        sign(batch, county["clerk1"])  # the next round opens a batch anew


def test_two_clerks_who_file_for_one_household_at_once_make_one_application(
    county: County, rounds: Rounds
) -> None:
    assert county.programme is not None
    programme = county.programme
    for place in range(rounds(3, 50)):
        home = build.make_household(county, "禾坪村", place + 1, "clerk1")
        filings = [
            lambda by=by, home=home: file_application(  # type: ignore[misc]
                by=User.objects.get(username=by), programme=programme, household=home, answers=answers(1)
            )
            for by in ("clerk1", "helper1")
        ]
        said = at_once(*filings)
        assert sorted(kind for kind, _result in said) == ["ProgrammeRefused", "done"], said
        assert home.applications.count() == 1


def test_one_takes_back_while_the_next_level_acts_and_only_one_of_them_does(
    county: County, rounds: Rounds
) -> None:
    for _round in range(rounds(5, 100)):
        batch = waiting_roads(county, 1)
        clerk, seen = county["clerk1"], batch.version

        def take_back(batch_id: int = batch.pk, seen: int = seen, clerk: User = clerk) -> Any:
            return act(
                actor=clerk, batch_id=batch_id, seen_version=seen, kind=ActKind.TAKE_BACK, opinion="漏了"
            )

        said = at_once(take_back, signing(county, batch, "reviewer1", Verdict.AGREE))
        assert sorted(kind for kind, _result in said) == ["StaleCase", "done"], said
        batch.refresh_from_db()
        if batch.step == "ask":
            sign(
                batch,
                county["clerk1"],
                rows={active(batch)[0].number: RowVerdict(Verdict.WITHDRAW, "不修了")},
            )
