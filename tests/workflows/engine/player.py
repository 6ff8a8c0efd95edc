"""Random officials on random cases of every flow, with every act of the engine; for the stateful test."""

from random import Random
from typing import Any

from portal import clock
from portal.people.models import User
from workflows.demo.build import County
from workflows.engine import authority, tasks
from workflows.engine.acting import RowVerdict
from workflows.engine.catalogue import flow
from workflows.engine.definitions import RowField, Verdict
from workflows.engine.models import ActKind, Batch, Case
from workflows.engine.services import act

from .. import roads, wells
from .wanderer import REFUSALS, Wanderer

PASSING = [
    ActKind.REASSIGN,
    ActKind.DELEGATE,
    ActKind.ADD_SIGN,
    ActKind.CC,
    ActKind.URGE,
    ActKind.NOTE,
    ActKind.READ,
]


class Player(Wanderer):
    """A wanderer who also files wells and roads, returns anywhere, goes straight back and asks colleagues."""

    refusals: tuple[type[Exception], ...] = REFUSALS

    def __init__(self, county: County) -> None:
        super().__init__(county, 0)
        self.refused: dict[str, int] = {}
        self.count = 0

    def play(self, what: str, dice: Random) -> None:
        """Do one thing by the name of its method; a refusal in plain words is an answer, too."""
        self.dice = dice
        with clock.travel(self.now):
            try:
                getattr(self, what)()
                self.done[what] = self.done.get(what, 0) + 1
            except self.refusals as refusal:
                assert str(refusal).strip(), refusal
                name = type(refusal).__name__
                self.refused[name] = self.refused.get(name, 0) + 1

    def file_elsewhere(self) -> None:
        """File a well, a road or a bridge."""
        self.count += 1
        village = self.county.areas["禾坪村"]
        kind = self.dice.choice(["well", "road", "bridge"])
        ask = wells.ask if kind == "well" else roads.asked
        ask(self.county[self.dice.choice(["clerk1", "clerk1", "clerk8"])], village, f"{kind}:{self.count}")

    def verdict(self, case: Case) -> RowVerdict:
        """Return an opinion on `case` at its step, mostly to agree."""
        steps = flow(case.flow_key, case.flow_version)
        step = steps.step(case.step)
        kind = self.dice.choices(list(Verdict), [22, 1, 3, 1, 1])[0]
        before = [one.key for one in steps.steps[: steps.position(step.key)]]
        to_step = self.dice.choice(["", *before]) if kind == Verdict.RETURN else ""
        values = {wanted.key: self.value(wanted, case) for wanted in step.fields}
        reason = self.dice.choice(["", "和现场不一致", "和现场不一致"])
        straight = case.round > 1 and self.dice.random() < 0.5
        return RowVerdict(kind, reason, values, to_step, straight)

    def value(self, wanted: RowField, case: Case) -> Any:
        """Return a value for one field, now and then one that cannot be."""
        odd = self.dice.random() < 0.05
        if wanted.kind == "money":
            return case.amount_fen + odd
        if wanted.kind == "date":
            return clock.today()
        if wanted.kind == "digits4":
            return "0000" if odd else case.application.household.card_last4
        if wanted.kind == "names":
            return "沈知行" if odd else "沈知行、韩同行"
        return "low"

    def pass_on(self) -> None:
        """Pass a batch on, ask, copy, urge, note or read."""
        batch = self.batch()
        if batch is None:
            return
        actor = self.whose_turn(batch)
        offices = authority.offices_over(batch.area_path)
        people = [*tasks.advisers(batch, offices, actor), self.somebody()]
        person = self.dice.choice(people)
        self.ask_engine(batch, self.dice.choice(PASSING), actor, {"person": person.pk})

    def answer_colleague(self) -> None:
        """Answer what somebody was asked, or call it back."""
        batch = self.dice.choice([None, *Batch.objects.exclude(asked="").order_by("pk")])
        if batch is None:
            return
        asked = User.objects.filter(pk__in=[int(pk) for pk in batch.asked.strip(",").split(",")])
        actor = self.dice.choice([*asked.order_by("pk"), self.whose_turn(batch)])
        self.ask_engine(batch, self.dice.choice([ActKind.ANSWER, ActKind.CALL_BACK]), actor, {})

    def ask_engine(self, batch: Batch, kind: ActKind, actor: User, payload: dict[str, Any]) -> None:
        act(
            actor=actor,
            batch_id=batch.pk,
            seen_version=self.seen(batch),
            kind=kind,
            opinion=self.dice.choice(["", "请看一下", "请看一下"]),
            payload=payload,
        )
