"""Random officials on every shipped flow: programmes, changes, exits, aid; leave, kin and corrections."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from disclosure.publicity.models import Objection, ObjectionState, PublicList
from disclosure.publicity.publishing import correct
from disclosure.publicity.services import end_due_lists
from portal import clock
from portal.people import leave
from portal.people.errors import PeopleError
from portal.people.models import Office, Role, Substitution, User
from workflows.changes import forms, services
from workflows.changes.errors import ChangeRefused
from workflows.changes.models import MAY_BE_URGENT, ChangeRequest, Need, Wanted
from workflows.demo import names
from workflows.demo.build import County
from workflows.demo.change_play import FOUND_FEN
from workflows.demo.play import answers
from workflows.engine import authority
from workflows.engine.acting import RowVerdict
from workflows.engine.catalogue import flow
from workflows.engine.definitions import MEETING_KINDS, RowField, Verdict
from workflows.engine.models import ActKind, Batch, BatchState, Case, CaseState, Decision
from workflows.engine.services import act
from workflows.programmes import corrections
from workflows.programmes.services import amend_application, file_application
from workflows.registry.kinships import KinshipRefused, declare
from workflows.registry.models import Category, Degree, Household

from . import wanderer
from .busy_county import prepare
from .player import Player

REFUSALS = (*wanderer.REFUSALS, ChangeRefused, PeopleError, KinshipRefused)
CATEGORIES = [
    *(Category.LIFTED, Category.ORDINARY, Category.MARGINAL, Category.LOW_INCOME),
    *(Category.UNSTABLE_LIFTED, Category.ORDINARY, Category.SUDDEN_HARDSHIP, Category.LIFTED),
]
# What a household asks for at once is what may collide: many changes of few people.
CHANGES = [wanted for wanted in Wanted if wanted != Wanted.EXIT]

# Whose leave and whose kin matter most.
DECIDING = ["reviewer1", "reviewer9", "head1", "head7", "civil1", "county", "county9", "countyhead", "clerk1"]


class Caseworker(Player):
    """A player who files everything that can be filed, and whose colleagues fall ill and have relatives."""

    refusals = REFUSALS
    categories = CATEGORIES

    def __init__(self, county: County) -> None:
        super().__init__(county)
        self.programmes = prepare(county)
        # (person, household): the last decision that was written before they were known to be kin.
        self.kin: dict[tuple[int, str], int] = {}

    def _home(self) -> tuple[Household, User]:
        # A few households get most of what is filed, so that requests meet.
        home = self.dice.choice(self.homes[:3] if self.dice.random() < 0.6 else self.homes)
        home = Household.objects.select_related("area").get(pk=home.pk)
        number = wanderer.VILLAGES.get(home.area.name, "2")
        by = self.dice.choice([f"clerk{number}", f"helper{number}", f"team{number}"])
        return home, self.county[by]

    def file(self) -> None:
        home, by = self._home()
        programme = self.dice.choice(list(self.programmes.values()))
        file_application(by=by, programme=programme, household=home, answers=answers(self.dice.randrange(50)))

    def file_change(self) -> None:
        """File a change of the register, any."""
        home, by = self._home()
        self._change(home, by, self.dice.choice(CHANGES))

    def file_one_of_each(self) -> None:
        """File one case on every flow and programme."""
        lifted, ordinary, marginal, low = self.homes[:4]
        clerk = self.county["clerk1"]
        for programme in self.programmes.values():
            file_application(by=clerk, programme=programme, household=lifted, answers=answers(1))
        self._change(ordinary, clerk, Wanted.ENTER, category=Category.LOW_INCOME.value)
        self._change(self.homes[5], clerk, Wanted.ENTER, category=Category.MARGINAL.value)
        self._change(marginal, clerk, Wanted.HEAD, member=marginal.present_members[-1].pk)
        self._change(low, clerk, Wanted.BIRTH)
        self._exit(low, clerk)
        self.file_aid()

    def _change(self, home: Household, by: User, wanted: str, **fixed: Any) -> None:
        given = {one.key: self._given(one, home) for one in forms.fields_of(wanted)} | fixed
        if wanted == Wanted.SPLIT and given["members"]:
            given["head"] = given["members"][0]
        urgent = wanted in MAY_BE_URGENT and self.dice.random() < 0.3
        services.file_change(by=by, household=home, wanted=wanted, given=given, urgent=urgent)

    def _given(self, asked: forms.Asked, home: Household) -> Any:
        people = [member.pk for member in home.present_members]
        if asked.kind in ("member", "members"):
            chosen = self.dice.choice(people[-1:] + people) if people else None
            return [chosen] if asked.kind == "members" and chosen else chosen
        self.count += 1
        number = self.dice.choice([7, self.count])
        return {
            "category": self.dice.choice([choice.value for choice in forms.ENTERED]),
            "money": 9_600_00,
            "date": clock.today(),
            "choice": asked.choices[0] if asked.choices else "",
            "id": names.id_number(date(1980, 3, 4), 900 - number % 400),
            "village": self.county.areas[self.dice.choice(["竹坞村", "禾坪村"])].code,
            "helper": self.dice.choice(["helper1", "team1", "helper8"]),
        }.get(asked.kind, f"情况{number}")

    def file_exit(self) -> None:
        """File an exit."""
        self._exit(*self._home())

    def _exit(self, home: Household, by: User) -> None:
        _named, criteria = services.criteria_for(home)
        given = {"income_year": clock.today().year - 1, "income_fen": FOUND_FEN, "living": "新房已经入住"}
        evidence = {key: "看过单据" for key in criteria}
        services.file_exit(by=by, household=home, given=given, evidence=evidence)

    def file_aid(self) -> None:
        """File a temporary aid of an amount of any tier."""
        home, by = self._home()
        fen = self.dice.choice([900_00, 1_500_00, 3_200_00, 6_000_00])
        services.file_aid(
            by=by,
            household=home,
            need=Need.ACCIDENT,
            reason="摔伤住院",
            amount_fen=fen,
            aid_first=self.dice.random() < 0.5,
        )

    def amend(self) -> None:
        """Change what a returned or new case asks for."""
        first = Case.objects.filter(state=CaseState.ACTIVE, step="file").select_related("batch")
        case = self.dice.choice([None, *first.order_by("pk")])
        if case is None:
            return
        by, seen = self.whose_turn(case.batch), self.seen(case.batch)
        if case.scheme.startswith("programme:"):
            amend_application(by=by, case=case, seen_version=seen, answers=answers(self.dice.randrange(50)))
        elif case.scheme.startswith("aid:"):
            services.amend_aid(
                by=by, case=case, seen_version=seen, need=Need.LIVING, reason="断粮", amount_fen=2_000_00
            )
        elif case.scheme.startswith("change:"):
            request = ChangeRequest.objects.get(case=case)
            given = {**request.details, "evidence": "补了证明"}
            services.amend_change(by=by, case=case, seen_version=seen, given=given)

    def relate(self) -> None:
        """Let an official declare a household as kin."""
        home, _by = self._home()
        user = self.county[self.dice.choice(DECIDING)] if self.dice.random() < 0.8 else self.somebody()
        degree = self.dice.choice([Degree.SIBLING, Degree.IN_LAW, Degree.SPOUSE])
        declare(by=user, office=None, user=user, household=home, degree=degree)
        last = Decision.objects.order_by("pk").last()
        self.kin.setdefault((user.pk, home.subject), last.pk if last else 0)

    def go_on_leave(self) -> None:
        """Let an official name a substitute, and a superior confirm it."""
        held = Office.objects.filter(role__in=leave.SUBSTITUTABLE).select_related("area", "user")
        if self.dice.random() < 0.8:
            held = held.filter(user__username__in=DECIDING)
        self._leave(self.dice.choice(list(held.order_by("pk"))))

    def stand_in(self) -> None:
        """Let somebody whose turn it is go on leave, and whoever stands in for them sign what lies there."""
        batch = self.dice.choice([None, *Batch.objects.filter(state=BatchState.OPEN, waits="", asked="")])
        if batch is None:
            return
        offices = authority.offices_over(batch.area_path)
        seats = authority.pending_seats(batch)
        held = [one for seat in seats for one in authority.holders(seat, offices)]
        away = [one for one in held if one.role in leave.SUBSTITUTABLE and not leave.stood_in_for(one)]
        if away and (substitute := self._leave(self.dice.choice(away))):
            self._agree(batch, substitute)

    def _leave(self, office: Office) -> User | None:
        people = leave.possible(office)
        if not people:
            return None
        made = leave.name_substitute(
            by=office.user,
            office=office,
            substitute=self.dice.choice(people),
            starts_on=clock.today(),
            last_on=clock.today() + timedelta(days=self.dice.choice([0, 8, 30])),
            reason="学习",
        )
        leave.confirm(by=self.county["security"], substitution=made)
        return made.substitute

    def come_back(self) -> None:
        """End a substitution early."""
        made = self.dice.choice([None, *Substitution.objects.filter(ended_at=None).order_by("pk")])
        if made:
            leave.end(by=made.office.user, substitution=made)

    def correct_list(self) -> None:
        """Correct a list: a name, an amount or a row less, or nothing but the words."""
        found = self.dice.choice([None, *PublicList.objects.exclude(state="superseded").order_by("pk")])
        if found is None:
            return
        rows = [corrections.as_draft(row) for row in found.rows.order_by("position")]
        change = self.dice.choice(["name", "amount", "less", "words"])
        place = self.dice.randrange(len(rows))
        one = rows[place]
        changed: Mapping[str, Any] = {
            "name": {"name": f"{one.name}山" if one.name else ""},
            "amount": {"amount_fen": max(one.amount_fen - 100_00, 0)},
            "words": {"group": "九组"},
            "less": {},
        }[change]
        rows[place] = type(one)(**{**vars(one), **changed})
        if change == "less" and len(rows) > 1:
            del rows[place]
        offices = [office for office in authority.offices_over(found.area_path) if office.user.is_active]
        office = self.dice.choice([one for one in offices if one.role == Role.TOWNSHIP_REVIEWER] or offices)
        correct(by=office.user, office=office, list_id=found.pk, rows=rows, reason="写错了")

    def carry(self) -> None:
        """Let one batch go on as it should, by those who may: visited, signed, published, waited for."""
        batch, failed = self.batch(), 0
        for _time in range(self.dice.choice([4, 8, 16])):
            if batch is None or failed > 2:
                return
            batch.refresh_from_db()
            if batch.state != BatchState.OPEN or not (batch.waits or self._holders(batch)):
                return
            try:
                if batch.waits:
                    self._wait(batch)
                elif batch.asked:
                    self.answer_colleague()
                else:
                    self._agree(batch)
            except self.refusals as refusal:
                name, failed = type(refusal).__name__, failed + 1
                self.refused[name] = self.refused.get(name, 0) + 1

    def _holders(self, batch: Batch) -> list[User]:
        with clock.travel(self.now):
            offices = authority.offices_over(batch.area_path)
            seats = authority.pending_seats(batch)
            return [one.user for seat in seats for one in authority.holders(seat, offices)]

    def _wait(self, batch: Batch) -> None:
        running = PublicList.objects.filter(number=batch.waits).first()
        if running is None:
            return  # a board of the tests' roads: nobody's clock ends it
        if Objection.objects.filter(list=running, state=ObjectionState.OPEN).exists():
            self.answer()
        self.now = max(self.now, clock.now() + (running.closes_on - clock.today() + timedelta(days=1)))
        with clock.travel(self.now):
            end_due_lists()

    def _agree(self, batch: Batch, actor: User | None = None) -> None:
        with clock.travel(self.now):
            self.visit_rows(batch)
            rows = list(Case.objects.filter(batch=batch, state=CaseState.ACTIVE).order_by("pk"))
            step = flow(batch.flow_key, batch.flow_version).step(batch.step)
            act(
                actor=actor or self.dice.choice(self._holders(batch)),
                batch_id=batch.pk,
                seen_version=batch.version,
                verdicts={case.pk: self.agreed(case) for case in rows},
                payload=self.meeting(batch, step.kind) if step.kind in MEETING_KINDS else {},
                opinion="情况属实",
            )

    def agreed(self, case: Case) -> RowVerdict:
        """Return a full agreement."""
        step = flow(case.flow_key, case.flow_version).step(case.step)
        values = {wanted.key: self.value(wanted, case) for wanted in step.fields}
        return RowVerdict(Verdict.AGREE, "核过", values)

    def value(self, wanted: RowField, case: Case) -> Any:
        if wanted.kind == "choice":
            return self.dice.choice(wanted.choices)
        if wanted.key == "income_fen":
            return FOUND_FEN if self.dice.random() < 0.9 else 1_000_00
        if wanted.key == "advanced_fen":
            return min(case.requested_fen, 1_500_00)
        if wanted.kind == "digits4":
            return Household.objects.get(pk=case.subject.removeprefix("household:")).card_last4
        if wanted.kind == "money" and self.dice.random() < 0.2:
            return case.amount_fen - 100_00
        return super().value(wanted, case)

    def take_back_own(self) -> None:
        """Take back what was signed last anywhere."""
        for batch in Batch.objects.filter(state=BatchState.OPEN).order_by("-pk")[:6]:
            last = batch.acts.order_by("-pk").first()
            if last and last.kind == ActKind.SIGN and last.actor and last.step != batch.step:
                act(
                    actor=last.actor,
                    batch_id=batch.pk,
                    seen_version=batch.version,
                    kind=ActKind.TAKE_BACK,
                    opinion="看错了",
                )
                return
