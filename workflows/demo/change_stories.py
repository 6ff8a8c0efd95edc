"""Changes, exits and aids of the demo county, in 禾坪村: each stops where its case is to stand today."""

from collections.abc import Sequence

from portal import clock
from workflows.changes import services
from workflows.changes.models import Wanted
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch, Case
from workflows.notices.models import HouseholdNotice, ServiceMethod
from workflows.notices.services import serve
from workflows.registry.models import Category, Household

from . import build, change_play, play
from .build import County
from .calendar import Diary, Story

VILLAGE = "禾坪村"
# What each household of these stories is at the beginning, by its invented number.
BEGIN = {
    101: Category.ORDINARY,
    102: Category.MARGINAL,
    103: Category.MARGINAL,
    104: Category.LIFTED,
    105: Category.LIFTED,
    106: Category.ORDINARY,
    107: Category.ORDINARY,
}


def stories(county: County, diary: Diary, first_day: int) -> Sequence[Story]:
    """Register the households of these stories on `first_day` and return the stories."""
    with clock.travel(diary.at(first_day, 8)):
        change_play.civil_affairs(county)
        homes = [
            build.make_household(county, VILLAGE, number, "clerk1", category)
            for number, category in BEGIN.items()
        ]
    return [
        relapse_entered_urgently(county, diary, homes[0]),
        exit_refused(county, diary, homes[1]),
        exit_approved(county, diary, homes[2]),
        child_born(county, diary, homes[3]),
        aid_first(county, diary, homes[4]),
        entry_of_low_income(county, diary, homes[5]),
        aid_paid(county, diary, homes[6]),
    ]


def relapse_entered_urgently(county: County, diary: Diary, household: Household) -> Story:
    """A household in sudden hardship is helped at once; its list runs today."""
    yield diary.at(-9, 9)
    batch = change_play.file_entry(county, "helper1", household, urgent=True, wanted=Wanted.REENTER)
    case = batch.cases.get()
    yield diary.at(-9, 16)
    services.start_measure(
        by=county["clerk1"],
        case=case,
        what="当天送去米面油和过冬棉被，联系镇卫生院先治疗后结算",
        started_on=clock.today(),
    )
    yield diary.at(-8, 9)
    play.sign(batch, county["clerk1"])
    yield from _one_a_day(county, diary, batch, -7, until="publish")
    yield diary.at(-2, 9)
    play.sign(batch, county["reviewer1"])


def exit_refused(county: County, diary: Diary, household: Household) -> Story:
    """An exit whose income is below the line is refused, and the household is told."""
    yield diary.at(-14, 10)
    batch = change_play.file_exit(county, "clerk1", household, income_fen=16_000_00)
    yield diary.at(-13, 9)
    play.sign(batch, county["clerk1"])
    yield diary.at(-11, 15)
    play.visit_all(batch, county["reviewer1"])
    yield diary.at(-10, 10)
    case = batch.cases.get()
    why = "入户核实全家年纯收入13000元，人均6500元，没有超过监测线，继续帮扶"
    play.sign(batch, county["reviewer1"], rows={case.number: RowVerdict(Verdict.REFUSE, why)})
    yield diary.at(-9, 11)
    _serve(county, case)


def exit_approved(county: County, diary: Diary, household: Household) -> Story:
    """An exit goes its whole way; the household leaves, and is told."""
    yield diary.at(-45, 10)
    batch = change_play.file_exit(county, "helper1", household)
    yield from _one_a_day(county, diary, batch, -44, until="publish")
    yield diary.at(-38, 9)
    play.sign(batch, county["reviewer1"])
    yield from _one_a_day(county, diary, batch, -28, until="end")
    yield diary.at(-22, 11)
    _serve(county, batch.cases.get())


def child_born(county: County, diary: Diary, household: Household) -> Story:
    """A birth is done with the township's check."""
    yield diary.at(-6, 10)
    given = {
        "name": "满仓",
        "relation": "孙子",
        "on": diary.at(-20).date().isoformat(),
        "evidence": "出生医学证明",
    }
    case = services.file_change(by=county["clerk1"], household=household, wanted=Wanted.BIRTH, given=given)
    yield from _one_a_day(county, diary, change_play.batch_of(case), -5, until="end")


def aid_first(county: County, diary: Diary, household: Household) -> Story:
    """An aid is handed over on the day and approved afterwards; the county's record is next."""
    yield diary.at(-7, 10)
    case = services.file_aid(
        by=county["helper1"],
        household=household,
        need="accident",
        reason="户主夜里骑车摔伤送医，家里没有现钱交押金",
        amount_fen=2_500_00,
        aid_first=True,
    )
    batch = change_play.batch_of(case)
    yield diary.at(-7, 11)
    change_play.step(county, batch)
    yield diary.at(-7, 14)
    batch.refresh_from_db()
    change_play.step(county, batch)
    yield from _one_a_day(county, diary, batch, -4, until="record")


def aid_paid(county: County, diary: Diary, household: Household) -> Story:
    """An aid goes its whole way: its result is published as a count and a sum, without any name."""
    yield diary.at(-16, 10)
    case = services.file_aid(
        by=county["helper1"],
        household=household,
        need="disaster",
        reason="夜里灶房失火，烧了口粮和被褥",
        amount_fen=1_800_00,
        aid_first=False,
    )
    yield from _one_a_day(county, diary, change_play.batch_of(case), -15, until="end")


def entry_of_low_income(county: County, diary: Diary, household: Household) -> Story:
    """A low-income household enters by appraisal; the township's decision is next."""
    yield diary.at(-8, 11)
    batch = change_play.file_entry(county, "clerk1", household, category=Category.LOW_INCOME.value)
    yield from _one_a_day(county, diary, batch, -6, until="decide")


def _one_a_day(county: County, diary: Diary, batch: Batch, first: int, *, until: str) -> Story:
    """Play a step of `batch` each day from the day `first` until it comes to `until`, or to its end."""
    day = first
    while True:
        yield diary.at(day, 10, 20)
        batch.refresh_from_db()
        if batch.step == until or batch.state != "open" or batch.waits:
            return
        change_play.step(county, batch)
        day += 1


def _serve(county: County, case: Case) -> None:
    notice = HouseholdNotice.objects.get(case=case, served_on=None)
    serve(
        by=county["clerk1"],
        notice_id=notice.pk,
        served_on=clock.today(),
        how=ServiceMethod.SIGNED,
        served_to="户主",
    )
