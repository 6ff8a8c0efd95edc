"""Rules of a public page's record: index and document numbers, validity both ways, withdrawals."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from disclosure.pages import keys, services, turning
from disclosure.pages.errors import IndexNumberTaken, NotWithdrawn, WithdrawalReasonMissing
from disclosure.pages.models import (
    HomePage,
    IndexNumber,
    NoticePage,
    PolicyChange,
    PolicyDocumentPage,
    PolicyReadingPage,
    Withdrawal,
)
from disclosure.pages.standing import Effect
from portal import clock
from portal.configuration import services as configuration
from portal.configuration.models import Setting
from portal.ledger.models import Event
from tests.disclosure.village import noon

pytestmark = pytest.mark.django_db
ISSUER = "明山县人民政府"
DAY = date(2026, 11, 2)


@pytest.fixture
def home() -> HomePage:
    configuration.forget()
    cache.clear()
    return services.ensure_site("明山县")


def templates(*lines: str, area: Any = None) -> None:
    with clock.travel(noon(date(2026, 1, 1))):
        Setting.objects.create(
            key=keys.INDEX_TEMPLATES,
            value=list(lines),
            area=area,
            valid_from=date(2026, 1, 1),
            source="测试",
            confirmed_at=clock.now(),
        )
    configuration.forget()


def policy(slug: str, **fields: Any) -> PolicyDocumentPage:
    given = {"title": f"文件{slug}", "issuer": ISSUER, "published_date": DAY, "validity": "valid"} | fields
    page = PolicyDocumentPage(slug=slug, live=False, **given)
    page.body = [("paragraph", {"number": "一、", "label": "一", "anchor": "s1", "text": "正文。"})]
    added: PolicyDocumentPage = services.section(services.POLICIES).add_child(instance=page)
    # As the editor's form does; a draft is saved unchecked.
    added.full_clean()
    return added


def published(page: Any, on: date = DAY) -> Any:
    with clock.travel(noon(on)):
        page.save_revision().publish()
    page.refresh_from_db()
    return page


def body(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Event.objects.filter(kind=kind).order_by("sequence")[0].record)["body"]
    return found


def kinds() -> list[str]:
    """Return the kinds of the pages' own events; what Wagtail logs of itself is bridged beside them."""
    ours = Event.objects.exclude(kind__startswith="wagtail.")
    return list(ours.order_by("sequence").values_list("kind", flat=True))


def test_numbers_are_issued_in_a_row_when_a_page_is_published(home: HomePage) -> None:
    templates(f"{ISSUER}=999001001/{{年}}-{{序号}}", "明山县民政局=999001002/{年月}-{序号4}")
    assert [published(policy(slug)).index_number for slug in "abc"] == [
        "999001001/2026-00001",
        "999001001/2026-00002",
        "999001001/2026-00003",
    ]
    assert published(policy("d", issuer="明山县民政局")).index_number == "999001002/202611-0001"
    assert published(policy("e"), date(2027, 1, 4)).index_number == "999001001/2027-00001"
    assert kinds()[:2] == ["page.published", "page.numbered"]
    assert body("page.numbered")["number"] == "999001001/2026-00001"


def test_a_number_is_for_good_whatever_is_typed_withdrawn_or_published_again(home: HomePage) -> None:
    templates(f"{ISSUER}=999001001/{{年}}-{{序号}}")
    page = published(policy("a"))
    page.index_number = "999/别的"
    assert published(page).index_number == "999001001/2026-00001"
    page.unpublish(reason="文字有误，另行公开")
    assert published(policy("b")).index_number == "999001001/2026-00002"
    page.refresh_from_db()
    page.index_number = ""
    assert published(page).index_number == "999001001/2026-00001"
    for act in (IndexNumber.objects.first().delete, IndexNumber.objects.first().save):
        with pytest.raises(PermissionDenied):
            act()


