"""Rules of the standard catalogue: filled by what is really public, gaps and stale entries said openly."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from disclosure.catalogue import entries, services
from disclosure.pages import services as pages
from disclosure.pages.models import NoticePage
from portal import clock
from portal.configuration import services as configuration
from portal.people.models import Role, User
from tests.disclosure.village import Village, a_list, noon
from tests.portal.people import invented

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(db: None) -> None:
    cache.clear()
    configuration.forget()
    pages.ensure_site("甲县")


def state(key: str) -> services.Line:
    return next(line for _group, lines in services.lines() for line in lines if line.entry.key == key)


def a_notice() -> None:
    page = NoticePage(title="公告", slug="n", body="<p>正文</p>", live=False)
    pages.section(pages.NOTICES).add_child(instance=page).save_revision().publish()


def test_every_entry_names_its_basis_and_stands_in_one_of_the_five_groups() -> None:
    groups = [name for name, _entries in entries.groups()]
    assert groups == ["政策文件", "扶贫对象", "扶贫资金", "扶贫项目", "监督管理"]
    for entry in entries.ENTRIES:
        assert entry.basis and entry.within and entry.channels and entry.levels
    assert len({entry.key for entry in entries.ENTRIES}) == len(entries.ENTRIES)


@pytest.mark.postgres
def test_an_entry_is_empty_then_filled_then_stale_by_what_is_published(village: Village) -> None:
    assert state("notice").state == state("identified").state == "empty"
    with clock.travel(noon(date(2026, 11, 2))):
        a_notice()
        a_list(village)
        assert (state("notice").state, state("notice").filling.count) == ("filled", 1)
        assert state("identified").filling.newest == date(2026, 11, 2)
    with clock.travel(noon(date(2027, 2, 1))):
        assert (state("notice").state, state("notice").overdue_days) == ("stale", 1)
        assert state("identified").state == "filled"


def test_what_was_withdrawn_fills_nothing() -> None:
    a_notice()
    NoticePage.objects.get().unpublish(reason="内容有误")
    assert state("notice").state == "empty"


def test_the_public_page_says_what_is_missing(client: Client, village: Village) -> None:
    with clock.travel(noon(date(2026, 11, 2))):
        a_notice()
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/catalogue/").content.decode()
    assert len(queries) <= 10
    assert "还没有公开" in page and "1条，最近2026年11月2日" in page and 'href="/notices/"' in page
    assert "没有和现行文本逐条核对" in page
    assert 'href="/da/notices/"' in client.get("/da/catalogue/").content.decode()


def test_editors_see_stale_entries_in_red(village: Village) -> None:
    with clock.travel(noon(date(2026, 1, 5))):
        editor = invented.officer(village.granter, Role.EDITOR, village.areas[invented.COUNTY])
    with clock.travel(noon(date(2026, 11, 2))):
        a_notice()
    with clock.travel(noon(date(2027, 2, 11))):
        client = Client()
        client.force_login(User.objects.get(pk=editor.pk))
        page = client.get(reverse("desk:catalogue")).content.decode()
    assert "过时11天" in page and "desk-light--red" in page and "空着" in page
