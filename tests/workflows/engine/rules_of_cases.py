"""What of design.md must hold of every case whatever officials do; for the test that plays every flow."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from django.db.models import F, Max, Q

from disclosure.publicity.models import ListState, Objection, PublicList
from portal import clock
from portal.people.models import User
from workflows.changes import rules
from workflows.changes.aiding import committed_fen
from workflows.changes.models import ChangeRequest, Reserve, Wanted
from workflows.engine import authority, countersign
from workflows.engine.catalogue import flow
from workflows.engine.definitions import RECUSING_KINDS, StepKind, Verdict
from workflows.engine.models import ActKind, Batch, BatchState, Case, CaseState, Decision
from workflows.programmes.freed import WAITING
from workflows.registry.changes import HEAD
from workflows.registry.models import (
    MONITORED_CATEGORIES,
    Category,
    ChangeKind,
    Household,
    Member,
    RegisterChange,
    Standing,
)

HELPED = [*MONITORED_CATEGORIES, Category.LOW_INCOME]


def every_step_is_the_last_decisions() -> None:
    """A case stands where the last decision on it put it: nothing passes by itself (rule 4)."""
    last = dict(Decision.objects.values_list("case").annotate(last=Max("pk")))
    decisions = Decision.objects.select_related("act").in_bulk(last.values())
    for case in Case.objects.select_related("batch"):
        steps = flow(case.flow_key, case.flow_version)
        if case.pk not in last:
            assert (case.step, case.state) == (steps.steps[0].key, CaseState.ACTIVE), case.number
            continue
        decision = decisions[last[case.pk]]
        assert case.state == decision.to_state, case.number
        assert case.amount_fen == decision.amount_after_fen or case.step == steps.steps[0].key, case.number
        if case.state == CaseState.ACTIVE:
            assert case.step == decision.to_step and case.closed_at is None, case.number
        else:
            assert case.closed_at is not None, case.number


def only_the_clock_moves_without_a_person() -> None:
    """Whom no person moved, the clock of a list did that ran out, at the step that published it (rule 4)."""
    alone = Decision.objects.filter(actor=None).select_related("act__batch", "case")
    for decision in alone:
        steps = flow(decision.case.flow_key, decision.case.flow_version)
        assert decision.act.kind == ActKind.CLOCK and decision.verdict == Verdict.AGREE, decision.case.number
        assert steps.step(decision.step).kind == StepKind.PUBLISH, decision.case.number
        ended = PublicList.objects.filter(
            rows__subject=f"case:{decision.case.number}", closes_on__lt=clock.day_of(decision.at)
        )
        assert ended.exists(), decision.case.number
        disputed = Objection.objects.filter(
            list__in=ended, row__subject=f"case:{decision.case.number}", received_at__lt=decision.at
        ).filter(received_on__lte=F("list__closes_on"))
        unanswered = Q(answered_at=None) | Q(answered_at__gt=decision.at)
        assert not disputed.filter(unanswered).exists(), decision.case.number


def nobody_acts_at_two_levels_or_judges_twice() -> None:
    """One level a person and one judgement a case, whoever stood in for whom and whoever filed (rule 3)."""
    levels: dict[tuple[int, int], set[str]] = defaultdict(set)
    judged: dict[tuple[int, int], set[str]] = defaultdict(set)
    acts = Decision.objects.exclude(actor=None).exclude(act__kind=ActKind.SEND_BACK)
    filed = {case.pk: (case.opened_by_id, case.flow_key, case.flow_version) for case in Case.objects.all()}
    for case, (person, key, version) in filed.items():
        levels[person, case].add(flow(key, version).steps[0].level)
    for actor, instead_of, case, level, judging, step in acts.values_list(
        "actor", "act__instead_of", "case", "level", "judging", "step"
    ):
        for person in filter(None, (actor, instead_of)):
            levels[person, case].add(level)
            if judging:
                judged[person, case].add(step)
    assert [key for key, found in levels.items() if len(found) > 1] == []
    assert [key for key, found in judged.items() if len(found) > 1] == []


def nobody_decides_on_kin(kin: Mapping[tuple[int, str], int]) -> None:
    """From their declaration on, no official decides on their kin, also not through a substitute (rule 3)."""
    if not kin:
        return
    steps = [step.value for step in RECUSING_KINDS]
    people = {person for person, _subject in kin}
    found = Decision.objects.exclude(verdict=Verdict.WITHDRAW).select_related("act", "case")
    for decision in found.filter(act__kind=ActKind.SIGN):
        kind = flow(decision.case.flow_key, decision.case.flow_version).step(decision.step).kind
        if kind not in steps:
            continue
        for person in {decision.actor_id, decision.act.instead_of_id} & people:
            since = kin.get((person, decision.case.subject))
            assert since is None or decision.pk <= since, (decision.case.number, decision.step)


def the_last_history_row_is_the_case() -> None:
    """Field history ends with what the case is."""
    fields = ["step", "state", "amount_fen", "requested_fen", "version", "round", "batch_id", "area_path"]
    newest = Case.history.values("id").annotate(last=Max("history_id")).values_list("last", flat=True)
    past = {row["id"]: row for row in Case.history.filter(history_id__in=newest).values("id", *fields)}
    for row in Case.objects.values("id", *fields):
        assert past[row["id"]] == row


def the_to_do_is_the_pending_seats(people: list[User]) -> None:
    """A batch is in the to-do of those who hold a seat of it, or were asked, and of nobody else."""
    batches = list(Batch.objects.all())
    offices = {batch.pk: authority.offices_over(batch.area_path) for batch in batches}
    for user in people:
        listed = set(Batch.objects.waiting_for(user).values_list("pk", flat=True))
        for batch in batches:
            assert (batch.pk in listed) == _is_due(batch, user, offices[batch.pk]), (batch.number, user)


def _is_due(batch: Batch, user: User, offices: list[authority.Office]) -> bool:
    if batch.state != BatchState.OPEN:
        return False
    if user.pk in countersign.ids(batch.asked):
        lines = {batch.line, batch.shared_line, "all"}
        if any(office.user_id == user.pk and office.line in lines for office in offices):
            return True
    if batch.held_by_id not in (None, user.pk) or user.pk in countersign.ids(batch.signed):
        return False
    seats = authority.pending_seats(batch)
    return any(office.user_id == user.pk for seat in seats for office in authority.holders(seat, offices))


def open_batches_stand_at_a_step_of_their_flow() -> None:
    """An open batch waits for an official of its step (or the level above), or for a list hung out."""
    for batch in Batch.objects.filter(state=BatchState.OPEN):
        step = flow(batch.flow_key, batch.flow_version).step(batch.step)
        roles = {seat.role for seat in authority.pending_seats(batch)}
        own = {seat.role for seat in step.seats}
        assert roles <= own | {above for role in own if (above := authority.SUPERIOR.get(role))}, batch.number
        if batch.waits and not batch.waits.startswith("board:"):
            awaited = PublicList.objects.get(number=batch.waits)
            assert awaited.state != ListState.SUPERSEDED, batch.number
        keys = set(batch.cases.filter(state=CaseState.ACTIVE).values_list("flow_key", "flow_version"))
        assert keys == {(batch.flow_key, batch.flow_version)}, batch.number


def reserves_hold() -> None:
    """No township's reserve is promised beyond its total (rule 9)."""
    for reserve in Reserve.objects.all():
        assert committed_fen(reserve) <= reserve.total_fen


