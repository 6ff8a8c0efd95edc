"""What becomes of the demo's pages: a policy repealed by the next, a notice withdrawn, all of them read."""

import tempfile
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command

from disclosure.pages.models import NoticePage, PolicyDocumentPage
from disclosure.pages.moderation import approve, submit
from disclosure.pages.services import NOTICES, POLICIES, section
from disclosure.pages.standing import Effect, PolicyChange
from portal import clock

from .build import County
from .calendar import Diary, Story

OLD = [
    ("heading", "一", "补助对象"),
    ("paragraph", "", "建档立卡贫困户当年新上种植、养殖项目的，可以申请补助。"),
    ("heading", "二", "补助标准"),
    ("paragraph", "", "按投入的百分之五十补助，一户一年最多三千元，先建后补。"),
]
# Of an invented access log: path, reads on a working day.
READ = [
    ("/", 46),
    ("/notices/", 9),
    ("/notices/2026-apply/", 31),
    ("/readings/2026-reading/", 24),
    ("/programmes/", 12),
    ("/programmes/build-then-subsidise/", 38),
    ("/areas/", 17),
    ("/areas/990101101000/", 8),
    ("/catalogue/", 3),
]


def stories(county: County, diary: Diary) -> list[Story]:
    """Return the stories, each played by those whose business it is."""
    return [_repealed(county, diary), _withdrawn(county, diary), _read(diary)]


def _repealed(county: County, diary: Diary) -> Story:
    """The policy of two years ago stood beside the new one until that one says that it ends it."""
    yield diary.at(-22, 10)
    year = clock.today().year - 2
    newer = PolicyDocumentPage.objects.live().order_by("pk").first()
    assert newer is not None
    old = PolicyDocumentPage(
        title="枫禾县农业农村局关于印发《枫禾县到户产业奖补办法（试行）》的通知",
        slug="subsidies-on-trial",
        issuer="枫禾县农业农村局",
        document_number=f"枫农〔{year}〕6号",
        theme="农业、林业、水利",
        signed_date=clock.today().replace(year=year, month=3, day=4),
        published_date=clock.today(),
    )
    old.body = [(kind, _cited(kind, number, text)) for kind, number, text in OLD]
    _let_out(county, section(POLICIES), old)
    yield diary.at(-21, 10)
    newer = PolicyDocumentPage.objects.get(pk=newer.pk)
    change = PolicyChange(older=PolicyDocumentPage.objects.get(pk=old.pk), effect=Effect.REPEALS)
    change.starts_on = clock.today()
    newer.changes.add(change)
    newer.save_revision(user=county["editor"])
    submit(by=county["editor"], page=newer)
    approve(by=county["countyhead"], page=newer)


def _cited(kind: str, number: str, text: str) -> dict[str, Any]:
    cited: dict[str, Any] = {"number": number, "label": number, "anchor": "", "text": text}
    return cited | {"number": f"{number}、", "level": 2} if kind == "heading" else cited


def _withdrawn(county: County, diary: Diary) -> Story:
    """A notice goes public and is withdrawn for a reason; its address goes on saying so."""
    yield diary.at(-20, 10)
    page = NoticePage(
        title="关于集中办理医保补缴的通知",
        slug="premium",
        published_date=clock.today(),
        source="枫禾县农业农村局",
        body="<p>请于本月底前到镇便民服务中心办理。</p>",
    )
    _let_out(county, section(NOTICES), page)
    yield diary.at(-18, 10)
    NoticePage.objects.get(pk=page.pk).unpublish(
        user=county["countyhead"], reason="办理时间有变，以医保部门的新通知为准"
    )


def _let_out(county: County, column: Any, page: Any) -> None:
    page.live, page.owner = False, county["editor"]
    column.add_child(instance=page)
    page.save_revision(user=county["editor"])
    submit(by=county["editor"], page=page)
    approve(by=county["countyhead"], page=page)


def _read(diary: Diary) -> Story:
    """The counter of views reads an invented access log of the last week, in nginx's format."""
    yield diary.at(-1, 22)
    today = clock.today()
    lines = [
        f"{day.isoformat()}T08:00:00+08:00 GET 200 {'/da' if number % 4 == 3 else ''}{path}\n"
        for back in range(1, 8)
        for day in [today - timedelta(days=back)]
        for path, often in READ
        for number in range(max(1, often - 3 * back if day.weekday() < 5 else often // 3))
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
        log.writelines(lines)
        log.flush()
        call_command("count_views", log.name, stdout=StringIO())
