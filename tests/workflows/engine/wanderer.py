"""Random officials who do random things to random batches; for the tests of what holds whatever they do."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from django.db import transaction

from disclosure.deliberations.errors import DeliberationError
from disclosure.publicity.errors import PublicityError
from disclosure.publicity.models import Objection, ObjectionState, PublicList
from disclosure.publicity.services import answer, end_due_lists, lodge
from portal import clock
from portal.ledger.services import Draft, append
from portal.people.models import Office, User
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.play import APPRAISAL, MEETINGS, WITNESS, answers
from workflows.engine import authority
from workflows.engine.acting import RowVerdict
from workflows.engine.catalogue import flow
from workflows.engine.definitions import MEETING_KINDS, StepKind, Verdict
from workflows.engine.errors import ActRefused
from workflows.engine.models import ActKind, Batch, BatchState, Case, CaseState
from workflows.engine.services import act
from workflows.programmes.models import Visit
from workflows.programmes.services import ProgrammeRefused, file_application
from workflows.registry.kinships import declare
from workflows.registry.models import Category, Degree, Household

REFUSALS = (ActRefused, ProgrammeRefused, PublicityError, DeliberationError)
VILLAGES = {"禾坪村": "1", "榆坪村": "8"}


class Wanderer:
    """Does one random thing after another on a clock of its own; refusals are what it expects."""

    # Of each village's households, one after the other.
    categories: Sequence[Category] = [Category.LIFTED]

    def __init__(self, county: County, seed: int) -> None:
        self.county, self.dice = county, random.Random(seed)
        self.now: datetime = clock.now()
        self.done: dict[str, int] = {}
        self.homes = [
            build.make_household(county, village, 40 * int(number) + place, f"clerk{number}", category)
            for village, number in VILLAGES.items()
            for place, category in zip(range(8), cycle(self.categories), strict=False)
        ]
        self.actions: list[Callable[[], Any]] = [
            *[self.file] * 3,
            *[self.sign] * 14,
            self.sign_for,
            *[self.take_back] * 2,
            *[self.visit] * 4,
            *[self.let_time_pass] * 3,
            self.lodge,
            *[self.answer] * 2,
        ]

    def step(self) -> None:
        """Do one random thing."""
        action = self.dice.choice(self.actions)
        with clock.travel(self.now):
            try:
                action()
                self.done[action.__name__] = self.done.get(action.__name__, 0) + 1
            except REFUSALS as refusal:
                name = type(refusal).__name__
                self.done[name] = self.done.get(name, 0) + 1

    def somebody(self) -> User:
        return self.county[self.dice.choice(list(self.county.people))]

    def whose_turn(self, batch: Batch) -> User:
        """Return somebody who may act on `batch`, or, now and then, anybody."""
        seats = authority.pending_seats(batch)
        offices = authority.offices_over(batch.area_path)
        people = [office.user for seat in seats for office in authority.holders(seat, offices)]
        return self.dice.choice(people) if people and self.dice.random() < 0.85 else self.somebody()

    def batch(self) -> Batch | None:
        found = Batch.objects.filter(state=BatchState.OPEN).order_by("pk")
        batches = list(found) if self.dice.random() < 0.95 else list(Batch.objects.order_by("pk"))
        return self.dice.choice(batches) if batches else None

    def seen(self, batch: Batch) -> int:
        return batch.version - (self.dice.random() < 0.05)

    def file(self) -> None:
        home = self.dice.choice(self.homes)
        number = VILLAGES[home.area.name]
        by = self.dice.choice([f"clerk{number}", f"helper{number}", "team1"])
        assert self.county.programme is not None
        file_application(
            by=self.county[by],
            programme=self.county.programme,
            household=home,
            answers=answers(self.dice.randrange(50)),
        )

    def sign(self) -> None:
        batch = self.batch()
        if batch is None:
            return
        step = flow(batch.flow_key, batch.flow_version).step(batch.step)
        rows = Case.objects.filter(batch=batch, state=CaseState.ACTIVE)
        verdicts = {case.pk: self.verdict(case) for case in rows.select_related("application__household")}
        payload = self.meeting(batch, step.kind) if step.kind in MEETING_KINDS else {}
        act(
            actor=self.whose_turn(batch),
            batch_id=batch.pk,
            seen_version=self.seen(batch),
            verdicts=verdicts,
            payload=payload,
            opinion=self.dice.choice(["", "情况属实"]),
        )

    def verdict(self, case: Case) -> RowVerdict:
        """Return an opinion on `case`, mostly to agree, now and then with a value that cannot be."""
        kind = self.dice.choices(list(Verdict), [25, 1, 2, 1, 1])[0]
        odd = self.dice.random() < 0.05
        amount = case.amount_fen + (1 if odd else -self.dice.choice([0, 0, 0, 10_000]))
        changes = {
            "amount_fen": amount,
            "started_on": clock.today(),
            "accepted_fen": amount,
            "accepted_on": clock.today(),
            "acceptors": "沈知行、韩同行",
            "card_last4": "0000" if odd else case.application.household.card_last4,
            "paid_on": clock.today(),
            "effect": "已建成",
        }
        wanted = {f.key for f in flow(case.flow_key, case.flow_version).step(case.step).fields}
        reason = self.dice.choice(["", "和现场不一致", "和现场不一致"])
        return RowVerdict(kind, reason, {key: value for key, value in changes.items() if key in wanted})

    def meeting(self, batch: Batch, kind: str = StepKind.DELIBERATE) -> dict[str, Any]:
        """Return a meeting, mostly the one whose turn it is, now and then one that fails."""
        from disclosure.deliberations.models import DeliberationState
        from disclosure.deliberations.services import current

        found = current(f"batch:{batch.number}")
        open_ = found is not None and found.state == DeliberationState.OPEN
        place = found.meetings.count() if found and open_ and self.dice.random() < 0.95 else 0
        usual = APPRAISAL if kind == StepKind.APPRAISE else MEETINGS[min(place, 3)]
        data = {**usual, "held_on": clock.today(), "witness": WITNESS}
        if self.dice.random() < 0.05:
            data["votes_against"] = data["votes_for"] + data.get("votes_against", 0)
            data["votes_for"] = 0
        return data

    def sign_for(self) -> None:
        self.other(ActKind.SIGN_FOR)

    def take_back(self) -> None:
        self.other(ActKind.TAKE_BACK)

    def other(self, kind: ActKind) -> None:
        batch = self.batch()
        if batch is None:
            return
        last = batch.acts.order_by("-pk").first()
        actor = last.actor if kind == ActKind.TAKE_BACK and last and last.actor else self.whose_turn(batch)
        act(actor=actor, batch_id=batch.pk, seen_version=self.seen(batch), kind=kind, opinion="看错了")

    def visit(self) -> None:
        """Record visits to all rows of a batch; its service has tests of its own."""
        batch = self.batch()
        if batch is not None:
            self.visit_rows(batch)

    def visit_rows(self, batch: Batch) -> None:
        with transaction.atomic():
            for case in Case.objects.filter(batch=batch, state=CaseState.ACTIVE):
                Visit.objects.create(
                    case=case,
                    visited_on=clock.today(),
                    first_visitor="沈知行",
                    second_visitor="韩同行",
                    note="看过",
                    round=case.round,
                    recorded_by=self.county["reviewer1"],
                )
            # Past the service, not past the ledger: any event names what was written before it.
            append(Draft("ledger.evidence_exported", "batch", batch.number))

    def let_time_pass(self) -> None:
        self.now += timedelta(days=self.dice.choice([1, 3, 8]))
        with clock.travel(self.now):
            end_due_lists()

    def lodge(self) -> None:
        running = self.dice.choice([None, *PublicList.objects.filter(kind="application")])
        if running:
            rows = [None, *running.rows.values_list("pk", flat=True)]
            lodge(list_id=running.pk, row_id=self.dice.choice(rows), text="这家没有建")

    def answer(self) -> None:
        objection = self.dice.choice([None, *Objection.objects.filter(state=ObjectionState.OPEN)])
        if objection is None:
            return
        office = self.dice.choice(list(Office.objects.filter(area__level__in=["township", "county"])))
        answer(
            by=User.objects.get(pk=office.user_id),
            office=office,
            objection_id=objection.pk,
            outcome=self.dice.choice([ObjectionState.UPHELD, ObjectionState.DISMISSED]),
            findings="到现场看了",
            answer="查过了",
            investigators=["沈知行", "韩同行"],
        )

    def relate(self) -> None:
        """Make a head of a township a relative of a few households."""
        for home in Household.objects.order_by("pk")[:2]:
            declare(
                by=self.county["head1"],
                office=None,
                user=self.county["head1"],
                household=home,
                degree=Degree.SIBLING,
            )
