"""Supervision in the demo county: tickets, a spot check, a fortnight's report, an assessment."""

from datetime import date
from typing import Any

from django.core.management import call_command

from portal import clock
from portal.files.services import Prepared, prepare
from portal.ledger import development
from portal.people.models import Line, Role
from workflows.assessment import keys, periods, rounds, scoring
from workflows.assessment.calling_off import call_off
from workflows.assessment.models import Appeal, RoundKind, Subjects
from workflows.assessment.opening import open_round
from workflows.rectification import reports, services
from workflows.rectification.models import Source, Ticket
from workflows.spotchecks import services as spotchecks
from workflows.spotchecks.frames import Wanted
from workflows.spotchecks.models import Met, SignedHow, Told
from workflows.spotchecks.visits import Said, record_visit

from . import play
from .build import County
from .calendar import Diary, Story

SECOND = "纪常明"
# When the township opens its round of assessment, in days from today.
ASSESSED = -15
POINTS = {"growth": 86, "duty": 82}
REASONS = {
    "growth": "看了台账和圈舍，增收有实物，两户台账没有更新",
    "duty": "组织、人员、档案齐全，培训记录少一次",
}


def settings(diary: Diary) -> dict[str, str]:
    """Return up to which day the demo's county assesses a year: a few days before its round is opened."""
    until, opens = (diary.at(day) for day in (ASSESSED - 1, ASSESSED))
    return {
        # No year has to have the day.
        keys.UNTIL[RoundKind.YEAR]: until.strftime("%m-%d").replace("02-29", "02-28"),
        keys.FROM[RoundKind.YEAR]: opens.strftime("%m-%d").replace("02-29", "02-28"),
    }


def stories(county: County, diary: Diary) -> list[Story]:
    """Return the stories, each played by those whose business it is."""
    return [
        _put_right(county, diary),
        _left_lying(county, diary),
        _spot_check(county, diary),
        _aid_check(county, diary),
        _fortnight(county, diary),
        _assessment(county, diary),
    ]


def sign_ledger() -> None:
    """Have the demo's signer sign the ledger once, as the one beside a developer's server does."""
    words = development.signer_words()
    call_command(words[0], *words[1 : words.index("--every")])


def _photo(words: str) -> list[tuple[str, Prepared]]:
    return [(f"{words}.jpg", prepare(play.photo(words)))]


def _ticket(county: County, source: str, village: str, title: str, text: str, wanted: str) -> Ticket:
    """Have the supervisor open a ticket of `village` for the head of its township."""
    return services.open_ticket(
        by=county["supervisor"],
        source=source,
        area=county.areas[village],
        line=Line.ASSISTANCE,
        owner_role=Role.TOWNSHIP_HEAD,
        title=title,
        text=text,
        wanted=wanted,
    )


def _put_right(county: County, diary: Diary) -> Story:
    """A patrol finds a notice board empty; the township puts it right, is sent back once, then accepted."""
    yield diary.at(-16, 15)
    ticket = _ticket(
        county,
        Source.PATROL,
        "柏岗村",
        "公示栏上的名单没有贴满天数",
        "到村部看，公示栏上的名单只剩一半，问了两位村民，说是第四天就被风刮掉了，没有补贴。",
        "重新张贴，装上玻璃门，把前后两张照片报上来。",
    )
    head: dict[str, Any] = {"by": county["head1"], "ticket_id": ticket.pk}
    watch: dict[str, Any] = {"by": county["supervisor"], "ticket_id": ticket.pk}
    yield diary.at(-13, 10)
    words = "已经重新张贴，玻璃门下周装。"
    services.answer(**head, seen_version=0, words=words, files=_photo("补贴"))
    yield diary.at(-12, 9)
    services.send_back(**watch, seen_version=1, words="玻璃门还没有装，装好再报。")
    yield diary.at(-8, 11)
    words = "玻璃门装好了，名单在里面贴着，照片是今天拍的。"
    services.answer(**head, seen_version=2, words=words, files=_photo("玻璃门"))
    yield diary.at(-7, 16)
    services.accept(**watch, seen_version=3, words="到村部看过，门装好了，名单完整。")


def _left_lying(county: County, diary: Diary) -> Story:
    """An audit's finding lies with the other township beyond its deadline: red, and told upward."""
    yield diary.at(-24, 10)
    _ticket(
        county,
        Source.AUDIT,
        "榆坪村",
        "两份入户记录的照片是同一张",
        "抽看入户核查，两户的照片一样，说明有一户没有去。",
        "重新入户，两个人一起去，照片现场拍，写明第一次为什么没有去。",
    )


