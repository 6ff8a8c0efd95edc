"""Rules of taking a personal datum out of a page: everywhere at once, by two officials, with a tombstone."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from wagtail.models import Page, PageLogEntry, Revision

from disclosure.mirror import refreshing, store
from disclosure.pages import services
from disclosure.pages.models import NoticePage, PolicyDocumentPage
from disclosure.pages.redaction import public_texts
from disclosure.publicity import redacting
from disclosure.publicity.errors import BadRedaction, NoSuchRedaction
from disclosure.search.models import Entry
from portal import clock
from portal.ledger.models import Event
from portal.people.models import Line, Role
from tests.disclosure.village import Village

pytestmark = pytest.mark.django_db
PHONE = "19900000001"
BODY = (
    "<p>下周一到村部领表。</p>"
    f'<ul><li>联系人<b>王五</b>，电话<a href="tel:{PHONE}">199<i>00000001</i></a>。</li></ul>'
    "<p>王五家不用来，带好资料。</p>"
)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Start and end with an empty cache."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def notice(village: Village) -> NoticePage:
    """Return a notice with a telephone number in it, published twice, with a draft besides."""
    services.ensure_site("甲县")
    page = NoticePage(title=f"领表找{PHONE}", slug="forms", body=BODY, source="王五", live=False)
    services.section(services.NOTICES).add_child(instance=page)
    page.save_revision(log_action=True).publish()
    page.body = BODY + "<p>改过。</p>"
    page.save_revision(log_action=True).publish()
    page.body = BODY + f"<p>还没有公开的一稿，{PHONE}。</p>"
    page.save_revision(log_action=True)
    return NoticePage.objects.get(pk=page.pk)


def asked(village: Village, page: Any, key: str, part: str = "", **changes: Any) -> Any:
    """Ask by the county's reviewer that a text of `page`, or some words of it, be taken out."""
    values = {
        "target": "page",
        "object_id": f"{page.pk}#{key}",
        "field": "words" if part else "text",
        "datum": "phone",
        "part": part,
    }
    return redacting.ask(**village.seat(Role.COUNTY_REVIEWER) | values | changes)


def confirmed(village: Village, redaction: Any, role: str = Role.COUNTY_HEAD) -> Any:
    return redacting.confirm(**village.seat(role), redaction_id=redaction.pk)


def everything_kept(page: Any) -> str:
    """Return all that the database keeps of a page, but for the ledger and the redaction itself."""
    kept: list[Any] = [Page.objects.get(pk=page.pk).specific.serializable_data()]
    kept += [[one.content, one.object_str] for one in Revision.page_revisions.filter(object_id=str(page.pk))]
    kept += [[one.label, one.data] for one in PageLogEntry.objects.filter(page=page.pk)]
    entries = Entry.objects.filter(document=f"page:{page.pk}")
    kept += [*entries.values_list("title", "text", "place", "grams")]
    return json.dumps(kept, ensure_ascii=False, default=str)


@pytest.mark.postgres
def test_words_leave_the_page_its_revisions_its_drafts_its_log_and_the_search(
    village: Village, notice: NoticePage
) -> None:
    assert PHONE in everything_kept(notice)
    done = confirmed(village, asked(village, notice, "p2", PHONE))
    assert PHONE not in everything_kept(notice) and "00000001" not in everything_kept(notice)
    page = Client().get("/notices/forms/").content.decode()
    assert "领表找〔已删去：电话号码〕" in page and "联系人王五，电话〔已删去：电话号码〕。" in page
    assert "下周一到村部领表" in page and "tel:" not in page
    assert "删去了电话号码：甲县（县级经办）提出，甲县（县级负责人）确认" in page
    assert done.taken_from >= 5 and done.asked_value == ""
    event = Event.objects.get(kind="publicity.redacted")
    assert PHONE not in event.record and len(json.loads(event.record)["body"]["revisions"]) == 3


def test_a_whole_paragraph_goes_and_the_others_keep_their_anchors(
    village: Village, notice: NoticePage
) -> None:
    confirmed(village, asked(village, notice, "p3", datum="name"))
    texts = {text.key: text.value for text in public_texts(NoticePage.objects.get(pk=notice.pk))}
    assert texts["p3"] == "〔已删去：不该公开的姓名〕" and texts["p4"] == "改过。"
    assert "王五" in texts["p2"], "words elsewhere are not that paragraph"


def test_an_old_text_that_an_editor_had_open_does_not_bring_it_back(
    village: Village, notice: NoticePage
) -> None:
    confirmed(village, asked(village, notice, "p2", PHONE))
    confirmed(village, asked(village, notice, "p3", datum="name"))
    page = NoticePage.objects.get(pk=notice.pk).get_latest_revision_as_object()
    page.body, page.title = f"{BODY}<p>又写：{PHONE}</p>", f"新题{PHONE}"
    revision = page.save_revision()
    kept = json.dumps(revision.content, ensure_ascii=False, default=str)
    assert PHONE not in kept and "家不用来" not in kept
    revision.publish()
    assert PHONE not in everything_kept(notice)
    assert len(NoticePage.objects.get(pk=notice.pk).redactions) == 2, "a revision does not undo tombstones"