def what_is_past_its_approval_holds_its_money() -> None:
    """No case came past its approval without the money that the approval commits (rules 5 and 9)."""
    cases = Case.objects.filter(state=CaseState.ACTIVE, flow_key__in=["fund_application", "temporary_aid"])
    for case in cases.select_related("application", "aid"):
        run = flow(case.flow_key, case.flow_version)
        if case.step != WAITING and run.position(case.step) > run.position("approve"):
            about = case.aid if case.flow_key == "temporary_aid" else case.application
            held = about.reserve_id if case.flow_key == "temporary_aid" else about.budget_id
            assert held is not None and about.approved_fen is not None, case.number


def the_register_changes_once_by_each_case() -> None:
    """A case changes the register when its flow's step for it is agreed to, once, and no case undoes it."""
    written = Counter(RegisterChange.objects.exclude(case_number="").values_list("case_number", flat=True))
    decided: dict[int, list[str]] = defaultdict(list)
    agreed = Decision.objects.filter(verdict=Verdict.AGREE, act__kind=ActKind.SIGN)
    for case, step, to_step in agreed.values_list("case", "step", "to_step"):
        if step != to_step:
            decided[case].append(step)
    for request in ChangeRequest.objects.select_related("case"):
        case = request.case
        steps = flow(case.flow_key, case.flow_version).steps
        effective = [step.key for step in steps if rules.take_effect in step.effects]
        assert len(effective) == 1, case.flow_key
        reached = decided[case.pk].count(effective[0])
        expected = 2 if request.wanted == Wanted.SPLIT else 1
        found = written.pop(case.number, 0)
        if request.wanted == Wanted.DEATH and request.details.get("new_head"):
            assert found in (0, 1, 2) and bool(found) == bool(reached), case.number
        else:
            assert found == expected * reached, (case.number, request.wanted, found, reached)
        assert reached <= 1, case.number
        if reached:
            assert case.state in (CaseState.ACTIVE, CaseState.DONE), (case.number, request.wanted)
            if case.state == CaseState.ACTIVE:
                place = [step.key for step in steps].index
                assert place(case.step) > place(effective[0]), (case.number, request.wanted)
    assert not written


def the_register_makes_sense() -> None:
    """One head a household, nobody leaves twice, and who is out of the register is not helped in it."""
    left = Counter(RegisterChange.objects.filter(kind=ChangeKind.LEFT).values_list("member", flat=True))
    assert [member for member, times in left.items() if times > 1] == []
    relations: dict[int, list[str]] = defaultdict(list)
    for household, relation in Member.objects.present().values_list("household", "relation"):
        relations[household].append(relation)
    for home in Household.objects.all():
        heads = relations[home.pk].count(HEAD)
        assert heads == 1 if relations[home.pk] else home.standing == Standing.CLOSED, (home.pk, heads)
        if home.standing == Standing.EXITED:
            assert home.category not in HELPED, home.pk
