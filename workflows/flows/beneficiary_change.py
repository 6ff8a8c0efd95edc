"""Changes of the register: who is helped, who belongs to a household, who heads it, who helps it.

Four variants; `TAKES` says which change takes which. Monitored households go the longest way (domain.md
section 3, S17 to S19): checked at home by two, authorised in writing, compared with the departments' data,
appraised, published once, then township, county, announcement. Others who are taken in go the way of WZ-06.
What changes a family's make-up is checked and approved by the township; a birth or another helper is done
with the township's check. Urgent entries may have help at once, the procedure follows (先帮后补, S20).
"""

from dataclasses import replace

from portal.areas.models import Level
from portal.people.models import Role
from workflows.changes import rules, vouching
from workflows.changes.models import Wanted
from workflows.changes.variants import Takes, monitored
from workflows.engine.definitions import Flow, RowField, Seat, Step, StepKind
from workflows.programmes import publication

from . import steps
from .seats import PASSED_ON
from .steps import NO_NOTICES, NOTICES, SIGNED, STILL_TRUE

# What a publication may cut is told to its household at once.
PUBLISHED = (publication.publish_list, *NOTICES)
MATERIALS = ("依据材料",)

MONITORED_ENTRY = Flow(
    key="monitored_entry",
    version=1,
    name="监测对象纳入",
    source="S17、S18、S19；BZ-27",
    total_days=20,
    mandatory=(Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY),
    steps=(
        steps.filing(2, evidence=MATERIALS),
        steps.check(
            3,
            key="home_check",
            name="入户核实",
            act_name="提交核实意见",
            fields=(
                RowField("income_fen", "核实的全家年纯收入", kind="money"),
                RowField("authorised_on", "授权书签字日期", kind="date"),
                RowField("authorised_how", "授权书怎么签的", kind="choice", choices=SIGNED),
            ),
            guards=(rules.visited, rules.signed_day),
            effects=(rules.keep_findings, *NOTICES),
            undo=(rules.forget_findings, *NO_NOTICES),
            evidence=("两人入户记录", "信息查询授权书"),
        ),
        Step(
            key="compare",
            name="信息比对",
            kind=StepKind.RECORD,
            level=Level.COUNTY,
            seats=(Seat(Role.COUNTY_REVIEWER),),
            act_name="登记比对结果",
            verdicts=PASSED_ON,
            days=3,
            returns_to=("home_check",),
            fields=(
                RowField("compared", "比对结果", kind="choice", choices=("没有异常", "有异常，已核实排除")),
                RowField("compared_with", "比对了哪些部门", help="比如：公安、人社、不动产、市场监管、税务"),
            ),
            effects=(rules.keep_findings,),
            evidence=("比对结果",),
        ),
        steps.four_meetings(5, returns_to=("file", "home_check")),
        steps.publicity(2, "home_check", effects=PUBLISHED),
        steps.decision(
            "approve",
            "乡镇审核",
            Role.TOWNSHIP_HEAD,
            2,
            returns_to=("home_check",),
            guards=STILL_TRUE,
            undo=NO_NOTICES,
        ),
        steps.decision(
            "county_decide",
            "县级确定",
            Role.COUNTY_HEAD,
            3,
            returns_to=("home_check",),
            guards=STILL_TRUE,
            effects=(rules.take_effect, *NOTICES),
        ),
        steps.announcement(2),
    ),
)

LISTED_ENTRY = Flow(
    key="listed_entry",
    version=1,
    name="帮扶户纳入",
    source="WZ-06",
    mandatory=(Level.VILLAGE, Level.TOWNSHIP),
    steps=(
        steps.filing(5, evidence=MATERIALS),
        steps.four_meetings(5),
        steps.decision(
            "decide",
            "乡镇审定",
            Role.TOWNSHIP_HEAD,
            5,
            returns_to=("file",),
            guards=STILL_TRUE,
            undo=NO_NOTICES,
        ),
        steps.publicity(2, "decide", effects=PUBLISHED),
        Step(
            key="list",
            name="列入名册",
            kind=StepKind.RECORD,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_REVIEWER),),
            act_name="列入名册",
            verdicts=steps.TAKEN_IN,
            days=3,
            guards=STILL_TRUE,
            effects=(rules.take_effect,),
        ),
    ),
)