def _spot_check(county: County, diary: Diary) -> Story:
    """Three paid households are drawn; one says it received less; one is still to be visited."""
    yield diary.at(-4, 9)
    assert county.programme is not None
    today = clock.today()
    check = spotchecks.prepare(
        by=county["supervisor"],
        wanted=Wanted(county.programme, county.areas["杉坞镇"], date(today.year, 1, 1), today),
        title=f"{today.year}年到户产业奖补抽查",
        per_village=3,
    )
    sign_ledger()
    yield diary.at(-4, 9, 30)
    check = spotchecks.draw(by=county["supervisor"], check_id=check.pk)
    sign_ledger()
    yield diary.at(-3, 15)
    for position, short_fen in ((1, 0), (2, 300_00)):
        row = check.drawn.get(position=position)
        received = row.paid_fen - short_fen
        said = Said(
            visited_on=clock.today(),
            first_visitor=county["supervisor"].display_name,
            second_visitor=SECOND,
            met=Met.HEAD,
            met_name="户主本人",
            told=Told.OTHER if short_fen else Told.FULL,
            received_fen=received,
            on_time=True,
            seen="圈舍建好了，在用，数量和申报的一样。",
            signed_how=SignedHow.HANDPRINT,
            sent_key=f"demo-{position}",
        )
        record_visit(
            by=county["supervisor"],
            check_id=check.pk,
            position=position,
            said=said,
            photos=_photo(f"手印{position}"),
        )


def _aid_check(county: County, diary: Diary) -> Story:
    """Temporary aid of the township is drawn, what is due and not paid too; nobody has been visited yet."""
    yield diary.at(-1, 15)
    today, supervisor = clock.today(), county["supervisor"]
    township = county.areas["杉坞镇"]
    wanted = Wanted(None, township, date(today.year, 1, 1), today, with_unpaid=True)
    check = spotchecks.prepare(by=supervisor, wanted=wanted, title=f"{today.year}年临时救助抽查")
    sign_ledger()
    yield diary.at(-1, 15, 30)
    spotchecks.draw(by=supervisor, check_id=check.pk)
    sign_ledger()


def _fortnight(county: County, diary: Diary) -> Story:
    """The fortnight's report is drafted, completed, signed by the county's head, and published in part."""
    yield diary.at(-2, 14)
    report = reports.draft_report(by=county["supervisor"], area=county.areas["枫禾县"])
    words = report.sections | {"next": "下半个月看蕨溪乡的入户记录，抽查没有拨付的。"}
    reports.edit_report(by=county["supervisor"], report_id=report.pk, seen_version=0, sections=words)
    yield diary.at(-1, 9)
    reports.sign_report(by=county["countyhead"], report_id=report.pk, seen_version=1)
    reports.publish_part(by=county["countyhead"], report_id=report.pk, parts=["overview", "closed"])


def _assessment(county: County, diary: Diary) -> Story:
    """A township assesses its villages; one appeals, the head answers and decides, the results are public.

    A round of its helpers was opened too early and is called off, points that were mistyped are put right.
    """
    yield diary.at(ASSESSED, 9)
    township = county.areas["杉坞镇"]
    given: dict[str, Any] = {"by": county["reviewer1"], "area": township, "kind": RoundKind.YEAR}
    given["year"] = periods.newest(RoundKind.YEAR, township).year
    wrong = open_round(subjects_are=Subjects.HELPER, **given)
    yield diary.at(ASSESSED, 11)
    words = "帮扶手册还没有收上来，先考村，责任人月底再考。"
    call_off(by=county["head1"], round_id=wrong.pk, words=words)
    round_ = open_round(subjects_are=Subjects.VILLAGE, **given)
    for place, username in enumerate(("reviewer1", "supervisor")):
        yield diary.at(-14 + place, 15)
        for subject in round_.subjects.all():
            points = {code: points + subject.pk % 5 - place for code, points in POINTS.items()}
            scoring.score(by=county[username], subject_id=subject.pk, points=points, reasons=REASONS)
    yield diary.at(-13, 16)
    typed = {"subject_id": round_.subjects.get(area=county.areas["竹坞村"]).pk, "reasons": REASONS}
    scoring.score(by=county["supervisor"], points={"growth": 87, "duty": 81}, why="看串了一行", **typed)
    yield diary.at(-12, 16)
    rounds.tell(by=county["reviewer1"], round_id=round_.pk)
    yield diary.at(-10, 9)
    appealed = round_.subjects.get(area=county.areas["禾坪村"])
    words = "培训记录不缺，第三次在村小学办的，签到表补交了。"
    scoring.appeal(
        by=county["secretary1"], subject_id=appealed.pk, code="duty", words=words, files=_photo("签到表")
    )
    yield diary.at(-8, 9)
    scoring.settle_appeal(
        by=county["head1"],
        appeal_id=Appeal.objects.get(subject=appealed).pk,
        upheld=True,
        words="核对签到表，确实办过三次，补上。",
        points=92,
    )
    yield diary.at(-2, 10)
    rounds.decide(by=county["head1"], round_id=round_.pk)
    rounds.publish_results(by=county["head1"], round_id=round_.pk)
    rounds.add_consequence(
        by=county["head1"], subject_id=appealed.pk, kind="praise", words="按期办结、账实相符，通报表扬。"
    )
