"""The fund application in the order of HY-34 to HY-38, built first and subsidised after (XC-16)."""

from portal.areas.models import Level
from portal.people.models import Line, Role
from workflows.engine.definitions import ANY_STEP, Flow, RowField, Seat, Step, StepKind, Verdict
from workflows.money import rules as money
from workflows.programmes import publication, rules, vouching

from . import steps
from .seats import CLERKS, FILED, FILERS, PASSED_ON
from .steps import NO_NOTICES, NOTICES

FUND_APPLICATION = Flow(
    key="fund_application",
    version=1,
    name="资金申请",
    source="HY-34 至 HY-38；XC-16",
    mandatory=(Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY),
    applies={"county_threshold": rules.wants_county},
    vouched=vouching.applied_for,
    steps=(
        steps.filing(10),
        Step(
            key="deliberate",
            name="四议",
            kind=StepKind.DELIBERATE,
            level=Level.VILLAGE,
            seats=CLERKS,
            act_name="登记会议",
            verdicts=PASSED_ON,
            days=20,
            returns_to=("file",),
            guards=(publication.whole_list,),
            effects=(publication.record_meeting,),
            evidence=("会议记录", "签到表"),
            publishes="村决议公开",
        ),
        steps.check(
            10,
            returns_to=(ANY_STEP, "file"),
            fields=(RowField("amount_fen", "核定金额", kind="money"),),
            guards=(rules.visited, rules.checked_amount),
            effects=(rules.keep_checked, *NOTICES),
            undo=(rules.forget_checked, *NO_NOTICES),
            evidence=("两人入户记录", "现场照片"),
        ),
        steps.publicity(3, "check", name="名单公示"),
        steps.decision(
            "approve",
            "乡镇审批",
            Role.TOWNSHIP_HEAD,
            5,
            returns_to=(ANY_STEP, "check"),
            guards=(rules.approve_within_budget,),
            effects=(rules.keep_approved, *NOTICES),
            undo=(rules.forget_approved, *NO_NOTICES),
        ),
        steps.decision(
            "county_decide",
            "县级审批",
            Role.COUNTY_HEAD,
            5,
            returns_to=(ANY_STEP, "check"),
            effects=(rules.forget_approved, *NOTICES),
            optional="county_threshold",
        ),
        Step(
            key="record",
            name="县备案",
            kind=StepKind.RECORD,
            level=Level.COUNTY,
            seats=(Seat(Role.COUNTY_REVIEWER), Seat(Role.COUNTY_FINANCE, Line.FINANCE)),
            act_name="签收备案",
            each_seat=True,
            days=3,
        ),
        Step(
            key="start",
            name="开工",
            kind=StepKind.START,
            level=Level.VILLAGE,
            seats=FILERS,
            act_name="登记开工",
            verdicts=FILED,
            days=20,
            fields=(RowField("started_on", "开工日期", kind="date"),),
            guards=(rules.started_day,),
            effects=(rules.started,),
            undo=(rules.forget_started,),
            revocable=True,
        ),
        Step(
            key="accept",
            name="验收",
            kind=StepKind.ACCEPT,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_REVIEWER),),
            act_name="登记验收",
            verdicts=(Verdict.AGREE, Verdict.REFUSE, Verdict.HOLD),
            days=60,
            fields=(
                RowField("accepted_fen", "验收金额", kind="money"),
                RowField("accepted_on", "验收日期", kind="date"),
                RowField("acceptors", "验收人（两人）", kind="names"),
            ),
            guards=(rules.accepted,),
            effects=(rules.keep_accepted, *NOTICES),
            evidence=("验收单", "建成照片"),
        ),
        steps.payment(10, guards=(money.payable,), effects=(money.pay,)),
        steps.result(
            5,
            fields=(RowField("effect", "成效", help="比如：新增存栏20只，预计年增收6000元"),),
            effects=(rules.effects_told, publication.publish_result),
        ),
    ),
)
