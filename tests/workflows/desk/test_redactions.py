"""紧急删去 and 网站停用 at the desk: two people, nothing typed is lost, nobody else gets in."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from disclosure.pages import editors
from disclosure.publicity.incidents import Outage, Redaction
from disclosure.publicity.models import PublicList
from portal.files.models import PublicDocument
from portal.ledger.models import Event
from portal.outbox.models import Message
from workflows.demo import play
from workflows.demo.build import County

from ..county import make_batch
from .conftest import SignIn


@pytest.fixture
def running(county: County) -> PublicList:
    """Return the list that a batch waits for."""
    batch = make_batch(county, rows=2, until="publish")
    play.sign(batch, county["reviewer1"])
    return PublicList.objects.get(number=batch.waits)


def ask(client: Client, list: PublicList, **typed: str) -> object:
    data = {"text": "row::item", "row": "2", "datum": "name", "note": "项目里写了人名"}
    return client.post(reverse("desk:redact", args=[list.number]), data | typed)


def test_one_official_asks_and_another_confirms_and_it_is_gone(sign_in: SignIn, running: PublicList) -> None:
    item = running.rows.get(position=2).shown["item"]
    clerk, head = sign_in("clerk1"), sign_in("head1")
    assert "紧急删去个人信息" in clerk.get(reverse("desk:list", args=[running.number])).content.decode()
    assert clerk.get(reverse("desk:redact", args=[running.number])).status_code == 200
    assert ask(clerk, running)["Location"] == reverse("desk:redactions")
    asked = Redaction.objects.get()
    assert Message.objects.filter(link=reverse("desk:redactions"), recipient__username="head1").exists()
    page = head.get(reverse("desk:redactions")).content.decode()
    assert item in page and "确认，马上删去" in page
    assert "个人信息等您确认删去" in head.get("/admin/").content.decode()
    done = head.post(reverse("desk:redactions"), {"do": "confirm", "redaction": asked.pk})
    assert done.status_code == 302
    assert item not in head.get(reverse("desk:redactions")).content.decode()
    row = running.rows.get(position=2)
    assert row.shown["item"] == "〔已删去：不该公开的姓名〕"
    assert "删去了第2行" in Client().get(f"/lists/{running.number}/").content.decode()


def test_whoever_asked_finds_no_button_and_a_refusal_says_why(sign_in: SignIn, running: PublicList) -> None:
    reviewer = sign_in("reviewer1")
    ask(reviewer, running)
    assert "确认，马上删去" not in reviewer.get(reverse("desk:redactions")).content.decode()
    asked = Redaction.objects.get()
    refused = reviewer.post(reverse("desk:redactions"), {"do": "confirm", "redaction": asked.pk})
    assert refused.status_code == 422
    head = sign_in("head1")
    refused = head.post(reverse("desk:redactions"), {"do": "decline", "redaction": asked.pk, "why": ""})
    assert refused.status_code == 422 and "不同意要写明理由" in refused.content.decode()
    head.post(reverse("desk:redactions"), {"do": "decline", "redaction": asked.pk, "why": "写的是项目名称"})
    assert "写的是项目名称" in reviewer.get(reverse("desk:redactions")).content.decode()


def test_a_form_that_is_refused_comes_back_as_it_was_typed(sign_in: SignIn, running: PublicList) -> None:
    refused = ask(sign_in("clerk1"), running, row="99")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'value="99"' in page and 'value="项目里写了人名"' in page
    assert '<option value="row::item" selected>' in page
    other = ask(sign_in("clerk1"), running, text="list:X-1:title")
    assert other.status_code == 422
    assert not Redaction.objects.exists()


def test_those_who_neither_ask_nor_decide_find_no_such_page(sign_in: SignIn, running: PublicList) -> None:
    for name in ("finance",):
        client = sign_in(name)
        assert client.get(reverse("desk:redact", args=[running.number])).status_code == 404
        assert client.get(reverse("desk:redactions")).status_code == 404
        assert client.get(reverse("desk:outages")).status_code == 404


def test_the_county_decides_on_an_outage_that_the_administrator_declared(
    county: County, sign_in: SignIn, running: PublicList
) -> None:
    from datetime import timedelta

    from portal import clock
    from portal.people.models import Line, Office, Role
    from tests.portal.people import invented

    granter = Office.objects.filter(role=Role.SECURITY_ADMIN).first().user
    admin = Office.objects.filter(role=Role.SYSTEM_ADMIN).first()
    if admin is None:
        area = Office.objects.filter(role=Role.COUNTY_HEAD).first().area
        admin = invented.given(granter, invented.person(), Role.SYSTEM_ADMIN, area, Line.ALL)
    client = Client()
    client.force_login(admin.user, backend="django.contrib.auth.backends.ModelBackend")
    closes_on = running.closes_on
    with clock.travel(clock.now() + timedelta(days=3)):
        begun = f"{clock.today() - timedelta(days=1)}T09:00"
        wrong = client.post(
            reverse("desk:outages"),
            {"do": "declare", "begun_at": begun, "ended_at": begun, "why": "机房停电"},
        )
        assert wrong.status_code == 422 and begun in wrong.content.decode()
        ended = begun.replace("T09", "T15")
        client.post(
            reverse("desk:outages"),
            {"do": "declare", "begun_at": begun, "ended_at": ended, "why": "机房停电"},
        )
        outage = Outage.objects.get()
        assert "确认，公示顺延" not in client.get(reverse("desk:outages")).content.decode()
        head = sign_in("countyhead")
        assert "确认，公示顺延" in head.get(reverse("desk:outages")).content.decode()
        begun, ended = begun.replace("T09", "T16"), begun.replace("T09", "T17")
        again = {"do": "declare", "begun_at": begun, "ended_at": ended, "why": "又停了一次"}
        client.post(reverse("desk:outages"), again)
        other = Outage.objects.exclude(pk=outage.pk).get()
        assert head.post(reverse("desk:outages"), {"do": "no", "outage": other.pk}).status_code == 302
        assert Event.objects.latest("sequence").kind == "site.outage_turned_down"
        agreed = head.post(reverse("desk:outages"), {"do": "agree", "outage": outage.pk})
        assert agreed.status_code == 302, agreed.content.decode()
        running.refresh_from_db()
        assert running.closes_on == closes_on + timedelta(days=1)
        assert "网站停过（机房停电）" in Client().get(f"/lists/{running.number}/").content.decode()


def test_a_pages_words_are_asked_for_by_its_address_and_confirmed_by_another(
    county: County, sign_in: SignIn
) -> None:
    from disclosure.pages import services
    from disclosure.pages.models import NoticePage

    services.ensure_site("枫禾县")
    page = NoticePage(title="领表", slug="forms", body="<p>找王五19900000001</p>", live=False)
    services.section(services.NOTICES).add_child(instance=page)
    page.save_revision().publish()
    log(page, "wagtail.rename", data={"title": {"old": "找王五19900000001领表"}})
    clerk, reviewer, head = sign_in("clerk1"), sign_in("county"), sign_in("countyhead")
    address = reverse("desk:redact_page")
    assert address in reviewer.get(reverse("desk:redactions")).content.decode()
    found = {"address": "https://example.org/da/notices/forms/"}
    # A village's clerk does not answer for the county's column: as if the page were not there.
    missing = clerk.get(address, {"address": "/notices/none/"})
    hidden = clerk.get(address, found)
    assert hidden.status_code == missing.status_code == 404
    assert "王五" in reviewer.get(address, found).content.decode()
    typed = {**found, "text": "p1", "part": "李四家", "datum": "phone", "note": "是号码"}
    refused = reviewer.post(address, typed)
    assert refused.status_code == 422
    assert 'value="李四家"' in refused.content.decode() and 'value="是号码"' in refused.content.decode()
    assert reviewer.post(address, typed | {"part": "19900000001"}).status_code == 302
    asked = Redaction.objects.get()
    assert "19900000001" in head.get(reverse("desk:redactions")).content.decode()
    head.post(reverse("desk:redactions"), {"do": "confirm", "redaction": asked.pk})
    shown = Client().get("/notices/forms/").content.decode()
    assert "找王五〔已删去：电话号码〕" in shown and "19900000001" not in shown
    assert "19900000001" not in str(PageLogEntry.objects.get(action="wagtail.rename").data)
    assert Event.objects.filter(kind="wagtail.redacted", object_id=str(page.pk)).count() == 1
    assert Event.objects.get(kind="publicity.redacted").actor == county["countyhead"]


def test_a_file_is_shown_with_whatever_has_the_same_bytes(
    county: County, sign_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    collection = editors.area_collection(county.areas["枫禾县"])
    first, second, other = (
        PublicDocument.objects.create(
            title=title, file=ContentFile(said, name=f"{number}.pdf"), collection=collection
        )
        for number, (title, said) in enumerate(
            (("名册", b"%PDF-1.4 a"), ("名册的副本", b"%PDF-1.4 a"), ("通知", b"%PDF-1.4 b"))
        )
    )
    page = sign_in("county").get(reverse("desk:redact_page"), {"address": first.url}).content.decode()
    assert "会一起删去" in page and second.url in page and other.url not in page
    page = sign_in("county").get(reverse("desk:redact_page"), {"address": other.url}).content.decode()
    assert "会一起删去" not in page