def test_a_publication_that_fails_leaves_no_gap(home: HomePage, monkeypatch: pytest.MonkeyPatch) -> None:
    templates(f"{ISSUER}=999001001/{{年}}-{{序号}}")
    page = policy("a")
    with monkeypatch.context() as patch:
        patch.setattr("portal.ledger.last.append", lambda *drafts: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            published(page)
    assert not IndexNumber.objects.exists()
    assert published(policy("b")).index_number == "999001001/2026-00001"


def test_a_printed_number_is_kept_and_nobody_else_gets_it(home: HomePage) -> None:
    templates(f"{ISSUER}=999001001/{{年}}-{{序号}}")
    published(policy("a", index_number="999001001/2026-00001"))
    assert published(policy("b")).index_number == "999001001/2026-00002"
    with pytest.raises(ValidationError, match="已经是《文件a》的"):
        policy("c", index_number="999001001/2026-00001")
    draft = policy("d")
    draft.index_number = "999001001/2026-00002"
    revision = draft.save_revision(clean=False)
    with pytest.raises(IndexNumberTaken):
        revision.publish()


def test_without_a_template_nothing_is_invented(home: HomePage) -> None:
    page = published(policy("a"))
    assert page.index_number == ""
    assert "索引号" not in Client().get("/policies/a/").content.decode()


def test_notices_and_readings_are_numbered_by_their_source(home: HomePage) -> None:
    templates(f"{ISSUER}=999001001/{{年}}-{{序号}}")
    above = published(policy("a"))
    page = NoticePage(title="公告", slug="n", body="<p>正文</p>", source=ISSUER, live=False)
    published(services.section(services.NOTICES).add_child(instance=page))
    reading = PolicyReadingPage(
        title="解读", slug="r", policy=above, body="<p>文</p>", source=ISSUER, live=False
    )
    published(services.section(services.READINGS).add_child(instance=reading))
    assert "999001001/2026-00002" in Client().get("/notices/n/").content.decode()
    assert "999001001/2026-00003" in Client().get("/readings/r/").content.decode()


@pytest.mark.parametrize(
    "line",
    [
        "只有机关",
        "某县=999/{年}",
        "某县=999/{序号}-{年}",
        "某县=999/{天}-{序号}",
        "某县=9 9/{序号}",
        "=9/{序号}",
    ],
)
def test_a_template_that_cannot_number_is_refused(line: str) -> None:
    assert keys.complaint([line])
    assert keys.complaint(["某县=9/{序号}", "某县=8/{序号}"])
    assert keys.complaint(["某县＝9/{年月}-{序号}"]) is None


def test_a_document_number_is_checked_and_told_how_to_write(home: HomePage) -> None:
    for place, (typed, right) in enumerate(
        [
            ("明政[2026]7号", "明政〔2026〕7号"),
            ("明政〔2026〕第007号", "明政〔2026〕7号"),
            ("明政（2026）７号", "明政〔2026〕7号"),
            ("七号文", "明政〔2026〕7号"),
        ]
    ):
        with pytest.raises(ValidationError, match=right):
            policy(f"x{place}", document_number=typed)
    with pytest.raises(ValidationError, match="对不上"):
        policy("y", document_number="明政〔2016〕7号", signed_date=DAY)
    policy("a", document_number="明政〔2026〕7号", signed_date=DAY)
    with pytest.raises(ValidationError, match="已经有一份文件用了"):
        policy("b", document_number="明政〔2026〕7号")


def test_a_repeal_stands_on_both_pages_from_its_day(home: HomePage) -> None:
    old = published(policy("old", validity="valid"))
    new = policy("new")
    new.changes = [PolicyChange(older=old, effect=Effect.REPEALS, starts_on=date(2026, 12, 1))]
    published(new)
    with clock.travel(noon(date(2026, 11, 20))):
        cache.clear()
        page = Client().get("/policies/old/").content.decode()
        assert (
            "现行有效" in page
            and "2026年12月1日起，被这份文件废止" in page
            and 'href="/policies/new/"' in page
        )
        assert 'href="/policies/old/"' in Client().get("/").content.decode()
        assert "已经不再有效" not in Client().get("/policies/").content.decode()
        assert turning.note_standings() == 0
    with clock.travel(noon(date(2026, 12, 1))):
        cache.clear()
        page = Client().get("/policies/old/").content.decode()
        assert "已废止" in page and "现行有效" not in page
        # Nobody takes it for the newest: the home page leaves it out, its column says so.
        assert 'href="/policies/old/"' not in Client().get("/").content.decode()
        column = Client().get("/policies/").content.decode()
        assert column.count("已经不再有效") == 1
        assert column.index('href="/policies/old/"') < column.index("已经不再有效")
        assert turning.note_standings() == 1
        assert turning.note_standings() == 0
        cache.clear()
        newer = Client().get("/policies/new/").content.decode()
    assert '废止：<a href="/policies/old/">' in newer
    assert body("policy.standing")["to"] == "repealed"
    new.refresh_from_db()
    with clock.travel(noon(date(2026, 12, 2))):
        new.unpublish(reason="发布有误，另行公开")
        old.refresh_from_db()
        assert (old.standing().state, old.mark()) == ("valid", "")


def test_a_validity_date_that_passes_says_so_by_itself(home: HomePage) -> None:
    page = published(policy("a", valid_until=date(2026, 12, 31)))
    assert page.standing().state == "valid"
    with clock.travel(noon(date(2027, 1, 1))):
        cache.clear()
        assert "已失效" in Client().get("/policies/a/").content.decode()
        assert PolicyDocumentPage.objects.get(pk=page.pk).mark() == "失效"


def test_an_amended_document_is_marked_and_linked(home: HomePage) -> None:
    old = published(policy("old"))
    new = policy("new")
    new.changes = [PolicyChange(older=old, effect=Effect.AMENDS)]
    published(new)
    with clock.travel(noon(DAY)):
        cache.clear()
        page = Client().get("/policies/old/").content.decode()
    assert "已被修改" in page and "起，被这份文件修改" in page


def test_a_page_is_withdrawn_with_a_reason_that_its_address_shows(home: HomePage) -> None:
    page = published(policy("a"))
    for reason in ("", "  ", "错", "长" * 301):
        with pytest.raises(WithdrawalReasonMissing):
            page.unpublish(reason=reason)
    with clock.travel(noon(date(2026, 11, 5))):
        page.unpublish(reason="金额<b>写错</b>，已另发")
        cache.clear()
        gone = Client().get("/policies/a/")
        elder = Client().get("/da/policies/a/")
    assert (gone.status_code, elder.status_code) == (410, 410)
    text = gone.content.decode()
    assert "2026年11月5日撤下了" in text and "金额&lt;b&gt;写错&lt;/b&gt;，已另发" in text
    assert "正文。" not in text and "noindex" in gone["X-Robots-Tag"]
    assert kinds()[-1] == "page.unpublished"
    with pytest.raises(NotWithdrawn):
        page.unpublish(reason="再撤一次看看")
    assert Withdrawal.objects.count() == 1
    published(page)
    cache.clear()
    assert Client().get("/policies/a/").status_code == 200


def test_a_column_with_public_pages_is_not_withdrawn(home: HomePage) -> None:
    published(policy("a"))
    with pytest.raises(NotWithdrawn, match="先一篇一篇撤下"):
        services.section(services.POLICIES).unpublish(reason="栏目不用了")


def test_the_address_of_what_was_public_stays(home: HomePage) -> None:
    page = published(policy("a"))
    form = PolicyDocumentPage.get_edit_handler().get_form_class()(
        {"title": "x", "slug": "other", "body-count": 0}, instance=page
    )
    assert "地址不能再改" in str(form.errors["slug"])


def test_the_footer_is_filled_in_by_a_command_and_a_code_of_another_length_is_refused(home: HomePage) -> None:
    out = StringIO()
    call_command("site_record", "--county", "青溪县", "--site-code", "9900000001", stdout=out)
    assert "网站标识码：9900000001" in out.getvalue() and "备案号：（待填）" in out.getvalue()
    assert body("site.recorded")["site_code"] == "9900000001"
    cache.clear()
    page = Client().get("/").content.decode()
    assert (
        "青溪县" in page and "9900000001" in page and '<meta name="SiteIDCode" content="9900000001">' in page
    )
    for wrong in ("123", "12345678x0"):
        with pytest.raises(CommandError, match="10位数字"):
            call_command("site_record", "--site-code", wrong)
    before = Event.objects.count()
    call_command("site_record", stdout=out)
    assert Event.objects.count() == before