# The first versions have the four meetings where the rules ask for one appraisal.
MONITORED_ENTRY_2 = steps.next_version(MONITORED_ENTRY, steps.appraisal(5, returns_to=("file", "home_check")))
LISTED_ENTRY_2 = steps.next_version(LISTED_ENTRY, steps.appraisal(5))

HOUSEHOLD_CHANGE = Flow(
    key="household_change",
    version=1,
    name="家庭情况变更",
    source="户档管理的通行做法（GK）；四个环节由县定",
    mandatory=(Level.VILLAGE, Level.TOWNSHIP),
    steps=(
        steps.filing(5, evidence=MATERIALS),
        steps.check(
            5,
            name="乡镇核对",
            act_name="提交核对意见",
            guards=STILL_TRUE,
            evidence=("户口簿、结婚证等的照片",),
        ),
        steps.decision(
            "approve",
            "乡镇审批",
            Role.TOWNSHIP_HEAD,
            3,
            returns_to=("check",),
            guards=STILL_TRUE,
            effects=(rules.take_effect, *NOTICES),
        ),
    ),
)

# A level returns to any step before it; what stays what it was goes straight back to who returned it.
MONITORED_ENTRY_3 = replace(steps.returning_anywhere(MONITORED_ENTRY_2), vouched=vouching.asked_and_found)
LISTED_ENTRY_3 = replace(steps.returning_anywhere(LISTED_ENTRY_2), vouched=vouching.asked_and_found)
HOUSEHOLD_CHANGE_2 = replace(steps.returning_anywhere(HOUSEHOLD_CHANGE), vouched=vouching.asked_and_found)

LIGHT_CHANGE = Flow(
    key="light_change",
    version=1,
    name="简易变更",
    source="户档管理的通行做法（GK）；由县定",
    mandatory=(Level.VILLAGE, Level.TOWNSHIP),
    steps=(
        steps.filing(5, evidence=MATERIALS),
        steps.check(
            5,
            name="乡镇核对",
            act_name="核对办结",
            guards=STILL_TRUE,
            effects=(rules.take_effect, *NOTICES),
            undo=(),
            evidence=("出生证明、死亡证明等的照片",),
        ),
    ),
)

CATEGORY_CHANGES = (Wanted.ENTER, Wanted.REENTER, Wanted.CATEGORY)
FAMILY_CHANGES = (
    *(Wanted.MARRY_IN, Wanted.MARRY_OUT, Wanted.MOVE_OUT),
    *(Wanted.MOVE, Wanted.SPLIT, Wanted.HEAD),
)
# Which change takes which variant; of changes of category, the category asked for decides.
TAKES = (
    Takes(
        flow=MONITORED_ENTRY_3,
        wanted=CATEGORY_CHANGES,
        when=monitored,
        publicity=5,
        basis="防止返贫监测：入户核实、信息比对、村里评议和公示后，乡镇审核、县里确定",
    ),
    Takes(
        flow=LISTED_ENTRY_3,
        wanted=CATEGORY_CHANGES,
        publicity=7,
        basis="低收入农户认定：村里评议、乡镇审定、公示后列入名册",
    ),
    Takes(
        flow=HOUSEHOLD_CHANGE_2,
        wanted=(
            Wanted.MARRY_IN,
            Wanted.MARRY_OUT,
            Wanted.MOVE_OUT,
            Wanted.MOVE,
            Wanted.SPLIT,
            Wanted.HEAD,
        ),
        basis="户档变更：村里申报，乡镇核对、审批",
    ),
    Takes(
        flow=LIGHT_CHANGE,
        wanted=(Wanted.BIRTH, Wanted.DEATH, Wanted.HELPER),
        basis="户档变更：村里申报，乡镇核对后办结",
    ),
)
