"""The second version of the fund application: deliberation as the programme says, and a waiting list.

The list is for windows whose money does not reach everybody, the neediest first (HY-17, XC-29, XY-11).

Cases of the first version keep it (design.md rule 7).
"""

from dataclasses import replace

from portal.areas.models import Level
from portal.people.models import Role
from workflows.engine.definitions import Seat, Step, StepKind, Verdict
from workflows.programmes import queueing, rules, telling
from workflows.programmes.freed import WAITING as WAITING_KEY

from .fund_application import FUND_APPLICATION

WAITING = Step(
    key=WAITING_KEY,
    name="候补",
    kind=StepKind.RECORD,
    level=Level.TOWNSHIP,
    seats=(Seat(Role.TOWNSHIP_HEAD),),
    act_name="递补批准",
    verdicts=(Verdict.AGREE, Verdict.REFUSE, Verdict.HOLD),
    days=60,
    guards=(queueing.approve,),
    effects=(queueing.keep_approved, telling.give_notices),
    optional="short_of_money",
)


def _steps() -> tuple[Step, ...]:
    made = []
    for step in FUND_APPLICATION.steps:
        if step.kind == StepKind.FILE:
            # Where the rows go depends on their programme: it is read for all of them at once.
            step = replace(step, guards=(*step.guards, rules.gather))
        if step.key == "deliberate":
            step = replace(step, optional="deliberated", usual=True)
        if step.key == "approve":
            step = replace(
                step,
                guards=(queueing.approve,),
                effects=(queueing.keep_approved, telling.give_notices),
            )
        made += [step, WAITING] if step.key == "approve" else [step]
    return tuple(made)


FUND_APPLICATION_2 = replace(
    FUND_APPLICATION,
    version=2,
    applies={
        **FUND_APPLICATION.applies,
        "deliberated": rules.wants_deliberation,
        "short_of_money": queueing.waits,
    },
    steps=_steps(),
)
