"""Hypothesis plays random officials on random cases of every flow; what must hold, holds after each act."""

from collections import defaultdict
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal.ledger.verifier import verify
from workflows.demo.build import County
from workflows.engine import countersign, rounds
from workflows.engine.catalogue import flow
from workflows.engine.models import (
    Batch,
    BatchState,
    Case,
    CaseState,
    Decision,
    Task,
    TaskKind,
    TaskState,
)

from .. import roads, wells
from . import test_whatever_they_do as whatever
from .player import Player

DICE = st.randoms(use_true_random=False)
OTHER = ["sign_for", "take_back", "pass_on", "pass_on", "answer_colleague"]


class Officials(RuleBasedStateMachine):
    """One world: a county, its officials, and a clock of their own."""

    county: ClassVar[County]
    reached: ClassVar[dict[str, int]] = defaultdict(int)
    player_of: ClassVar[type[Player]] = Player

    def __init__(self) -> None:
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        # Whom one world invites, the next has never heard of.
        county = County(self.county.areas, dict(self.county.people), self.county.programme)
        try:
            wells.make_heads(county)
            wells.drilled.clear()
            self.player = self.player_of(county)
        except BaseException:
            self._undo()
            raise
        self.versions: dict[int, int] = {}

    def teardown(self) -> None:
        """The ledger verifies to the end; the world is undone."""
        try:
            assert verify().fault is None
            for name, count in [*self.player.done.items(), *self.player.refused.items()]:
                self.reached[name] += count
        finally:
            self._undo()

    def _undo(self) -> None:
        roads.looked.clear()
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @rule(dice=DICE, times=st.integers(1, 4), elsewhere=st.booleans())
    def somebody_files(self, dice: Any, times: int, elsewhere: bool) -> None:
        for _time in range(times):
            self.player.play("file_elsewhere" if elsewhere else "file", dice)

    @rule(dice=DICE, times=st.integers(1, 8))
    def somebody_signs(self, dice: Any, times: int) -> None:
        for _time in range(times):
            self.player.play("sign", dice)

    @rule(dice=DICE, what=st.sampled_from(OTHER))
    def somebody_does_something_else(self, dice: Any, what: str) -> None:
        self.player.play(what, dice)

    @rule(dice=DICE, what=st.sampled_from(["visit", "let_time_pass", "lodge", "answer"]))
    def the_world_goes_on(self, dice: Any, what: str) -> None:
        self.player.play(what, dice)

    @invariant()
    def versions_only_grow(self) -> None:
        for pk, version in Batch.objects.values_list("pk", "version"):
            assert version >= self.versions.get(pk, 0), pk
            self.versions[pk] = version

    @invariant()
    def every_open_case_is_in_one_open_batch_that_counts_it(self) -> None:
        whatever.each_open_case_is_in_one_open_batch_that_counts_it()

    @invariant()
    def ledger_history_and_state_agree(self) -> None:
        whatever.every_act_is_in_the_ledger_and_in_history()

    @invariant()
    def nobody_acted_at_two_levels(self) -> None:
        whatever.nobody_acted_at_two_levels_or_judged_twice()

    @invariant()
    def the_sum_of_the_rows_is_the_sum_of_the_batches(self) -> None:
        rows = Case.objects.filter(state=CaseState.ACTIVE).aggregate(fen=Sum("amount_fen"))["fen"] or 0
        batches = Batch.objects.filter(state=BatchState.OPEN).aggregate(fen=Sum("amount_fen"))["fen"] or 0
        assert rows == batches
        whatever.money_only_shrinks_and_the_budget_holds()

    @invariant()
    def every_step_behind_a_case_was_completed_by_as_many_as_it_needs(self) -> None:
        by_case: dict[int, list[Decision]] = defaultdict(list)
        for decision in Decision.objects.order_by("pk").select_related("act"):
            by_case[decision.case_id].append(decision)
        for case in Case.objects.filter(state__in=[CaseState.ACTIVE, CaseState.DONE]):
            steps = flow(case.flow_key, case.flow_version)
            way = rounds.way_of(steps, by_case[case.pk])
            place = len(steps.steps) if case.state == CaseState.DONE else steps.position(case.step)
            for step in steps.steps[:place]:
                assert step.optional or step.key in way.done, (case.number, step.key)
                if step.key in way.done:
                    self._enough_agreed(step.needs, way.done[step.key], by_case[case.pk])

    def _enough_agreed(self, needs: int, last: Decision, decisions: list[Decision]) -> None:
        quorum = last.act.notes.get("quorum")
        if needs == 1 or quorum is None:  # also where recusal raised it to one at the level above
            return
        agreed = {
            one.actor_id
            for one in decisions
            if (one.step, one.round, one.verdict) == (last.step, last.round, "agree") and one.pk <= last.pk
        }
        assert len(agreed) >= quorum["needs"] == max(quorum["needs"], 1)

    @invariant()
    def nobody_signed_twice_and_tasks_end_with_their_step(self) -> None:
        for batch in Batch.objects.all():
            signed = countersign.ids(batch.signed)
            assert len(signed) == len(set(signed)), batch.number
            open_ = Task.objects.filter(batch=batch, state=TaskState.OPEN).exclude(kind=TaskKind.CC)
            for task in open_:
                assert (task.step, task.round) == (batch.step, batch.round), batch.number
            asked = sorted(task.person_id for task in open_ if task.kind != TaskKind.REASSIGN)
            assert asked == sorted(countersign.ids(batch.asked)), batch.number


@pytest.mark.proof
def test_whatever_officials_do_on_any_flow_the_rules_hold(county: County, rounds: Any) -> None:
    Officials.county = county
    Officials.reached.clear()
    plays = settings(
        max_examples=rounds(6, 120), stateful_step_count=rounds(25, 60), deadline=None, derandomize=True
    )
    run_state_machine_as_test(Officials, settings=plays)
    assert Officials.reached["sign"] and Officials.reached["file"], dict(Officials.reached)
