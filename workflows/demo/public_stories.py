"""What else one meets in the demo county: funds divided, accounts, a correction, a redaction, an appeal."""

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.log_actions import log

from disclosure.errata import services as errata
from disclosure.errata.models import ErrorKind, Outcome
from disclosure.pages import editors, uploads
from disclosure.publicity import outages, redacting, services
from disclosure.publicity.models import ListKind, ObjectionState, PublicList
from disclosure.publicity.services import Allocation, Content, RowDraft
from disclosure.village.models import MatterKind
from portal import clock
from portal.people.models import Line, Office

from . import village_stories
from .build import County
from .calendar import Diary, Story

SCAN = b"%PDF-1.4\n% an invented sheet\n%%EOF\n"
SHARES = [
    ("杉坞镇：到户产业奖补", 68_000_00),
    ("蕨溪乡：到户产业奖补", 52_000_00),
    ("杉坞镇：通村道路维修", 126_000_00),
    ("蕨溪乡：安全饮水管网", 84_000_00),
]
ENTRIES = [
    ("收入：光伏电站上网电费", "18600"),
    ("收入：机动地发包", "9200"),
    ("支出：光伏设备看护", "2400"),
    ("支出：村道路灯电费", "1380"),
    ("支出：公益岗位劳务", "7200"),
]
RULES = [
    ("红白事随礼不超过一百元，席面不超过八个菜", ""),
    ("各家门前三包，每月五日评一次", ""),
    ("村部活动室晚上七点到九点半开放", ""),
]


def stories(county: County, diary: Diary) -> list[Story]:
    """Return the stories, each played by those whose business it is."""
    return [
        _allocation(county, diary),
        _accounts(county, diary),
        _village_rules(county, diary),
        _redacted(county, diary),
        _file_taken_out(county, diary),
        _dismissed_and_appealed(county, diary),
        _errors_reported(county, diary),
        _outage_declared(county, diary),
    ]


def _allocation(county: County, diary: Diary) -> Story:
    """The county publishes how the bridging funds were divided, five days after they were handed down."""
    yield diary.at(-6, 10)
    services.publish(
        by=county["county"],
        office=_office(county, "county"),
        kind=ListKind.ANNOUNCEMENT,
        content=Content.ALLOCATIONS,
        area=county.areas["枫禾县"],
        line=Line.ASSISTANCE,
        title=f"{clock.today().year}年第二批衔接资金分配结果",
        rows=[
            RowDraft(f"allocation:{place}", "", "", what, fen) for place, (what, fen) in enumerate(SHARES, 1)
        ],
        reference="allocation:demo",
        show_names=False,
        allocation=Allocation(
            f"枫财农〔{clock.today().year}〕12号", sum(fen for _what, fen in SHARES), diary.at(-11).date()
        ),
    )


def _accounts(county: County, diary: Diary) -> Story:
    """A village publishes its accounts and mends the words of an entry: a second version stands."""
    clerk, start = "clerk3", -12
    yield diary.at(start, 9)
    rows = [{"item": item, "amount": amount, "note": ""} for item, amount in ENTRIES]
    title = f"{clock.today().year}年第三季度村级收支"
    matter = village_stories.opened(county, clerk, "麦垄村", MatterKind.ACCOUNTS, title, rows)
    yield from village_stories.met(county, diary, clerk, matter, start, form="delegates")
    yield diary.at(-3, 15)
    published = PublicList.objects.get(reference=matter.reference)
    mended = [
        RowDraft(
            row.subject,
            "",
            "",
            row.shown["item"].replace("机动地发包", "机动地发包（东河滩12亩）"),
            row.amount_fen,
            row.shown["note"],
            why=row.shown["why"],
        )
        for row in published.rows.order_by("position")
    ]
    services.correct(
        by=county[clerk],
        office=_office(county, clerk),
        list_id=published.pk,
        rows=mended,
        reason="有村民问机动地是哪一块，把地块和亩数写清楚",
    )


def _village_rules(county: County, diary: Diary) -> Story:
    """A matter without money: the village's own rules."""
    clerk, start = "clerk4", -11
    yield diary.at(start, 9)
    rows = [{"item": item, "amount": amount, "note": ""} for item, amount in RULES]
    matter = village_stories.opened(county, clerk, "茶坪村", MatterKind.OTHER, "修订村规民约", rows)
    yield from village_stories.met(county, diary, clerk, matter, start, form="delegates")


