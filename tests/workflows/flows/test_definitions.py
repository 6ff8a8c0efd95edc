"""Every flow that is shipped can work, ends, and loses no mandatory level."""

from dataclasses import replace

import pytest

from workflows.changes import variants
from workflows.changes.models import Wanted
from workflows.engine import catalogue
from workflows.engine.definitions import Flow, Verdict, problems
from workflows.flows.beneficiary_change import (
    HOUSEHOLD_CHANGE_2,
    LIGHT_CHANGE,
    LISTED_ENTRY_3,
    MONITORED_ENTRY_3,
)
from workflows.flows.exit_review import EXIT_REVIEW_3
from workflows.flows.fund_ranked import FUND_APPLICATION_2
from workflows.flows.temporary_aid import TEMPORARY_AID_2
from workflows.registry.models import Category

SHIPPED = [
    *(FUND_APPLICATION_2, MONITORED_ENTRY_3, LISTED_ENTRY_3, HOUSEHOLD_CHANGE_2, LIGHT_CHANGE),
    *(EXIT_REVIEW_3, TEMPORARY_AID_2),
]


@pytest.mark.parametrize("flow", SHIPPED, ids=lambda flow: flow.key)
def test_a_shipped_flow_has_no_problem_and_is_in_use(flow: Flow) -> None:
    assert problems(flow) == [] and catalogue.latest(flow.key) is flow


@pytest.mark.parametrize("flow", SHIPPED, ids=lambda flow: flow.key)
def test_no_mandatory_level_can_be_taken_out_or_made_optional(flow: Flow) -> None:
    for level in flow.mandatory:
        shorter = tuple(step for step in flow.steps if step.level != level)
        assert problems(replace(flow, steps=shorter))
        rule = next(iter({**flow.applies, "never": lambda row: False}))
        made = tuple(
            replace(step, optional=rule) if step.level == level and place else step
            for place, step in enumerate(flow.steps)
        )
        applies = {**flow.applies, "never": lambda row: False}
        filed_there = flow.steps[0].level == level
        assert filed_there or problems(replace(flow, steps=made, applies=applies))


@pytest.mark.parametrize("flow", SHIPPED, ids=lambda flow: flow.key)
def test_who_refuses_or_cuts_tells_the_household(flow: Flow) -> None:
    from workflows.programmes import telling

    for step in flow.steps:
        if Verdict.REFUSE in step.verdicts:
            assert telling.give_notices in step.effects, step.key


@pytest.mark.parametrize("flow", SHIPPED, ids=lambda flow: flow.key)
def test_what_may_be_taken_back_takes_its_notices_back(flow: Flow) -> None:
    from workflows.programmes import telling

    for step in flow.steps:
        if step.revocable and telling.give_notices in step.effects:
            assert telling.void_notices in step.undo, step.key


def test_every_change_takes_a_flow_and_the_category_asked_for_decides() -> None:
    assert {variants.flow_of(wanted, Category.LOW_INCOME).key for wanted in Wanted} == {
        *("listed_entry", "household_change", "light_change", "exit_review")
    }
    assert variants.flow_of(Wanted.REENTER, Category.MARGINAL) is MONITORED_ENTRY_3
    assert variants.flow_of(Wanted.BIRTH) is LIGHT_CHANGE
    assert variants.flow_of(Wanted.SPLIT) is HOUSEHOLD_CHANGE_2
