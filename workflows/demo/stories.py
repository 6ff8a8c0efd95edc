"""What happens in the demo county, village by village; each story stops where its batch is to stand today."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from disclosure.publicity import services as publicity
from disclosure.publicity.models import Channel, ObjectionState, PublicList
from portal import clock
from portal.clock.jobs import run_due
from portal.people.models import Office
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import ActKind, Batch, Case
from workflows.engine.services import act
from workflows.notices.models import HouseholdNotice, ServiceMethod
from workflows.notices.services import serve
from workflows.programmes.services import amend_application
from workflows.registry.models import Household

from . import play
from .build import County
from .calendar import Diary, Story

# What each kind of project brought, as the village tells it in the end.
EFFECTS = {
    "养羊圈舍": "新增羊20只，预计一年增收6,000元",
    "养鸡": "鸡200只全部出栏，增收8,200元",
    "食用菌大棚": "大棚出菇两茬，增收5,400元",
    "中药材种植": "种下2亩，明年秋天采收，预计增收4,000元",
    "农机购置": "微耕机买回来用上了，替人耕地增收2,600元",
}


class Village:
    """One village's batch, played act by act, by officials whose usernames end in `number` or `town`."""

    def __init__(
        self,
        county: County,
        diary: Diary,
        number: int,
        town: int,
        households: Sequence[Household],
        start: int,
    ) -> None:
        self.county, self.diary, self.start = county, diary, start
        self.households = list(households)
        self.clerk, self.helper = f"clerk{number}", f"helper{number}"
        self.watch, self.reviewer, self.head = f"watch{number}", f"reviewer{town}", f"head{town}"
        self.minute = number * 3 % 60
        # What the radar is to find: a batch checked in half a minute, one photo for two, a signing at night.
        self.hasty = self.one_photo = self.at_night = False
        self._batch: Batch | None = None

    def at(self, day: int, hour: int) -> datetime:
        """Return the moment `day` days after the story's start."""
        return self.diary.at(self.start + day, hour, self.minute)

    @property
    def batch(self) -> Batch:
        """The village's batch, as it stands now."""
        assert self._batch is not None
        self._batch.refresh_from_db()
        return self._batch

    @property
    def published(self) -> PublicList:
        """The list that the batch waits for."""
        return PublicList.objects.get(number=self.batch.waits)

    def office(self, username: str) -> Office:
        """Return the office of a person of this story."""
        return Office.objects.select_related("area").get(user=self.county.people[username])

    def filed(self) -> Story:
        """Applications are filed on the first days."""
        yield self.at(0, 9)
        assert self.county.programme is not None
        self._batch = play.file_all(self.county, self.helper, self.households, self.county.programme)

    def submitted(self, day: int = 2) -> Story:
        """The clerk hands the batch in."""
        yield self.at(day, 9)
        play.sign(self.batch, self.county[self.clerk])

    def met(self, first: int = 0, last: int = 4, day: int = 3, **other: int) -> Story:
        """The meetings `first` to before `last` are held, two days apart; `other` changes the last one."""
        for number in range(first, last):
            yield self.at(day + 2 * (number - first), 16)
            play.meet(self.batch, self.county[self.clerk], number, **(other if number == last - 1 else {}))

    def visited(self, day: int = 11) -> Story:
        """The township signs for the batch and visits every household."""
        yield self.at(day, 9)
        if not self.hasty:
            self._signed_for()
        yield self.at(day + 1, 15)
        play.visit_all(self.batch, self.county[self.reviewer], one_photo=self.one_photo)

    def _signed_for(self) -> None:
        batch, reviewer = self.batch, self.county[self.reviewer]
        act(actor=reviewer, batch_id=batch.pk, seen_version=batch.version, kind=ActKind.SIGN_FOR)

    def checked(self, day: int = 13, rows: dict[int, RowVerdict] | None = None) -> Story:
        """The township checks; `rows` are verdicts by the row's place."""
        yield self.at(day, 10)
        if self.hasty:
            self._signed_for()
            yield self.at(day, 10) + timedelta(seconds=25)
        cases = play.active(self.batch)
        given = {cases[place].number: verdict for place, verdict in (rows or {}).items()}
        play.check(self.batch, self.county[self.reviewer], given)

    def listed(self, day: int = 14) -> Story:
        """The township publishes the list; the village hangs it up and looks again before it ends."""
        yield self.at(day, 9)
        play.sign(self.batch, self.county[self.reviewer])
        yield self.at(day, 17)
        self.posted("张贴")

    def posted(self, note: str) -> None:
        """The clerk records that the list hangs on the board, the supervision committee has seen it too."""
        posting = publicity.record_posting(
            by=self.county[self.clerk],
            office=self.office(self.clerk),
            list_id=self.published.pk,
            seen_on=clock.today(),
            photo=play.photo(f"{note}{self.published.number}"),
            note=note,
        )
        publicity.countersign(
            by=self.county[self.watch], office=self.office(self.watch), posting_id=posting.pk
        )

    def seen_again(self, day: int = 20) -> Story:
        """The list still hangs the day before its period ends."""
        yield self.at(day, 11)
        self.posted("复查")

    def approved(self, day: int = 23) -> Story:
        """The township head signs the batch."""
        yield self.at(day, 23 if self.at_night else 10)
        play.sign(self.batch, self.county[self.head], opinion="同意")

    def recorded(self, day: int = 24, both: bool = True) -> Story:
        """The county's assistance office files the batch, and so does finance."""
        yield self.at(day, 11)
        play.sign(self.batch, self.county["county"])
        if both:
            yield self.at(day, 15)
            play.sign(self.batch, self.county["finance"])

    def begun(self, day: int = 26) -> Story:
        """The households begin to build."""
        yield self.at(day, 9)
        play.sign(self.batch, self.county[self.helper], changes={"started_on": clock.today()})

    def accepted(self, day: int = 50) -> Story:
        """Two officials of the township accept what was built."""
        yield self.at(day, 15)
        play.accept(self.batch, self.county[self.reviewer])

    def paid(self, day: int = 54) -> Story:
        """County finance pays by card."""
        yield self.at(day, 10)
        play.pay(self.batch, self.county["finance"])

    def announced(self, day: int = 56) -> Story:
        """The village publishes the result."""
        yield self.at(day, 10)
        rows = {
            case.number: RowVerdict(
                Verdict.AGREE, changes={"effect": EFFECTS[str(case.application.answers["project"])]}
            )
            for case in play.active(self.batch)
        }
        play.sign(self.batch, self.county[self.clerk], rows=rows)

    def until_listed(self, **rows: RowVerdict) -> Story:
        """Everything up to the published list; `rows` are verdicts of the check, ``row2`` for the second."""
        verdicts = {int(name.removeprefix("row")) - 1: verdict for name, verdict in rows.items()}
        yield from self.filed()
        yield from self.submitted()
        yield from self.met()
        yield from self.visited()
        yield from self.checked(rows=verdicts)
        yield from self.listed()

    def reduced(self, place: int, less_yuan: int, why: str) -> RowVerdict:
        """Return the verdict that lowers the amount of the household at `place` by `less_yuan`."""
        amount = play.granted_fen(self.households[place].pk) - less_yuan * 100
        return RowVerdict(Verdict.AGREE, why, {"amount_fen": amount})


