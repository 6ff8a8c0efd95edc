"""Rules of the public pages: no cookie or script, kept once published, cited by stable anchors."""

import re
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail import hooks
from wagtail.models import Page, Site

from disclosure.pages import services
from disclosure.pages.keeping import PublishedPageKept
from disclosure.pages.models import HomePage, NoticePage, PolicyDocumentPage, PolicyReadingPage, SectionPage
from disclosure.site.aloud import SCRIPT, SCRIPT_HASH
from disclosure.site.style import STYLE, STYLE_HASH
from portal import clock
from portal.ledger.models import Event
from tests.disclosure.village import Village, a_list, noon

from . import texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> HomePage:
    return services.ensure_site("明山县")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plain.txt"
    path.write_text(texts.PLAIN, encoding="utf-8")
    return path


@pytest.fixture
def policy(home: HomePage, file: Path) -> PolicyDocumentPage:
    return services.import_policy(file, publish=True).page


def notice(number: int, published: bool = True) -> NoticePage:
    section = services.section(services.NOTICES)
    page = section.add_child(
        instance=NoticePage(title=f"第{number}号公告", slug=f"n{number}", body="<p>正文</p>", live=False)
    )
    if published:
        page.save_revision().publish()
        page.refresh_from_db()
    return page


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command("import_policy", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def test_a_new_database_starts_at_our_home_page_not_at_wagtails_welcome() -> None:
    site = Site.objects.get(is_default_site=True)
    assert site.root_page.specific_class is HomePage
    assert not [page for page in Page.objects.filter(depth=2) if page.specific_class is Page]


def test_making_the_site_twice_changes_nothing(home: HomePage) -> None:
    before = list(Page.objects.order_by("path").values_list("path", "slug", "title"))
    services.ensure_site("明山县")
    services.ensure_site("")
    assert list(Page.objects.order_by("path").values_list("path", "slug", "title")) == before
    assert Site.objects.get().site_name == "明山县"


def test_page_types_stand_only_where_they_belong() -> None:
    assert HomePage.allowed_subpage_models() == [SectionPage]
    assert PolicyDocumentPage.allowed_subpage_models() == []
    assert set(PolicyReadingPage.allowed_parent_page_models()) == {SectionPage}
    assert set(HomePage.allowed_parent_page_models()) == {Page}


def test_importing_a_file_twice_makes_one_page(home: HomePage, file: Path) -> None:
    assert "已导入" in run(file)
    assert "以前导入过" in run(file)
    assert PolicyDocumentPage.objects.count() == 1
    assert not PolicyDocumentPage.objects.get().live


def test_an_import_can_be_published_later_and_each_act_writes_its_event(home: HomePage, file: Path) -> None:
    run(file)
    # Beside the pages' own events stand those that Wagtail logs.
    ours = Event.objects.exclude(kind__startswith="wagtail.").order_by("sequence")
    assert list(ours.values_list("kind", flat=True)) == ["policy.imported"]
    run(file, "--publish")
    run(file, "--publish")
    assert list(ours.all().values_list("kind", flat=True)) == ["policy.imported", "page.published"]
    assert PolicyDocumentPage.objects.get().live


def test_the_import_says_in_chinese_what_the_text_does_not_state(home: HomePage, file: Path) -> None:
    assert "原文没有：索引号、主题分类、发布日期、有效性、来源" in run(file)


def test_a_file_that_cannot_be_read_does_not_keep_back_the_others(
    home: HomePage, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.txt").write_bytes(b"\xff\xff\xff\x00")
    with pytest.raises(CommandError, match="1 个文件没有导入"):
        run(tmp_path / "broken.txt", file)
    assert PolicyDocumentPage.objects.count() == 1


def test_a_file_in_the_older_national_encoding_is_read(home: HomePage, tmp_path: Path) -> None:
    path = tmp_path / "gb.txt"
    path.write_bytes(texts.NEWS_PAGE.encode("gb18030"))
    assert services.import_policy(path).page.title == "关于增强低收入农户发展能力的实施意见"


def test_a_programme_cites_a_paragraph_by_its_label(policy: PolicyDocumentPage) -> None:
    found = services.cite(policy.pk, "一(二)2")
    assert (found.anchor, found.label) == ("s1-2-2", "一（二）2")
    assert found.url.endswith("/2026-7/#s1-2-2")
    assert services.citation(policy.pk, "s1-2-2") == found
    assert policy.paragraph("s9-9") is None


def test_a_draft_or_a_paragraph_that_is_not_there_cannot_be_cited(home: HomePage, file: Path) -> None:
    draft = services.import_policy(file).page
    for page_id, anchor in [(draft.pk, "s1-1"), (draft.pk, "s9"), (10**6, "s1")]:
        with pytest.raises(services.CitationNotFound):
            services.citation(page_id, anchor)


def test_an_edit_keeps_anchors_and_gives_new_paragraphs_theirs(policy: PolicyDocumentPage) -> None:
    block = next(block for block in policy.body if block.block_type == "paragraph" and block.value["label"])
    anchor = block.value["anchor"]
    block.value["text"] = "改过的文字。"
    block.value["anchor"] = "typed-over"
    policy.body.append(
        ("paragraph", {"number": "（三）", "label": "二（三）", "anchor": "", "text": "新的一段。"})
    )
    policy.save_revision().publish()
    policy.refresh_from_db()
    assert policy.paragraph(anchor)["text"] == "改过的文字。"
    assert policy.cite("二（三）") == "s2-3"


def test_a_published_paragraph_cannot_be_taken_out_nor_an_anchor_used_twice(
    policy: PolicyDocumentPage,
) -> None:
    last = len(policy.body) - 2
    kept = policy.body.pop(last)
    assert kept.value["anchor"]
    with pytest.raises(ValidationError, match="不能删去"):
        policy.full_clean()
    policy.refresh_from_db()
    policy.body.append(("paragraph", {"number": "", "label": "", "anchor": "s1", "text": "重复。"}))
    with pytest.raises(ValidationError, match="用了两次"):
        policy.full_clean()


def test_a_published_page_is_not_deleted_by_any_way(policy: PolicyDocumentPage) -> None:
    section = policy.get_parent()
    for delete in (policy.delete, section.specific.delete, Page.objects.filter(pk=policy.pk).delete):
        with pytest.raises(PublishedPageKept, match="公开过，不能删除"), transaction.atomic():
            delete()
    policy.unpublish(reason="内容有误")
    with pytest.raises(PublishedPageKept), transaction.atomic():
        policy.delete()
    assert PolicyDocumentPage.objects.filter(pk=policy.pk).exists()


def test_a_draft_that_was_never_published_may_go(home: HomePage) -> None:
    page = notice(1, published=False)
    page.delete()
    assert not NoticePage.objects.exists()


def test_the_admin_refuses_to_delete_one_page_or_many(policy: PolicyDocumentPage, rf: RequestFactory) -> None:
    request = rf.post("/admin/")
    request._messages = CookieStorage(request)
    draft = notice(1, published=False)
    one = hooks.get_hooks("before_delete_page")
    many = hooks.get_hooks("before_bulk_action")
    for page in (policy, policy.get_parent()):
        assert [answer.status_code for hook in one if (answer := hook(request, page))] == [302]
        answers = [hook(request, "delete", [draft, page], None) for hook in many]
        assert [answer.status_code for answer in answers if answer] == [302]
    assert "公开过，不能删除" in str(next(iter(request._messages)))
    assert not [answer for hook in one if (answer := hook(request, draft))]
    for action in ("move", "unpublish", "publish"):
        assert [answer for hook in many if (answer := hook(request, action, [policy], None))], action
    assert not [answer for hook in many if (answer := hook(request, "move", [draft], None))]


def test_withdrawing_a_page_writes_its_event(policy: PolicyDocumentPage) -> None:
    policy.unpublish(reason="内容有误")
    assert Event.objects.order_by("sequence").last().kind == "page.unpublished"


@pytest.fixture
def addresses(policy: PolicyDocumentPage) -> list[str]:
    for number in range(31):
        notice(number)
    readings = services.section(services.READINGS)
    page = PolicyReadingPage(title="解读", slug="r", policy=policy, body="<p>自己先建。</p>", live=False)
    readings.add_child(instance=page).save_revision().publish()
    below = services.section(services.NOTICES).add_child(instance=SectionPage(title="青石乡", slug="qingshi"))
    below.add_child(instance=NoticePage(title="乡公告", slug="x", body="<p>正文</p>"))
    inner = ["/notices/qingshi/", "/notices/qingshi/x/"]
    return [
        *inner,
        "/",
        "/policies/",
        "/policies/2026-7/",
        "/notices/",
        "/notices/page/2/",
        "/notices/n1/",
        "/readings/r/",
    ]


def test_every_page_is_light_sets_no_cookie_and_is_the_same_for_all(
    addresses: list[str], client: Client
) -> None:
    for address in [*addresses, *(f"/da{address}" for address in addresses)]:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert response.status_code == 200, address
        assert len(queries) <= 10, (address, [query["sql"][:90] for query in queries])
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")
        page = response.content.decode()
        # None to read in standard type; in large type the one that reads it aloud, by its digest.
        scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, flags=re.S)
        assert scripts == ([("", SCRIPT)] if address.startswith("/da/") else [])
        assert f"script-src 'self' {SCRIPT_HASH};" in f"{response.headers['Content-Security-Policy']};"
        assert f"<style>{STYLE}</style>" in page
        assert STYLE_HASH in response.headers["Content-Security-Policy"]
        assert "明山县" in page


def test_elder_mode_keeps_every_link_in_elder_mode(addresses: list[str], client: Client) -> None:
    page = client.get("/da/policies/2026-7/").content.decode()
    assert '<html lang="zh-Hans" class="elder">' in page
    links = [link for link in re.findall(r'href="(/[^"]*)"', page) if link != "/policies/2026-7/"]
    assert links
    assert all(link.startswith("/da/") for link in links)
    plain = client.get("/policies/2026-7/").content.decode()
    assert 'href="/da/policies/2026-7/"' in plain
    assert 'class="elder"' not in plain
    assert not [link for link in re.findall(r'href="(/da/[^"]*)"', plain) if link != "/da/policies/2026-7/"]


def test_officials_screens_have_no_second_address(home: HomePage, client: Client) -> None:
    for address in ("/da/admin/", "/da/accounts/login/", "/da/documents/1/x.pdf", "/da/da/"):
        assert client.get(address).status_code == 404, address


def test_a_policy_page_shows_record_text_anchors_and_its_readings(
    addresses: list[str], client: Client
) -> None:
    page = client.get("/policies/2026-7/").content.decode()
    assert (
        '<meta name="ArticleTitle" content="明山县人民政府关于印发《明山县到户增收实施方案》的通知">' in page
    )
    assert '<meta name="ColumnName" content="政策文件">' in page
    assert "<dt>发文字号</dt><dd>明政〔2026〕7号</dd>" in page
    assert 'id="s1-2-2"' in page
    assert 'href="/readings/r/"' in page
    assert 'href="/policies/2026-7/"' in client.get("/readings/r/").content.decode()


def test_every_word_of_the_file_stands_on_the_page(policy: PolicyDocumentPage, client: Client) -> None:
    from disclosure.pages.policy_lines import words

    page = client.get("/policies/2026-7/").content.decode()
    text = re.search(r'<div class="text">(.*?)</div>\s*</article>', page, re.S)
    assert text
    shown = re.sub(r"\s", "", re.sub(r"<[^>]+>", "", text[1]))
    assert shown == words(texts.PLAIN)


def test_drafts_and_pages_beyond_the_last_are_not_there(home: HomePage, client: Client) -> None:
    notice(1, published=False)
    assert client.get("/notices/n1/").status_code == 404
    assert client.get("/notices/page/2/").status_code == 404


def test_the_home_page_shows_the_newest_lists_and_until_when_they_run(
    home: HomePage, village: Village, client: Client
) -> None:
    assert "正在公示" not in client.get("/").content.decode()
    with clock.travel(noon(date(2026, 11, 2))):
        published = a_list(village)
    with clock.travel(noon(date(2026, 11, 3))):
        page = client.get("/").content.decode()
        elder = client.get("/da/").content.decode()
    assert f'href="/lists/{published.number}/">{published.area.name}：{published.title}' in page
    assert f"公示到{published.closes_on.month}月{published.closes_on.day}日" in page
    assert f'href="/da/lists/{published.number}/"' in elder
    assert "王" not in page


def test_the_stylesheet_stays_small() -> None:
    # 192 bytes above what lists and policies need: each page's QR code, the table behind a chart, and a
    # printed page that ends with its text and breaks no chart.
    assert len(STYLE.encode()) <= 4416
