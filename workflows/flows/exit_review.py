"""Exit review: criteria with evidence, checked by two, appraised, the household's word, publicity, decision.

WZ-07 and S21, S22. What the criteria are and above which line the income must be is set by date and area
(`workflows.changes.keys`); a household comes back by the way of an entry (HY-41).
"""

from dataclasses import replace

from portal.areas.models import Level
from portal.people.models import Role
from workflows.changes import exit_income, rules, vouching
from workflows.changes.models import Wanted
from workflows.changes.variants import Takes
from workflows.engine.definitions import Flow, RowField, Step, StepKind
from workflows.programmes import telling

from . import steps
from .seats import CLERKS
from .steps import NO_NOTICES, NOTICES, SIGNED

BOTH_SIGN = (
    RowField("signed_on", "核查表双方签字日期", kind="date"),
    RowField("signed_how", "农户怎么签的", kind="choice", choices=SIGNED),
)
CONSENT = Step(
    key="consent",
    name="征求农户意见",
    kind=StepKind.RECORD,
    level=Level.VILLAGE,
    seats=CLERKS,
    act_name="登记农户意见",
    verdicts=steps.TAKEN_IN,
    days=5,
    fields=(
        RowField("consent", "这户的意见", kind="choice", choices=(rules.CONSENTS, rules.OBJECTS)),
        RowField("consent_how", "怎么签的", kind="choice", choices=SIGNED),
    ),
    guards=(rules.consent_told,),
    effects=(rules.keep_findings,),
    evidence=("农户签字的意见",),
)

EXIT_REVIEW = Flow(
    key="exit_review",
    version=1,
    name="退出核查",
    source="WZ-07；S21、S22；HY-41",
    mandatory=(Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY),
    steps=(
        steps.filing(10, evidence=("各项退出条件的依据",)),
        steps.check(
            10,
            name="入户核查",
            fields=(
                RowField("income_fen", "核实的全家年纯收入", kind="money"),
                *BOTH_SIGN,
            ),
            guards=(rules.visited, rules.signed_day, rules.income_above_line),
            effects=(rules.keep_findings, *NOTICES),
            undo=(rules.forget_findings, *NO_NOTICES),
            evidence=("两人入户核查表，双方签字", "收入证明"),
        ),
        steps.four_meetings(10, returns_to=("file", "check")),
        CONSENT,
        steps.publicity(3, "check"),
        steps.decision(
            "approve",
            "乡镇审核",
            Role.TOWNSHIP_HEAD,
            5,
            returns_to=("check",),
            guards=(rules.still_true, rules.income_above_line),
            undo=NO_NOTICES,
        ),
        steps.decision(
            "county_decide",
            "县级批准",
            Role.COUNTY_HEAD,
            5,
            returns_to=("check",),
            guards=(rules.still_true, rules.income_above_line),
            effects=(rules.take_effect, telling.give_notices, telling.give_exit_notices),
        ),
        steps.announcement(5),
    ),
)

# Its income is the register's where that is known, against the line of its year; one meeting appraises.
EXIT_REVIEW_2 = steps.next_version(
    EXIT_REVIEW,
    steps.check(
        10,
        name="入户核查",
        fields=(
            RowField("income_fen", "核实的全家年纯收入", kind="money", of_refused=True),
            RowField(
                "income_reason",
                "和户档不一样的，为什么",
                required=False,
                help="户档里有这一年收入的，改了要写理由",
                of_refused=True,
            ),
            *BOTH_SIGN,
        ),
        guards=(rules.visited, rules.signed_day, exit_income.explained, exit_income.above_line_of_year),
        effects=(exit_income.keep_checked, *NOTICES),
        undo=(rules.forget_findings, *NO_NOTICES),
        evidence=("两人入户核查表，双方签字", "收入证明"),
    ),
    steps.appraisal(10, returns_to=("file", "check")),
    *(
        replace(EXIT_REVIEW.step(key), guards=(rules.still_true, exit_income.above_line_of_year))
        for key in ("approve", "county_decide")
    ),
)

# A level returns to any step before it; what stays what it was goes straight back to who returned it.
EXIT_REVIEW_3 = replace(steps.returning_anywhere(EXIT_REVIEW_2), vouched=vouching.asked_and_found)

TAKES = (
    Takes(
        flow=EXIT_REVIEW_3,
        wanted=(Wanted.EXIT,),
        publicity=7,
        basis="退出条件：收入稳定超过标准、生活改善，经两人入户核查、村里评议、公示，乡镇审核、县里批准",
    ),
)
