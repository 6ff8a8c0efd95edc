"""What holds whatever officials do, in whatever order: random acts by random people on random batches."""

from collections import defaultdict
from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.models import Count, Sum

from portal.ledger.models import Event
from portal.ledger.verifier import verify
from workflows.demo.build import County
from workflows.engine.authority import SUPERIOR
from workflows.engine.catalogue import flow
from workflows.engine.definitions import Step, StepKind, Verdict
from workflows.engine.models import Act, ActKind, Batch, BatchState, Case, CaseState, Decision
from workflows.money.models import Payment
from workflows.programmes.models import Application, Budget
from workflows.programmes.services import committed_fen

from ..county import budgeted
from .wanderer import Wanderer


def each_open_case_is_in_one_open_batch_that_counts_it() -> None:
    sums = (
        Case.objects.filter(state=CaseState.ACTIVE)
        .values("batch")
        .annotate(n=Count("pk"), fen=Sum("amount_fen"))
    )
    counted = {row["batch"]: (row["n"], row["fen"]) for row in sums}
    for batch in Batch.objects.all():
        if batch.state == BatchState.CLOSED:
            assert batch.pk not in counted and not batch.pending and not batch.waits and batch.closed_at
        else:
            assert counted.pop(batch.pk) == (batch.row_count, batch.amount_fen), batch.number
            assert bool(batch.pending) != bool(batch.waits), batch.number
    assert not counted
    astray = Case.objects.filter(state=CaseState.ACTIVE).select_related("batch")
    assert [case.number for case in astray if case.step != case.batch.step] == []


def every_act_is_in_the_ledger_and_in_history() -> None:
    assert Event.objects.filter(kind="batch.acted").count() == Act.objects.count()
    assert Event.objects.filter(kind="case.decided").count() == Decision.objects.count()
    assert Event.objects.filter(kind="payment.recorded").count() == Payment.objects.count()
    past = dict(Case.history.values_list("id").annotate(n=Count("history_id")).order_by())
    for case in Case.objects.all():
        assert past[case.pk] == case.version + 1, case.number
    for batch in Batch.objects.annotate(done=Count("acts")):
        assert batch.version >= batch.done


def no_step_passed_without_those_whose_step_it_is() -> None:
    roles = dict(Act.objects.values_list("pk", "role"))
    by_case: dict[int, list[Decision]] = defaultdict(list)
    for decision in Decision.objects.order_by("pk").select_related("act"):
        by_case[decision.case_id].append(decision)
    for case in Case.objects.filter(state__in=[CaseState.ACTIVE, CaseState.DONE]):
        steps = flow(case.flow_key, case.flow_version)
        agreed: dict[str, list[str]] = defaultdict(list)
        before = agreed
        for decision in by_case[case.pk]:
            if decision.verdict == Verdict.AGREE:
                before = defaultdict(list, {key: list(roles_) for key, roles_ in agreed.items()})
                agreed[decision.step].append(roles[decision.act_id])
            elif decision.act.kind == ActKind.TAKE_BACK:
                agreed = before
            elif decision.verdict == Verdict.RETURN:
                before = defaultdict(list, {key: list(roles_) for key, roles_ in agreed.items()})
                for step in steps.steps[steps.position(decision.to_step) :]:
                    agreed.pop(step.key, None)
        place = len(steps.steps) if case.state == CaseState.DONE else steps.position(case.step)
        for step in steps.steps[:place]:
            if not step.optional:
                assert _sat(step, agreed[step.key]), (case.number, step.key, agreed)


def _sat(step: Step, roles: list[str]) -> bool:
    """Tell whether the roles that agreed are those that the step asks for."""
    seats = {seat.role.value for seat in step.seats}
    above = {SUPERIOR[seat.role].value for seat in step.seats if seat.role in SUPERIOR}
    if step.kind == StepKind.DELIBERATE:
        return len(roles) >= 4 and set(roles) <= seats
    if step.kind == StepKind.PUBLISH:
        return roles[-1:] == [""] and len(roles) >= 2  # somebody published it, and the clock ran out
    if step.each_seat:
        return seats <= set(roles)
    return bool(set(roles) & (seats | above))


def nobody_acted_at_two_levels_or_judged_twice() -> None:
    levels: dict[tuple[int, int], set[str]] = defaultdict(set)
    judged: dict[tuple[int, int], set[str]] = defaultdict(set)
    for decision in Decision.objects.exclude(actor=None).select_related("act"):
        if decision.act.kind == ActKind.SEND_BACK:
            continue  # an answer to an objection decides on the objection
        levels[decision.actor_id, decision.case_id].add(decision.level)
        if decision.judging:
            judged[decision.actor_id, decision.case_id].add(decision.step)
    assert all(len(found) == 1 for found in levels.values())
    assert all(len(found) == 1 for found in judged.values())


def money_only_shrinks_and_the_budget_holds() -> None:
    for budget in Budget.objects.all():
        assert committed_fen(budget) <= budget.total_fen
    for application in Application.objects.select_related("case__payment"):
        paid = getattr(application.case, "payment", None)
        if paid:
            assert application.accepted_fen is not None and application.approved_fen is not None
            assert paid.amount_fen == application.case.amount_fen <= application.accepted_fen
            assert application.accepted_fen <= application.approved_fen <= application.requested_fen
        assert application.case.amount_fen <= application.requested_fen


INVARIANTS = [
    each_open_case_is_in_one_open_batch_that_counts_it,
    every_act_is_in_the_ledger_and_in_history,
    no_step_passed_without_those_whose_step_it_is,
    nobody_acted_at_two_levels_or_judged_twice,
    money_only_shrinks_and_the_budget_holds,
]


@pytest.mark.proof
def test_what_must_hold_holds_after_random_acts_of_random_people(
    county: County, rounds: Callable[[int, int], int]
) -> None:
    reached: dict[str, int] = defaultdict(int)
    seeds = rounds(3, 60)
    for seed in range(seeds):
        with transaction.atomic():
            wanderer = Wanderer(county, seed)
            if seed % 2:
                wanderer.relate()
                budgeted(county, 1_000_000)
            for number in range(240):
                wanderer.step()
                if number % 20 == 19:
                    for holds in INVARIANTS:
                        try:
                            holds()
                        except AssertionError as broken:
                            raise AssertionError(f"seed {seed}, act {number}") from broken
            assert verify().fault is None, seed
            for state, count in Case.objects.values_list("state").annotate(n=Count("pk")):
                reached[state] += count
            for kind, count in Act.objects.values_list("kind").annotate(n=Count("pk")):
                reached[kind] += count
            for name, count in wanderer.done.items():
                reached[name] += count
            transaction.set_rollback(True)
    # The wandering went far enough to mean something.
    rarely = ["done", "refused", "withdrawn", "take_back", "send_back", "NothingSigned"] if seeds > 9 else []
    for wanted in ("active", "sign", "clock", "StaleCase", "NotYourTurn", *rarely):
        assert reached[wanted], dict(reached)