def paid_and_published(village: Village) -> Story:
    """From filing to the second publication, with one household reduced."""
    yield from village.until_listed(row2=village.reduced(1, 200, "现场丈量少了一角，按实际核定"))
    yield from village.seen_again()
    yield from village.approved()
    yield from village.recorded()
    yield from village.begun()
    yield from village.accepted()
    yield from village.paid()
    yield from village.announced()


def waiting_for(village: Village, step: str) -> Story:
    """An ordinary batch that stands at `step` today; one that waits for the money was signed at night."""
    village.at_night = step == "pay"
    yield from village.until_listed()
    yield from village.seen_again()
    for reached, following in (
        ("approve", village.approved),
        ("record", lambda: village.recorded(both=step != "record")),
        ("start", village.begun),
        ("accept", village.accepted),
        ("pay", village.paid),
    ):
        if reached == step and step != "record":
            return
        yield from following()
        if reached == step:
            return


def list_running(village: Village) -> Story:
    """The list runs today, with a reduced row; the township checked its six rows in half a minute."""
    village.hasty = True
    yield from village.until_listed(
        row3=village.reduced(2, 300, "核查面积少0.4亩，按实际面积核定"),
    )
    yield from village.seen_again()


def list_objected(village: Village) -> Story:
    """The list runs and a neighbour objected to a row; nobody has answered yet."""
    yield from village.until_listed()
    yield village.at(16, 20)
    published = village.published
    publicity.lodge(
        list_id=published.pk,
        row_id=published.rows.all()[1].pk,
        text="他家的棚是前年就搭好的，不是今年新建的，请再去看看。",
        ground="",
    )