def _redacted(county: County, diary: Diary) -> Story:
    """A note that told too much is asked for by the supervision committee and taken out by the township."""
    yield diary.at(-1, 9)
    running = PublicList.objects.get(reference__startswith="village:", content=Content.WORKS)
    asked = redacting.ask(
        by=county["watch2"],
        office=_office(county, "watch2"),
        target="row",
        object_id=f"{running.number}#2",
        field="note",
        datum="name",
        note="说明里写了户主的名字",
    )
    yield diary.at(-1, 10)
    redacting.confirm(by=county["reviewer1"], office=_office(county, "reviewer1"), redaction_id=asked.pk)


def _file_taken_out(county: County, diary: Diary) -> Story:
    """A scan with an ID number on it was uploaded; the county takes it out, and it is not taken back."""
    yield diary.at(-2, 9)
    collection = editors.area_collection(county.areas["枫禾县"])
    scan = get_document_model()(
        title="培训签到表", file=ContentFile(SCAN, name="signed-in.pdf"), collection=collection
    )
    scan.uploaded_by_user = county["editor"]
    scan._set_document_file_metadata()
    scan.save()
    log(scan, "wagtail.create", user=county["editor"])
    yield diary.at(-2, 10)
    asked = redacting.ask(
        by=county["county"],
        office=_office(county, "county"),
        target=uploads.TARGET,
        object_id=f"{uploads.DOCUMENT}:{scan.pk}",
        field=uploads.WHOLE,
        datum="id",
        note="签到表上有身份证号",
    )
    yield diary.at(-2, 11)
    redacting.confirm(by=county["countyhead"], office=_office(county, "countyhead"), redaction_id=asked.pk)


def _dismissed_and_appealed(county: County, diary: Diary) -> Story:
    """An objection to a works is dismissed with findings; whoever made it asks the township to look again."""
    yield diary.at(-1, 12)
    running = PublicList.objects.get(reference__startswith="village:", content=Content.WORKS)
    lodged = services.lodge(
        list_id=running.pk,
        row_id=running.rows.get(position=1).pk,
        text="这段路去年刚修过，没有坏，为什么还要修。",
        ground="",
    )
    yield diary.at(-1, 16)
    services.answer(
        by=county["watch2"],
        office=_office(county, "watch2"),
        objection_id=lodged.objection.pk,
        outcome=ObjectionState.DISMISSED,
        findings="两人到现场看了：去年修的是一组到二组的路，这次修的是二组到三组的路，没有重修。",
        answer="这次修的和去年修的不是同一段路，现场照片贴在村公开栏上，欢迎再去看。",
        investigators=("村务监督委员会甲", "村民代表乙"),
    )
    yield diary.at(-1, 19)
    services.appeal(objection_id=lodged.objection.pk, text="二组到三组的路也是好的，请乡里的人来看一看。")


def _errors_reported(county: County, diary: Diary) -> Story:
    """A reader finds a wrong word, which is mended; another's report waits."""
    yield diary.at(-8, 20)
    first = errata.report(path="/notices/2026-apply/", kind=ErrorKind.WORDS, text="“农机”的“机”写成了“几”。")
    yield diary.at(-7, 10)
    errata.answer(
        by=county["editor"],
        report_id=first.report.pk,
        outcome=Outcome.CORRECTED,
        answer="已经改过来了，谢谢您。",
    )
    yield diary.at(-1, 20)
    errata.report(path="/areas/990101101000/", kind=ErrorKind.STALE, text="镇政府的地址已经搬了，请改。")


def _outage_declared(county: County, diary: Diary) -> Story:
    """The administrator declares an hour without the net; the county has still to confirm it."""
    yield diary.at(-1, 9)
    outages.declare(
        by=county["sysadmin"],
        office=_office(county, "sysadmin"),
        begun_at=diary.at(-2, 2),
        ended_at=diary.at(-2, 5),
        why="机房检修，网站停了三个小时",
    )


def _office(county: County, username: str) -> Office:
    return Office.objects.select_related("area").get(user=county.people[username])
