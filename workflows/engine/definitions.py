"""What a flow is: declarative data that the engine runs, and a check that refuses one that cannot work."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.areas.models import LEVELS, Level
from portal.people.models import ROLE_LEVEL, ROLES_WITHOUT_CASES, Role

if TYPE_CHECKING:
    from .acting import Acting


class StepKind(models.TextChoices):
    """What is done at a step."""

    FILE = "file", _("申报")
    DELIBERATE = "deliberate", _("四议")
    APPRAISE = "appraise", _("民主评议")
    CHECK = "check", _("核查")
    PUBLISH = "publish", _("公示")
    DECIDE = "decide", _("审批")
    RECORD = "record", _("备案")
    START = "start", _("开工")
    ACCEPT = "accept", _("验收")
    PAY = "pay", _("拨付")
    ANNOUNCE = "announce", _("结果公开")


# Kinds at which a village records its meetings on the whole list: the four, or the one of an appraisal.
MEETING_KINDS = [StepKind.DELIBERATE, StepKind.APPRAISE]
# Kinds at which an official judges the matter itself: one person judges a batch only once.
JUDGING_KINDS = [StepKind.CHECK, StepKind.DECIDE]
# Kinds at which an official decides on a household and must not be related to it.
RECUSING_KINDS = [StepKind.CHECK, StepKind.DECIDE, StepKind.ACCEPT, StepKind.PAY]


class Verdict(models.TextChoices):
    """What an official says of one row."""

    AGREE = "agree", _("同意")
    REFUSE = "refuse", _("不同意")
    RETURN = "return", _("退回")
    HOLD = "hold", _("暂缓")
    WITHDRAW = "withdraw", _("撤销申请")


# In `Step.returns_to`: back to any step that the case has completed and that still stands.
ANY_STEP = "*"
# Kinds at which a step is complete with the agreement of several holders of its seats (会签).
COUNTERSIGNED_KINDS = [StepKind.CHECK, StepKind.DECIDE, StepKind.RECORD, StepKind.ACCEPT]
MOST_SIGNERS = 9

VERDICTS_WITH_REASON = [Verdict.REFUSE, Verdict.RETURN, Verdict.WITHDRAW]


@dataclass(frozen=True)
class Seat:
    """Who may act at a step: a role, and its line where it is not the case's own."""

    role: Role
    line: str = ""


@dataclass(frozen=True)
class RowField:
    """A value that an official gives for each row at a step.

    `kind`: money, text, date, digits4, names, choice (one of `choices`). `of_refused`: what was found is
    taken of a row that is refused too.
    """

    key: str
    label: str
    kind: str = "text"
    required: bool = True
    help: str = ""
    choices: tuple[str, ...] = ()
    of_refused: bool = False


Rule = Callable[["Acting"], None]


@dataclass(frozen=True)
class Step:
    """One step of a flow.

    `days` is the deadline in working days, the default of the setting ``flow.<flow>.<step>.days``.
    `each_seat`: every seat must act, not just one of them. `needs`: how many different holders of the seats
    must agree (会签): 1 is any one of them, N is N of them, 0 all who held a seat when the step was entered;
    the default of the setting ``flow.<flow>.<step>.needs`` where the step may be countersigned. `returns_to`
    names earlier steps, or ANY_STEP. `guards` judge rows before anything is written
    and may bar some; `effects` write in the same transaction, or find the step not complete yet (a meeting
    of four, a list whose clock runs). A `revocable` step's act may be taken back before the next level
    signs for it, and `undo` then takes back what `effects` wrote. `optional` names the
    rule of the flow that says for which rows the step is taken at all; without it, for every row. An optional
    step that most cases take is `usual`: what lies ahead of a case is shown with it.
    """

    key: str
    name: str
    kind: StepKind
    level: Level
    seats: tuple[Seat, ...]
    act_name: str
    verdicts: tuple[Verdict, ...] = (Verdict.AGREE,)
    each_seat: bool = False
    needs: int = 1
    days: int = 5
    returns_to: tuple[str, ...] = ()
    upheld_to: str = ""
    fields: tuple[RowField, ...] = ()
    payload: tuple[RowField, ...] = ()
    guards: tuple[Rule, ...] = ()
    effects: tuple[Rule, ...] = ()
    undo: tuple[Rule, ...] = ()
    revocable: bool = False
    evidence: tuple[str, ...] = ()
    publishes: str = ""
    optional: str = ""
    usual: bool = False

    @property
    def may_be_countersigned(self) -> bool:
        """Whether a county may ask for the agreement of several at this step."""
        return self.kind in COUNTERSIGNED_KINDS and not self.each_seat and Verdict.RETURN in self.verdicts