def test_a_paragraph_of_a_policy_keeps_its_anchor_and_loses_the_words(village: Village) -> None:
    services.ensure_site("甲县")
    page = PolicyDocumentPage(title="办法", slug="a-policy", recipients=f"王五 {PHONE}", live=False)
    text = {"number": "（一）", "label": "一（一）", "anchor": "", "text": f"报名电话{PHONE}，找王五。"}
    page.body = [("paragraph", text), ("around", {"part": "signature", "text": f"王五\n{PHONE}"})]
    services.section(services.POLICIES).add_child(instance=page)
    page.save_revision().publish()
    page = PolicyDocumentPage.objects.get(pk=page.pk)
    key = next(one.key for one in public_texts(page) if one.value.startswith("报名"))
    confirmed(village, asked(village, page, key, PHONE))
    assert PHONE not in everything_kept(page)
    fresh = PolicyDocumentPage.objects.get(pk=page.pk)
    assert fresh.paragraph("s1-1")["text"] == "报名电话〔已删去：电话号码〕，找王五。"
    assert fresh.body[1].value["text"] == "王五\n〔已删去：电话号码〕"
    assert fresh.recipients == "王五 〔已删去：电话号码〕"


def test_a_withdrawn_pages_reason_is_redacted_too(village: Village, notice: NoticePage) -> None:
    notice.unpublish(reason=f"写错了王五的电话{PHONE}")
    confirmed(village, asked(village, notice, "reason", PHONE))
    answer = Client().get("/notices/forms/")
    assert answer.status_code == 410 and PHONE not in answer.content.decode()
    assert PHONE not in everything_kept(notice)


def test_it_takes_two_people_who_answer_for_that_page(village: Village, notice: NoticePage) -> None:
    with pytest.raises(NoSuchRedaction):
        asked(village, notice, "p2", PHONE, **village.seat(Role.TOWNSHIP_REVIEWER))
    with pytest.raises(NoSuchRedaction):
        asked(village, notice, "p99", PHONE)
    with pytest.raises(BadRedaction, match="没有这几个字"):
        asked(village, notice, "p2", "李四家")
    with pytest.raises(BadRedaction, match="最少写2个"):
        asked(village, notice, "p2", "电")
    own = asked(village, notice, "p2", PHONE)
    with pytest.raises(BadRedaction, match="不能自己确认"):
        redacting.confirm(**village.seat(Role.COUNTY_REVIEWER), redaction_id=own.pk)
    with pytest.raises(NoSuchRedaction):
        confirmed(village, own, Role.TOWNSHIP_HEAD)
    # Offices of another line neither ask for this one nor decide on it, whoever's page it is.
    other = village.seat(Role.COUNTY_HEAD, line=Line.EDUCATION)
    with pytest.raises(NoSuchRedaction):
        redacting.confirm(**other, redaction_id=own.pk)
    notice.body = BODY.replace("王五", "李四").replace("199<i>00000001</i>", "见村部")
    notice.save_revision().publish()
    with pytest.raises(BadRedaction, match="已经改过了"):
        confirmed(village, own)


def test_a_draft_that_was_never_public_is_no_published_thing(village: Village) -> None:
    services.ensure_site("甲县")
    page = NoticePage(title="草稿", slug="draft", body=BODY, live=False)
    services.section(services.NOTICES).add_child(instance=page)
    page.save_revision()
    with pytest.raises(NoSuchRedaction):
        asked(village, page, "p2", PHONE)


def test_the_mirrors_pages_that_show_it_leave_at_the_commit_and_come_back_without_it(
    village: Village,
    notice: NoticePage,
    tmp_path: Path,
    settings: Any,
    django_capture_on_commit_callbacks: Callable,
) -> None:
    settings.MIRROR_ROOT, settings.MIRROR_DAYS_AHEAD = tmp_path / "mirror", 1
    settings.MIRROR_ROOT.mkdir()
    refreshing.rebuild()
    today = store.edition(clock.today())
    shown = ["/notices/forms/", "/notices/", "/", "/da/notices/forms/"]
    for path in shown:
        found = store.find(today, path)
        assert found and PHONE in found[0].decode(), path
    redaction = asked(village, notice, "p2", PHONE)
    with django_capture_on_commit_callbacks(execute=True):
        confirmed(village, redaction)
    for path in shown:
        assert store.find(today, path) is None, path
    refreshing.refresh()
    for folder in store.editions():
        for path in shown:
            found = store.find(folder, path)
            assert found and PHONE not in found[0].decode(), path
