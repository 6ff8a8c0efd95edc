"""Builders of the steps that several flows share, so that a flow's file says only what is its own.

What they build is data of registered versions, which never change (`tests/workflows/flows` compares it): a
builder may gain an argument, never another default.
"""

from dataclasses import replace
from typing import Any

from portal.areas.models import Level
from portal.people.models import ROLE_LEVEL, Line, Role
from workflows.changes import rules
from workflows.engine.definitions import ANY_STEP, Flow, RowField, Rule, Seat, Step, StepKind, Verdict
from workflows.programmes import publication, telling

from .seats import CLERKS, FILED, FILERS, JUDGED, PASSED_ON

Rules = tuple[Rule, ...]
SIGNED = ("本人签字", "代笔、按手印并有见证人")
TAKEN_IN = (Verdict.AGREE, Verdict.HOLD)
NOTICES: Rules = (telling.give_notices,)
NO_NOTICES: Rules = (telling.void_notices,)
CARD_AND_DAY = (
    RowField("card_last4", "一卡通后四位", kind="digits4"),
    RowField("paid_on", "拨付日期", kind="date"),
)


def filing(days: int, *, name: str = "村申报", evidence: tuple[str, ...] = ()) -> Step:
    """Return the first step: the village files, within `days` working days; it may take it back."""
    return Step(
        key="file",
        name=name,
        kind=StepKind.FILE,
        level=Level.VILLAGE,
        seats=FILERS,
        act_name="报送",
        verdicts=FILED,
        days=days,
        revocable=True,
        evidence=evidence,
    )


def check(
    days: int,
    *,
    key: str = "check",
    name: str = "乡镇核查",
    act_name: str = "提交核查意见",
    returns_to: tuple[str, ...] = ("file",),
    guards: Rules = (),
    effects: Rules = NOTICES,
    undo: Rules = NO_NOTICES,
    **other: Any,
) -> Step:
    """Return a check by the township's reviewer, who judges each row; with `undo` it may be taken back."""
    return Step(
        key=key,
        name=name,
        kind=StepKind.CHECK,
        level=Level.TOWNSHIP,
        seats=(Seat(Role.TOWNSHIP_REVIEWER),),
        act_name=act_name,
        verdicts=JUDGED,
        days=days,
        returns_to=returns_to,
        guards=guards,
        effects=effects,
        undo=undo,
        revocable=bool(undo),
        **other,
    )


def four_meetings(days: int, *, returns_to: tuple[str, ...] = ("file",)) -> Step:
    """Return an appraisal by the four meetings, as first versions have it; nothing is published of it."""
    return Step(
        key="appraise",
        name="村评议",
        kind=StepKind.DELIBERATE,
        level=Level.VILLAGE,
        seats=CLERKS,
        act_name="登记会议",
        verdicts=PASSED_ON,
        days=days,
        returns_to=returns_to,
        guards=(publication.whole_list,),
        effects=(publication.record_appraisal,),
        evidence=("会议记录", "签到表"),
    )


def appraisal(days: int, *, returns_to: tuple[str, ...] = ("file",)) -> Step:
    """Return the appraisal (民主评议): one meeting on the whole list (WZ-06, S17, S21, S22)."""
    return Step(
        key="appraise",
        name="民主评议",
        kind=StepKind.APPRAISE,
        level=Level.VILLAGE,
        seats=CLERKS,
        act_name="登记评议会",
        verdicts=PASSED_ON,
        days=days,
        returns_to=returns_to,
        guards=(publication.whole_list,),
        effects=(publication.record_one_appraisal,),
        evidence=("评议记录", "签到表"),
    )


def publicity(
    days: int,
    back_to: str,
    *,
    name: str = "村内公示",
    effects: Rules = (publication.publish_list,),
) -> Step:
    """Return the publication of the reviewed list; an upheld objection sends a row `back_to` that step."""
    return Step(
        key="publish",
        name=name,
        kind=StepKind.PUBLISH,
        level=Level.TOWNSHIP,
        seats=(Seat(Role.TOWNSHIP_REVIEWER),),
        act_name="发布公示",
        verdicts=PASSED_ON,
        days=days,
        returns_to=(back_to,),
        upheld_to=back_to,
        effects=effects,
        publishes="名单公示",
    )


def decision(
    key: str,
    name: str,
    by: Role,
    days: int,
    *,
    returns_to: tuple[str, ...],
    guards: Rules = (),
    effects: Rules = NOTICES,
    undo: Rules = (),
    optional: str = "",
) -> Step:
    """Return a decision by the head `by` of township or county; with `undo` it may be taken back."""
    return Step(
        key=key,
        name=name,
        kind=StepKind.DECIDE,
        level=Level(ROLE_LEVEL[by]),
        seats=(Seat(by),),
        act_name="签批",
        verdicts=JUDGED,
        days=days,
        returns_to=returns_to,
        guards=guards,
        effects=effects,
        undo=undo,
        revocable=bool(undo),
        optional=optional,
    )


def payment(days: int, *, guards: Rules, effects: Rules, optional: str = "") -> Step:
    """Return the payment to the household's card by the county's finance office (XC-33)."""
    return Step(
        key="pay",
        name="拨付",
        kind=StepKind.PAY,
        level=Level.COUNTY,
        seats=(Seat(Role.COUNTY_FINANCE, Line.FINANCE),),
        act_name="登记拨付",
        verdicts=TAKEN_IN,
        days=days,
        fields=CARD_AND_DAY,
        guards=guards,
        effects=effects,
        optional=optional,
    )


def announcement(days: int) -> Step:
    """Return the announcement of what was decided, in the village in the township's name (S17)."""
    return Step(
        key="announce",
        name="公告",
        kind=StepKind.ANNOUNCE,
        level=Level.TOWNSHIP,
        seats=(Seat(Role.TOWNSHIP_REVIEWER),),
        act_name="发布公告",
        verdicts=TAKEN_IN,
        days=days,
        effects=(publication.announce,),
        publishes="公告",
    )


def result(
    days: int,
    *,
    publishes: str = "结果公开",
    fields: tuple[RowField, ...] = (),
    effects: Rules = (publication.publish_result,),
) -> Step:
    """Return the second publication: the village tells what became of it (HY-38)."""
    return Step(
        key="announce",
        name="结果公开",
        kind=StepKind.ANNOUNCE,
        level=Level.VILLAGE,
        seats=CLERKS,
        act_name="公开结果",
        verdicts=TAKEN_IN,
        days=days,
        fields=fields,
        effects=effects,
        publishes=publishes,
    )


def returning_anywhere(flow: Flow, *but: str) -> Flow:
    """Return the next version of `flow`, in which a level returns a row to any step that it completed.

    Steps named in `but` are returned to by none that does not name them already. What each step returns to
    where nobody chooses stays what it was: it stands last.
    """
    made = []
    for place, step in enumerate(flow.steps):
        if Verdict.RETURN in step.verdicts and place:
            before = [one.key for one in flow.steps[:place] if one.key not in (*but, *step.returns_to)]
            step = replace(step, returns_to=(*(before if but else [ANY_STEP]), *step.returns_to))
        made.append(step)
    return replace(flow, version=flow.version + 1, steps=tuple(made))


STILL_TRUE: Rules = (rules.still_true,)


def next_version(flow: Flow, *changed: Step) -> Flow:
    """Return the next version of `flow` with `changed` in the place of its steps of the same key."""
    by_key = {step.key: step for step in changed}
    return replace(
        flow, version=flow.version + 1, steps=tuple(by_key.get(step.key, step) for step in flow.steps)
    )
