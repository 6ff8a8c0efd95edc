"""Exit review: criteria with evidence, checked by two, appraised, the household's word, publicity, decision.

WZ-07 and S21, S22. What the criteria are and above which line the income must be is set by date and area
(`workflows.changes.keys`); a household comes back by the way of an entry (HY-41).
"""

from portal.areas.models import Level
from portal.people.models import Role
from workflows.changes import rules
from workflows.changes.models import Wanted
from workflows.changes.variants import Takes
from workflows.engine.definitions import Flow, RowField, Seat, Step, StepKind, Verdict
from workflows.programmes import publication, telling

from .beneficiary_change import SIGNED
from .seats import CLERKS, FILED, FILERS, JUDGED, PASSED_ON

EXIT_REVIEW = Flow(
    key="exit_review",
    version=1,
    name="退出核查",
    source="WZ-07；S21、S22；HY-41",
    mandatory=(Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY),
    steps=(
        Step(
            key="file",
            name="村申报",
            kind=StepKind.FILE,
            level=Level.VILLAGE,
            seats=FILERS,
            act_name="报送",
            verdicts=FILED,
            days=10,
            revocable=True,
            evidence=("各项退出条件的依据",),
        ),
        Step(
            key="check",
            name="入户核查",
            kind=StepKind.CHECK,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_REVIEWER),),
            act_name="提交核查意见",
            verdicts=JUDGED,
            days=10,
            returns_to=("file",),
            fields=(
                RowField("income_fen", "核实的全家年纯收入", kind="money"),
                RowField("signed_on", "核查表双方签字日期", kind="date"),
                RowField("signed_how", "农户怎么签的", kind="choice", choices=SIGNED),
            ),
            guards=(rules.visited, rules.signed_day, rules.income_above_line),
            effects=(rules.keep_findings, telling.give_notices),
            undo=(rules.forget_findings, telling.void_notices),
            revocable=True,
            evidence=("两人入户核查表，双方签字", "收入证明"),
        ),
        Step(
            key="appraise",
            name="村评议",
            kind=StepKind.DELIBERATE,
            level=Level.VILLAGE,
            seats=CLERKS,
            act_name="登记会议",
            verdicts=PASSED_ON,
            days=10,
            returns_to=("file", "check"),
            guards=(publication.whole_list,),
            effects=(publication.record_appraisal,),
            evidence=("会议记录", "签到表"),
        ),
        Step(
            key="consent",
            name="征求农户意见",
            kind=StepKind.RECORD,
            level=Level.VILLAGE,
            seats=CLERKS,
            act_name="登记农户意见",
            verdicts=(Verdict.AGREE, Verdict.HOLD),
            days=5,
            fields=(
                RowField("consent", "这户的意见", kind="choice", choices=(rules.CONSENTS, rules.OBJECTS)),
                RowField("consent_how", "怎么签的", kind="choice", choices=SIGNED),
            ),
            guards=(rules.consent_told,),
            effects=(rules.keep_findings,),
            evidence=("农户签字的意见",),
        ),
        Step(
            key="publish",
            name="村内公示",
            kind=StepKind.PUBLISH,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_REVIEWER),),
            act_name="发布公示",
            verdicts=PASSED_ON,
            days=3,
            returns_to=("check",),
            upheld_to="check",
            effects=(publication.publish_list,),
            publishes="名单公示",
        ),
        Step(
            key="approve",
            name="乡镇审核",
            kind=StepKind.DECIDE,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_HEAD),),
            act_name="签批",
            verdicts=JUDGED,
            days=5,
            returns_to=("check",),
            guards=(rules.still_true, rules.income_above_line),
            effects=(telling.give_notices,),
            undo=(telling.void_notices,),
            revocable=True,
        ),
        Step(
            key="county_decide",
            name="县级批准",
            kind=StepKind.DECIDE,
            level=Level.COUNTY,
            seats=(Seat(Role.COUNTY_HEAD),),
            act_name="签批",
            verdicts=JUDGED,
            days=5,
            returns_to=("check",),
            guards=(rules.still_true, rules.income_above_line),
            effects=(rules.take_effect, telling.give_notices, telling.give_exit_notices),
        ),
        Step(
            key="announce",
            name="公告",
            kind=StepKind.ANNOUNCE,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_REVIEWER),),
            act_name="发布公告",
            verdicts=(Verdict.AGREE, Verdict.HOLD),
            days=5,
            effects=(publication.announce,),
            publishes="公告",
        ),
    ),
)

TAKES = (
    Takes(
        flow=EXIT_REVIEW,
        wanted=(Wanted.EXIT,),
        publicity=7,
        basis="退出条件：收入稳定超过标准、生活改善，经两人入户核查、村里评议、公示，乡镇审核、县里批准",
    ),
)