@dataclass(frozen=True)
class Flow:
    """Steps in order. `mandatory` are the levels that no county may take away.

    `vouched` returns, for the cases of an act by their id, what the levels vouch for when they agree
    (what was applied for); rows that come back go straight to who returned them only while it is unchanged.
    `total_days` is the limit for the whole of it in working days, the default of the area's setting; 0: none.
    """

    key: str
    version: int
    name: str
    steps: tuple[Step, ...]
    mandatory: tuple[Level, ...]
    source: str = ""
    applies: dict[str, Callable[[object], bool]] = field(default_factory=dict)
    vouched: Callable[["Acting"], dict[int, object]] | None = None
    total_days: int = 0

    def step(self, key: str) -> Step:
        """Return the step named `key`; KeyError where the flow has none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def position(self, key: str) -> int:
        """Return the place of the step named `key`, from 0."""
        return [step.key for step in self.steps].index(key)


def problems(flow: Flow) -> list[str]:
    """Return, in Chinese, what makes `flow` unusable; empty where it may be registered."""
    found: list[str] = []
    keys = [step.key for step in flow.steps]
    if not flow.steps or flow.steps[0].kind != StepKind.FILE:
        found.append("流程要从申报开始")
    if len(keys) != len(set(keys)):
        found.append("流程里有重名的环节")
    covered = {step.level for step in flow.steps if not step.optional}
    found += [f"流程跳过了必经的{Level(level).label}级" for level in flow.mandatory if level not in covered]
    found += [
        f"“{step.name}”：流程里没有规则 {step.optional}"
        for step in flow.steps
        if step.optional and step.optional not in flow.applies
    ]
    for place, step in enumerate(flow.steps):
        found += [f"“{step.name}”：{text}" for text in _step_problems(step, keys[:place])]
    return found


def _step_problems(step: Step, before: list[str]) -> list[str]:
    found: list[str] = []
    if not step.seats:
        found.append("没有人能办这个环节")
    for seat in step.seats:
        level = ROLE_LEVEL.get(seat.role, step.level)
        if seat.role in ROLES_WITHOUT_CASES or seat.role == Role.SUPERVISOR:
            found.append(f"{seat.role.label}不办业务")
        elif LEVELS.index(level) != LEVELS.index(step.level):
            found.append(f"{seat.role.label}不在{Level(step.level).label}级")
    named = [key for key in step.returns_to if key != ANY_STEP or not before]
    unknown = [key for key in (*named, *filter(None, [step.upheld_to])) if key not in before]
    if unknown:
        found.append(f"只能退回到前面的环节，{unknown[0]}不在前面")
    if step.optional and not before:
        found.append("第一个环节不能省")
    found += _countersign_problems(step)
    if step.each_seat and step.revocable:
        found.append("几方都要办的环节不能撤回")
    if step.revocable and step.publishes:
        found.append("公开了就不能撤回")
    if step.revocable and step.effects and not step.undo:
        found.append("可以撤回，却没有写怎么恢复")
    if Verdict.RETURN in step.verdicts and not step.returns_to:
        found.append("可以退回，却没有写退回到哪里")
    if Verdict.AGREE not in step.verdicts:
        found.append("没有“同意”，流程走不完")
    return found


def _countersign_problems(step: Step) -> list[str]:
    if step.needs == 1:
        return []
    found = []
    if not 0 <= step.needs <= MOST_SIGNERS:
        found.append(f"会签人数要在 0（全体）到 {MOST_SIGNERS} 之间")
    if step.each_seat:
        found.append("几方都要办的环节不另设会签人数")
    if step.kind not in COUNTERSIGNED_KINDS:
        found.append(f"{step.kind.label}环节不能会签")
    if Verdict.RETURN not in step.verdicts:
        found.append("会签的环节要能退回，人不够时才有路走")
    return found