def objection_upheld(village: Village) -> Story:
    """An objection by telephone was upheld: the row went back to be checked again."""
    yield from village.until_listed()
    yield village.at(16, 10)
    published, reviewer = village.published, village.county["head2"]
    office = village.office("head2")
    lodged = publicity.lodge(
        list_id=published.pk,
        row_id=published.rows.all()[0].pk,
        text="羊是借来凑数的，查验第二天就还回去了。",
        channel=Channel.PHONE,
        by=reviewer,
        office=office,
    )
    yield village.at(18, 15)
    publicity.answer(
        by=village.county["head2"],
        office=village.office("head2"),
        objection_id=lodged.objection.pk,
        outcome=ObjectionState.UPHELD,
        findings="两人到场清点，实有存栏比申报少，情况属实。",
        answer="反映的情况属实，这一户已经退回重新核查，核定后重新公示。",
        investigators=("秦守正", "韩同行"),
    )


def returned(village: Village) -> Story:
    """One household was sent back to the village for a wrong invoice, and the clerk has corrected it.

    The township showed one photo for two of the households.
    """
    village.one_photo = True
    yield from village.filed()
    yield from village.submitted()
    yield from village.met()
    yield from village.visited()
    why = RowVerdict(Verdict.RETURN, "发票日期早于申报日期，请补齐材料后再报", to_step="file")
    yield from village.checked(rows={1: why})
    yield village.at(14, 16)
    case = Case.objects.select_related("batch", "application").get(
        subject=village.households[1].subject, batch__step="file"
    )
    amend_application(
        by=village.county[village.clerk],
        case=case,
        seen_version=case.batch.version,
        answers={**case.application.answers, "scale": "圈舍45平方米，发票已换开"},
    )


def refused(village: Village) -> Story:
    """One household was refused; its notice was served. The others wait to be published."""
    yield from village.filed()
    yield from village.submitted()
    yield from village.met()
    yield from village.visited()
    why = RowVerdict(Verdict.REFUSE, "入户没有看到建成的大棚，不符合先建后补")
    yield from village.checked(rows={0: why})
    yield village.at(15, 16)
    notice = HouseholdNotice.objects.get(case__subject=village.households[0].subject)
    serve(
        by=village.county[village.helper],
        notice_id=notice.pk,
        served_on=clock.today(),
        how=ServiceMethod.SIGNED,
        served_to="户主本人",
    )


def half_deliberated(village: Village) -> Story:
    """Two of the four meetings are held."""
    yield from village.filed()
    yield from village.submitted()
    yield from village.met(last=2)


def voted_down(village: Village) -> Story:
    """The delegates' meeting lacked its quorum: the batch stays at the meetings."""
    yield from village.filed()
    yield from village.submitted()
    yield from village.met(last=4, due_count=42, present_count=25, votes_for=24, votes_against=1)


def draft(village: Village) -> Story:
    """The village is still filing."""
    yield from village.filed()


def every_night(diary: Diary, first_day: int) -> Iterator[datetime]:
    """What is due by the clock, every midnight."""
    for day in range(first_day, 1):
        yield diary.at(day, 0, 5)
        run_due()
