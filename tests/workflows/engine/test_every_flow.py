"""Hypothesis plays every shipped flow with all its officials, their leave and their kin; the rules hold."""

from collections import defaultdict
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from portal import clock
from workflows.changes.models import ChangeRequest
from workflows.demo.build import County
from workflows.engine import catalogue
from workflows.engine.models import Act, ActKind, Case, CaseState, Decision
from workflows.flows.apps import shipped
from workflows.registry.models import RegisterChange

from . import rules_of_cases as rules
from .caseworker import Caseworker
from .test_machine import DICE, Officials

FILING = ["file", "file", "file_change", "file_change", "file_change", "file_exit", "file_aid", "file_aid"]
WORLD = ["relate", "go_on_leave", "stand_in", "come_back", "correct_list", "amend", *["take_back_own"] * 2]


class Everybody(Officials):
    """The officials of one county on every flow that is shipped."""

    player_of: ClassVar[Any] = Caseworker
    player: Caseworker
    turn = 0

    def __init__(self) -> None:
        super().__init__()
        self.closed: dict[int, str] = {}

    @initialize(dice=DICE)
    def one_case_on_every_flow(self, dice: Any) -> None:
        self.player.play("file_one_of_each", dice)

    @rule(dice=DICE, times=st.integers(2, 6))
    def a_household_asks_for_something(self, dice: Any, times: int) -> None:
        for _time in range(times):
            self.player.play(dice.choice(FILING), dice)

    @rule(dice=DICE, times=st.integers(1, 3))
    def a_batch_goes_on(self, dice: Any, times: int) -> None:
        for _time in range(times):
            self.player.play("carry", dice)

    @rule(dice=DICE, what=st.sampled_from(WORLD))
    def life_goes_on(self, dice: Any, what: str) -> None:
        self.player.play(what, dice)

    @invariant()
    def cases_stand_where_somebody_put_them(self) -> None:
        rules.every_step_is_the_last_decisions()
        rules.only_the_clock_moves_without_a_person()
        rules.open_batches_stand_at_a_step_of_their_flow()

    @invariant()
    def nobody_acts_twice_nor_on_kin(self) -> None:
        rules.nobody_acts_at_two_levels_or_judges_twice()
        rules.nobody_decides_on_kin(self.player.kin)

    @invariant()
    def history_register_and_reserves_agree(self) -> None:
        rules.the_last_history_row_is_the_case()
        rules.the_register_changes_once_by_each_case()
        rules.the_register_makes_sense()
        rules.reserves_hold()
        rules.what_is_past_its_approval_holds_its_money()

    @invariant()
    def to_dos_are_the_pending_seats(self) -> None:
        names = sorted(self.county.people)
        self.turn += 5
        some = [self.player.county[names[(self.turn + place) % len(names)]] for place in range(5)]
        with clock.travel(self.player.now):
            rules.the_to_do_is_the_pending_seats(some)

    @invariant()
    def what_is_closed_stays_closed_unless_taken_back(self) -> None:
        for pk, state in self.closed.items():
            case = Case.objects.get(pk=pk)
            if case.state != state:
                last = Decision.objects.filter(case=case, act__kind=ActKind.TAKE_BACK)
                assert last.exists() and case.state == CaseState.ACTIVE, case.number
        self.closed = dict(Case.objects.exclude(state=CaseState.ACTIVE).values_list("pk", "state"))

    def teardown(self) -> None:
        """Count how far the world came, then end it."""
        for case in Case.objects.all():
            self.reached[f"{case.flow_key}/{case.flow_version}"] += 1
            self.reached[f"{case.flow_key}/{case.flow_version} {case.state}"] += 1
        changes = RegisterChange.objects.exclude(case_number="")
        for word, found in (
            ("act", Act.objects.values_list("kind", flat=True)),
            ("asked", ChangeRequest.objects.values_list("wanted", flat=True)),
            ("changed", changes.values_list("kind", flat=True)),
        ):
            for one in found:
                self.reached[f"{word} {one}"] += 1
        self.reached["instead"] += Act.objects.exclude(instead_of=None).count()
        super().teardown()


@pytest.mark.proof
def test_on_every_shipped_flow_the_rules_hold_whatever_officials_do(county: County, rounds: Any) -> None:
    Everybody.county = county
    Everybody.reached = defaultdict(int)
    # A world takes seconds, so a play that fails is told as it was: shrinking it would take an hour.
    plays = settings(
        max_examples=rounds(3, 40),
        stateful_step_count=rounds(20, 40),
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Everybody, settings=plays)
    # The play went far enough to mean something.
    filed = [one for one in shipped() if one.key == "fund_application" or catalogue.latest(one.key) is one]
    wanted = [f"{flow.key}/{flow.version}" for flow in filed]
    if rounds(0, 1):
        wanted += ["instead", "act take_back", "act clock", "changed exited", "changed left"]
        wanted += ["exit_review/3 done", "temporary_aid/2 done", "fund_application/2 done"]
    assert [one for one in wanted if not Everybody.reached[one]] == [], dict(Everybody.reached)
