"""Playing changes, exits and aids through the engine a step at a time; the demo and the tests both do."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from disclosure.publicity.models import PublicList
from disclosure.publicity.services import end_due_lists
from portal import clock
from portal.people.models import Line, Role
from workflows.changes import services
from workflows.changes.models import Wanted
from workflows.engine.catalogue import flow
from workflows.engine.definitions import StepKind
from workflows.engine.models import Batch, BatchState, Case
from workflows.registry.models import Household

from . import build, play
from .build import County

FOUND_FEN = 26_000_00
ENTRY = {
    "category": "sudden_hardship",
    "situation": "去年秋天家里主要劳力受伤，半年没有务工，存款用完",
    "income_fen": 9_600_00,
    "evidence": "村里入户登记表、务工单位的证明",
}
CIVIL_OFFICIALS = {
    "civil1": ("温如玉", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.CIVIL_AFFAIRS),
    "countycivil": ("程思危", Role.COUNTY_REVIEWER, "枫禾县", Line.CIVIL_AFFAIRS),
}
RESERVE_FEN = 30_000_00


def civil_affairs(county: County) -> None:
    """Make the civil affairs' officials, and this year's reserve of 杉坞镇."""
    for username, (name, role, area, line) in CIVIL_OFFICIALS.items():
        build.make_official(county, username, name, role, area, line)
    services.set_reserve(
        by=county["countycivil"],
        township=county.areas["杉坞镇"],
        year=clock.today().year,
        total_fen=RESERVE_FEN,
        source=f"{clock.today().year}年临时救助备用金",
    )


def file_entry(county: County, by: str, household: Household, *, urgent: bool = False, **other: Any) -> Batch:
    """File the entry of `household` as one in sudden hardship, or as `other` says."""
    given = {**ENTRY, **other}
    wanted = given.pop("wanted", Wanted.ENTER)
    return batch_of(
        services.file_change(by=county[by], household=household, wanted=wanted, given=given, urgent=urgent)
    )


def file_exit(county: County, by: str, household: Household, income_fen: int = FOUND_FEN) -> Batch:
    """File the exit of `household` with evidence for each criterion in force."""
    _named, criteria = services.criteria_for(household)
    given = {
        "income_year": clock.today().year - 1,
        "income_fen": income_fen,
        "income_reason": "下半年的务工收入户档里还没有记",
        "living": "两个儿子在外务工，家里养羊，新房已经入住",
    }
    evidence = {key: "入户看过，有照片和单据" for key in criteria}
    return batch_of(services.file_exit(by=county[by], household=household, given=given, evidence=evidence))


def batch_of(case: Case) -> Batch:
    """Return the batch of `case` as it stands."""
    return Batch.objects.get(cases=case)


def step(county: County, batch: Batch, changes: Mapping[str, Any] | None = None) -> None:
    """Play the step at which `batch` stands, agreeing with all its rows; `changes` replace the usual ones."""
    here = flow(batch.flow_key, batch.flow_version).step(batch.step)
    usual = {wanted.key: _usual(wanted.key, batch) for wanted in here.fields}
    WAYS.get(here.key, _sign)(county, batch, {**usual, **(changes or {})})


def carry(county: County, batch: Batch, until: str) -> Batch:
    """Play `batch` on until it comes to the step `until` (``end`` for all the way)."""
    batch.refresh_from_db()
    while batch.step != until and batch.state == BatchState.OPEN:
        step(county, batch)
        batch.refresh_from_db()
    return batch


def who(batch: Batch) -> str:
    """Return the username of the one who acts on `batch`, of the first village and township."""
    role = batch.pending.strip(",").partition(":")[0]
    civil = batch.line == Line.CIVIL_AFFAIRS
    return {
        Role.VILLAGE_CLERK.value: "clerk1",
        Role.TOWNSHIP_REVIEWER.value: "civil1" if civil else "reviewer1",
        Role.TOWNSHIP_HEAD.value: "head1",
        Role.COUNTY_REVIEWER.value: "countycivil" if civil else "county",
        Role.COUNTY_HEAD.value: "countyhead",
        Role.COUNTY_FINANCE.value: "finance",
    }[role]


def _sign(county: County, batch: Batch, changes: Mapping[str, Any]) -> None:
    play.sign(batch, county[who(batch)], changes=changes)


def _visit_and_sign(county: County, batch: Batch, changes: Mapping[str, Any]) -> None:
    if batch.flow_key in ("monitored_entry", "exit_review", "temporary_aid"):
        play.visit_all(batch, county[who(batch)])
    if "amount_fen" in changes:
        play.check(batch, county[who(batch)])
    else:
        _sign(county, batch, changes)


def _appraise(county: County, batch: Batch, _changes: Mapping[str, Any]) -> None:
    here = flow(batch.flow_key, batch.flow_version).step(batch.step)
    if here.kind == StepKind.APPRAISE:
        play.appraise(batch, county["clerk1"])
        return
    for number in range(4):
        play.meet(batch, county["clerk1"], number)


def _publish(county: County, batch: Batch, changes: Mapping[str, Any]) -> None:
    _sign(county, batch, changes)
    running = PublicList.objects.get(number=batch.waits)
    with clock.travel(clock.now() + (running.closes_on - clock.today() + timedelta(days=1))):
        end_due_lists()


WAYS: dict[str, Callable[[County, Batch, Mapping[str, Any]], None]] = {
    "home_check": _visit_and_sign,
    "check": _visit_and_sign,
    "appraise": _appraise,
    "publish": _publish,
}


def _usual(key: str, batch: Batch) -> Any:
    """Return what an official usually fills in."""
    if key == "income_fen":
        return FOUND_FEN if batch.flow_key == "exit_review" else ENTRY["income_fen"]
    if key in ("amount_fen", "advanced_fen"):
        return min(play.active(batch)[0].amount_fen, 1_500_00)
    if key.endswith("_on"):
        return clock.today()
    if key == "card_last4":
        return play.active(batch)[0].aid.household.card_last4
    return {
        "income_reason": "看了务工单位的工资单和银行流水",
        "authorised_how": "本人签字",
        "signed_how": "本人签字",
        "consent_how": "本人签字",
        "consent": "同意",
        "compared": "没有异常",
        "compared_with": "公安、人社、不动产、市场监管",
        "received_how": "户主当面签领现金，韩同行见证",
        "resolution": "第3次会议，同意救助",
    }[key]
