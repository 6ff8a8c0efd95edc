"""Rules of the index: it says what is public at that moment, no more, no less, and can be made anew."""

from collections.abc import Callable
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from disclosure.pages import services as pages
from disclosure.pages.models import NoticePage, PolicyDocumentPage, SectionPage
from disclosure.pages.rich_text import anchored, pieces
from disclosure.publicity.services import correct
from disclosure.search import backends, registry, services
from disclosure.search.asking import read
from disclosure.search.finding import documents
from disclosure.search.models import Entry
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, household, noon
from tests.portal.people import invented

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def found(asked: str) -> list[str]:
    return documents(read(asked))


def notice(title: str = "修渠公告", body: str = "<p>九月起修渠。</p>", *, live: bool = True) -> NoticePage:
    section = pages.section(pages.NOTICES)
    number = NoticePage.objects.count() + 1
    return section.add_child(instance=NoticePage(title=title, slug=f"n{number}", body=body, live=live))


def test_a_page_is_found_from_its_publication_to_its_withdrawal(db: None) -> None:
    page = notice(live=False)
    assert found("修渠") == []
    page.save_revision().publish()
    assert found("修渠") == [f"page:{page.pk}"]
    page.refresh_from_db()
    page.title = "修桥公告"
    draft = page.save_revision()
    assert found("修桥") == [] and found("修渠公告") != []
    draft.publish()
    assert found("修桥") == [f"page:{page.pk}"] and found("修渠公告") == []
    page.refresh_from_db()
    page.unpublish(reason="内容有误")
    assert found("修桥") == found("修渠") == []
    assert not Entry.objects.filter(document=f"page:{page.pk}").exists()


def test_a_withdrawal_by_wagtails_own_class_counts_too(db: None) -> None:
    page = notice()
    page.page_ptr.unpublish()
    assert found("修渠") == []


def test_a_publication_that_is_undone_leaves_nothing(db: None) -> None:
    page = notice(live=False)
    with pytest.raises(RuntimeError), transaction.atomic():
        page.save_revision().publish()
        assert found("修渠") != []
        raise RuntimeError
    assert found("修渠") == []


def test_a_page_that_moves_is_found_at_its_new_address(
    db: None, django_capture_on_commit_callbacks: Callable
) -> None:
    home = pages.ensure_site("甲县")
    column = home.add_child(instance=SectionPage(title="水利", slug="water"))
    page = notice()
    page.move(column, pos="last-child")
    page.refresh_from_db()
    assert Entry.objects.get(document=f"page:{page.pk}", position=0).path == f"water/{page.slug}/"
    column.slug = "rivers"
    with django_capture_on_commit_callbacks(execute=True):
        column.save_revision().publish()
    assert Entry.objects.get(document=f"page:{page.pk}", position=0).path == f"rivers/{page.slug}/"


def test_a_corrected_list_gives_its_place_to_the_new_version(village: Village) -> None:
    old = a_list(village, title="修渠名单公示")
    assert found("修渠") == [f"list:{old.number}"]
    seat = village.seat(Role.TOWNSHIP_REVIEWER)
    new = correct(**seat, list_id=old.pk, rows=[household(1)], reason="多写了两户")
    assert found("修渠") == [f"list:{new.number}"]


def test_a_lists_entry_holds_title_place_kind_and_number_alone(village: Village) -> None:
    published = a_list(village)
    entry = Entry.objects.get(document=f"list:{published.number}")
    assert (entry.title, entry.place) == (published.title, "甲县东乡一村")
    assert entry.text == f"名单公示 · {published.number}"
    assert entry.area_path == village.area.path


def test_a_repealed_document_is_found_and_marked(db: None) -> None:
    section = pages.section(pages.POLICIES)
    page = section.add_child(instance=PolicyDocumentPage(title="修渠办法", slug="p1", validity="valid"))
    assert Entry.objects.get(document=f"page:{page.pk}").mark == ""
    page.validity = "repealed"
    page.save_revision().publish()
    assert Entry.objects.get(document=f"page:{page.pk}").mark == "废止"


