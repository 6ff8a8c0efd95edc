"""A flow that cannot work or leaves out a mandatory level is refused when it is registered (rule 7)."""

from dataclasses import replace
from typing import Any

import pytest

from portal.areas.models import Level
from portal.people.models import Role
from workflows.engine import catalogue
from workflows.engine.definitions import Flow, Seat, Step, StepKind, Verdict, problems
from workflows.flows.fund_application import FUND_APPLICATION

from ..roads import ROADS


def with_step(key: str, **changed: Any) -> Flow:
    """Return the road flow with one step changed."""
    steps = tuple(replace(step, **changed) if step.key == key else step for step in ROADS.steps)
    return replace(ROADS, steps=steps)


def without(key: str) -> Flow:
    """Return the road flow without a step."""
    return replace(ROADS, steps=tuple(step for step in ROADS.steps if step.key != key))


def test_the_flows_in_use_have_no_problem() -> None:
    assert problems(FUND_APPLICATION) == [] and problems(ROADS) == []


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        (replace(ROADS, steps=()), "从申报开始"),
        (without("ask"), "从申报开始"),
        (without("fund"), "跳过了必经的县级"),
        (replace(ROADS, steps=(*ROADS.steps, ROADS.steps[1])), "重名"),
        (with_step("look", seats=()), "没有人能办"),
        (with_step("look", seats=(Seat(Role.SYSTEM_ADMIN),)), "不办业务"),
        (with_step("look", seats=(Seat(Role.SUPERVISOR),)), "不办业务"),
        (with_step("look", seats=(Seat(Role.COUNTY_HEAD),)), "不在乡镇级"),
        (with_step("look", returns_to=("fund",)), "不在前面"),
        (with_step("look", returns_to=("look",)), "不在前面"),
        (with_step("post", upheld_to="nowhere"), "不在前面"),
        (with_step("look", returns_to=()), "没有写退回到哪里"),
        (with_step("look", verdicts=(Verdict.REFUSE,)), "走不完"),
        (with_step("bridge", optional="tunnel"), "没有规则 tunnel"),
        (with_step("ask", optional="bridge"), "第一个环节不能省"),
        (with_step("fund", revocable=True), "几方都要办的环节不能撤回"),
        (with_step("post", revocable=True, publishes="张贴"), "公开了就不能撤回"),
        (with_step("look", undo=()), "没有写怎么恢复"),
        (with_step("post", needs=2), "不能会签"),
        (with_step("fund", needs=2), "不另设会签人数"),
        (with_step("fund", needs=0, each_seat=False), "要能退回"),
        (with_step("bridge", needs=12), "人数要在 0"),
        (with_step("ask", returns_to=("*",)), "不在前面"),
    ],
)
def test_a_flow_that_cannot_work_is_refused_and_told_why(flow: Flow, said: str) -> None:
    assert any(said in problem for problem in problems(flow))
    with pytest.raises(ValueError, match=said):
        catalogue.register(replace(flow, version=99))
    assert ("road_repair", 99) not in catalogue._flows


def test_an_optional_step_does_not_stand_for_a_mandatory_level() -> None:
    flow = replace(without("fund"), mandatory=(Level.COUNTY,))
    assert any("跳过了必经的县级" in problem for problem in problems(flow))


def test_a_registered_version_is_not_replaced() -> None:
    assert catalogue.register(ROADS) is ROADS
    with pytest.raises(ValueError, match="请出新版"):
        catalogue.register(with_step("look", act_name="别的"))


def test_a_county_cannot_take_a_mandatory_level_out_of_the_fund_application() -> None:
    for level in (Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY):
        shorter = tuple(step for step in FUND_APPLICATION.steps if step.level != level)
        assert problems(replace(FUND_APPLICATION, steps=shorter))


def test_a_step_that_nobody_names_is_not_found() -> None:
    with pytest.raises(KeyError):
        ROADS.step("nowhere")
    last = ROADS.steps[-1]
    assert isinstance(last, Step) and last.kind == StepKind.RECORD and ROADS.position("fund") == 4
