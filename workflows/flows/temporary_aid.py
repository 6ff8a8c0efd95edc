"""Temporary aid: from the township's reserve, first where it cannot wait, case by case, tiered by amount.

BZ-23, XY-32. What was handed over first is approved afterwards within a limit (`aid.after_days`), by people
other than those who check it; from the configured amounts a meeting decides case by case, and the county.
Its lists carry counts and sums only (design.md rule 8).
"""

from dataclasses import replace

from portal.areas.models import Level
from portal.people.models import Role
from workflows.changes import aiding, rules, vouching
from workflows.engine.definitions import Flow, RowField, Seat, Step, StepKind
from workflows.money import rules as money

from . import steps
from .seats import PASSED_ON
from .steps import NO_NOTICES, NOTICES

BASIS = "临时救助：急难先行救助、一事一议、按金额分级审批"

TEMPORARY_AID = Flow(
    key="temporary_aid",
    version=1,
    name="临时救助",
    source="BZ-23；XY-32",
    mandatory=(Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY),
    applies={
        "aid_first": aiding.wants_aid_first,
        "case_by_case": aiding.wants_meeting,
        "county_tier": aiding.wants_county,
        "left_to_pay": aiding.wants_payment,
    },
    steps=(
        steps.filing(1, name="申请"),
        Step(
            key="advance",
            name="先行救助",
            kind=StepKind.PAY,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_HEAD),),
            act_name="先行救助",
            verdicts=PASSED_ON,
            days=1,
            returns_to=("file",),
            fields=(
                RowField("advanced_fen", "先行救助金额", kind="money"),
                RowField("advanced_on", "发放日期", kind="date"),
                RowField("received_how", "怎么领的", help="比如：户主当面签领现金，韩同行见证"),
            ),
            guards=(aiding.advanced,),
            effects=(aiding.keep_advanced, *NOTICES),
            evidence=("领款签字",),
            optional="aid_first",
        ),
        steps.check(
            5,
            fields=(RowField("amount_fen", "核定金额", kind="money"),),
            guards=(rules.visited, aiding.checked),
            effects=(aiding.keep_checked, *NOTICES),
            undo=(aiding.forget_checked, *NO_NOTICES),
            evidence=("两人入户记录",),
        ),
        Step(
            key="meeting",
            name="一事一议",
            kind=StepKind.RECORD,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_REVIEWER),),
            act_name="登记会议",
            verdicts=steps.TAKEN_IN,
            days=3,
            fields=(
                RowField("met_on", "会议日期", kind="date"),
                RowField("resolution", "会议怎么定的", help="比如：2026年第3次会议，同意按6000元救助"),
            ),
            guards=(aiding.met,),
            effects=(aiding.keep_meeting,),
            evidence=("会议纪要",),
            optional="case_by_case",
        ),
        steps.decision(
            "approve",
            "乡镇审批",
            Role.TOWNSHIP_HEAD,
            3,
            returns_to=("check",),
            guards=(aiding.approve_within_reserve,),
            effects=(aiding.keep_approved, *NOTICES),
            undo=(aiding.forget_approved, *NO_NOTICES),
        ),
        steps.decision(
            "county_decide",
            "县级审批",
            Role.COUNTY_HEAD,
            3,
            returns_to=("check",),
            effects=(aiding.forget_approved, *NOTICES),
            optional="county_tier",
        ),
        Step(
            key="record",
            name="县民政备案",
            kind=StepKind.RECORD,
            level=Level.COUNTY,
            seats=(Seat(Role.COUNTY_REVIEWER),),
            act_name="签收备案",
            days=5,
        ),
        steps.payment(5, guards=(aiding.payable,), effects=(money.pay,), optional="left_to_pay"),
        steps.result(10, publishes="结果公开（只有户数和金额）"),
    ),
)

# Money that was handed over is not handed over again: nobody returns to that step.
TEMPORARY_AID_2 = replace(steps.returning_anywhere(TEMPORARY_AID, "advance"), vouched=vouching.aid_asked)