def test_a_paragraph_with_somebodys_number_is_left_out_and_the_rest_stays(db: None) -> None:
    page = notice(body="<p>名额已满</p><p>补发给99010119800101001X的款</p><p>联系电话0990-1234567</p>")
    assert found("补发") == [] and found("99010119800101001") == []
    assert found("名额已满") == found("联系电话") == [f"page:{page.pk}"]


def test_a_paragraph_of_any_length_is_found_to_its_end(db: None) -> None:
    long = "。".join(f"第{number}条各村要按时公示" for number in range(600))
    page = notice(body=f"<p>{long}。末尾有大坝。</p><p>{'渠' * 5000}坝顶</p>")
    for asked in ("第0条", "第599条各村要按时公示", "大坝", "坝顶", "渠渠渠"):
        assert found(asked) == [f"page:{page.pk}"], asked
    assert found("第600条") == []


def test_anchors_in_the_index_are_those_on_the_page(db: None) -> None:
    body = '<h2>一</h2><p data-block-key="x">甲<b>乙</b><br/>丙 &amp; 丁</p>'
    body += "<ul><li>戊<p>己</p></li><li>庚</li></ul><p></p>"
    assert [(piece.anchor, piece.text) for piece in pieces(body)] == [
        ("p1", "一"),
        ("p2", "甲乙 丙 & 丁"),
        ("p3", "戊"),
        ("p4", "己"),
        ("p5", "庚"),
        ("p6", ""),
    ]
    shown = anchored(body)
    assert '<h2 id="p1">一' in shown and '<li id="p3">戊<p id="p4">己' in shown and '<p id="p6"></p>' in shown


def test_the_index_made_anew_is_the_same_and_the_check_tells_every_difference(
    village: Village, travel: Callable
) -> None:
    def check() -> str:
        err = StringIO()
        try:
            call_command("reindex", "--check", stdout=StringIO(), stderr=err)
        except CommandError:
            return err.getvalue()
        return ""

    with travel(noon(date(2026, 11, 2))):
        published = a_list(village, title="修渠名单公示")
    page, other = notice(), notice("修桥公告", "<p>十月起修桥。</p>")
    fields = [name for name in services.FIELDS]
    before = [*Entry.objects.order_by("document", "position").values_list(*fields)]
    assert check() == ""
    Entry.objects.filter(document=f"list:{published.number}").delete()
    Entry.objects.filter(document=f"page:{page.pk}").update(title="别的")
    Entry.objects.create(document="page:999999", position=0, title="撤下的", grams="")
    told = check()
    assert f"list:{published.number}：没有编入" in told
    assert f"page:{page.pk}：内容和公开的不一样" in told
    assert "page:999999：已经不公开" in told
    assert f"page:{other.pk}" not in told
    call_command("reindex", stdout=StringIO())
    assert check() == ""
    assert [*Entry.objects.order_by("document", "position").values_list(*fields)] == before
    assert found("修渠") == [f"page:{page.pk}", f"list:{published.number}"]


def test_an_index_that_no_longer_follows_its_table_is_noticed_and_mended(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's column follows the table by itself")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {backends.INDEX}_insert")
    assert not backends.is_sound()
    page = notice("修塘公告")
    assert found("修塘") == []
    with connection.cursor() as cursor:
        for statement in backends.SQLITE:
            cursor.execute(statement)
    assert not backends.is_sound()
    services.rebuild()
    assert backends.is_sound()
    assert found("修塘") == [f"page:{page.pk}"]


def test_a_source_has_a_name_of_its_own() -> None:
    with pytest.raises(ValueError):
        registry.register(registry.Source("page", {}, lambda key: None, list))
    assert set(registry.kinds()) >= {"policy", "reading", "notice", "section", "list", "programme"}


def test_what_another_village_publishes_is_not_in_this_ones_subtree(village: Village) -> None:
    a_list(village, title="修渠名单公示", area=village.areas[invented.TWO])
    assert Entry.objects.filter(area_path=village.area.path).count() == 0
