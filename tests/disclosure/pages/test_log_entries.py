"""Wagtail's own log is in the ledger: an event for each entry; one that was tampered with is named."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, PageLogEntry

from disclosure.pages import moderation, services
from disclosure.pages.models import NoticePage
from disclosure.publicity import redacting
from portal.ledger.models import Event, Opening
from portal.ledger.verifier import verify
from portal.people.models import Role, User
from tests.disclosure.village import Village
from tests.portal.ledger.parties import tamper

pytestmark = pytest.mark.django_db
WORDS = "给王测试家的通知"


def notice(editor: User | None = None) -> NoticePage:
    page = NoticePage(title=WORDS, slug="a-notice", body="<p>正文。</p>", source="局里", live=False)
    services.section(services.NOTICES).add_child(instance=page)
    page.save_revision(user=editor, log_action=True)
    return page


def told(page: NoticePage) -> list[tuple[str, str | None]]:
    events = Event.objects.filter(object_type="page", object_id=str(page.pk)).order_by("sequence")
    return [(event.kind, event.actor.username if event.actor else None) for event in events]


def test_what_an_editor_does_on_wagtails_screens_is_in_the_ledger_without_its_words(
    editor: User, head: User
) -> None:
    page = notice(editor)
    client = Client()
    client.force_login(User.objects.get(pk=editor.pk))
    address = reverse("wagtailadmin_pages:copy", args=[page.pk])
    section = page.get_parent()
    copied = {
        "new_title": "另一份",
        "new_slug": "another",
        "new_parent_page": section.pk,
        "publish_copies": "",
    }
    given = client.post(address, copied)
    moderation.submit(by=editor, page=page)
    moderation.approve(by=head, page=NoticePage.objects.get(pk=page.pk))
    kinds = [kind for kind, _actor in told(page)]
    assert kinds[:2] == ["wagtail.create", "wagtail.edit"]
    # The acts that have events of their own stay told by those.
    assert kinds.count("page.submitted") == kinds.count("page.published") == 1
    assert ("wagtail.publish", head.username) in told(page)
    if given.status_code == 302:
        another = NoticePage.objects.get(slug="another")
        assert ("wagtail.copy", editor.username) in told(another)
    entries = PageLogEntry.objects.filter(page=page.pk).count()
    assert entries == len([kind for kind in kinds if kind.startswith("wagtail.")])
    records = "".join(Event.objects.filter(kind__startswith="wagtail.").values_list("record", flat=True))
    assert WORDS not in records and "王测试" not in records
    assert verify().fault is None


def test_entry_and_event_come_together_or_not_at_all(editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    page = notice(editor)
    before = PageLogEntry.objects.count(), Event.objects.count()

    def refuse(*rest: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("portal.ledger.last.append", refuse)
    with pytest.raises(ZeroDivisionError):
        log(page, "wagtail.edit", user=editor)
    assert (PageLogEntry.objects.count(), Event.objects.count()) == before


@pytest.mark.postgres
def test_an_entry_changed_deleted_or_put_in_beside_the_ledger_is_named(editor: User) -> None:
    page = notice(editor)
    picture = get_image_model().objects.create(title="图", file="a.png", width=1, height=1)
    log(picture, "wagtail.edit", user=editor, data={"why": "换了"})
    assert verify().fault is None
    one = PageLogEntry.objects.filter(page=page.pk).latest("pk")
    other = ModelLogEntry.objects.get()
    by_page = Event.objects.get(kind="wagtail.edit", object_type="page", object_id=str(page.pk)).sequence
    by_picture = Event.objects.get(kind="wagtail.edit", object_type="publicimage").sequence
    attacks: list[tuple[str, Any, int, str]] = [
        ("UPDATE wagtailcore_pagelogentry SET label = '别的' WHERE id = %s", one.pk, by_page, "改过"),
        (
            "UPDATE wagtailcore_pagelogentry SET action = 'wagtail.lock' WHERE id = %s",
            one.pk,
            by_page,
            "改过",
        ),
        ("UPDATE wagtailcore_pagelogentry SET user_id = NULL WHERE id = %s", one.pk, by_page, "改过"),
        ("UPDATE wagtailcore_modellogentry SET data = '{}' WHERE id = %s", other.pk, by_picture, "改过"),
        ("DELETE FROM wagtailcore_pagelogentry WHERE id = %s", one.pk, by_page, "不见了"),
    ]
    for sql, pk, sequence, words in attacks:
        with transaction.atomic():
            tamper(sql, pk)
            fault = verify().fault
            assert fault is not None and fault.sequence == sequence and words in fault.reason, (sql, fault)
            transaction.set_rollback(True)
    one.pk = None
    one.save()
    fault = verify().fault
    assert fault is not None and "多出一条" in fault.reason


def test_a_datum_taken_out_of_the_log_leaves_it_in_step_with_the_ledger(village: Village) -> None:
    services.ensure_site("甲县")
    page = notice()
    page.save_revision(log_action=True).publish()
    values = {"target": "page", "object_id": f"{page.pk}#f-title", "field": "words", "datum": "name"}
    asked = redacting.ask(**village.seat(Role.COUNTY_REVIEWER), **values, part="王测试")  # type: ignore[arg-type]
    redacting.confirm(**village.seat(Role.COUNTY_HEAD), redaction_id=asked.pk)
    assert "王测试" not in json.dumps(list(PageLogEntry.objects.filter(page=page.pk).values_list("label")))
    assert Event.objects.filter(kind="wagtail.redacted").exists()
    opened = Opening.objects.filter(event__kind__in=["wagtail.create", "wagtail.edit"]).exclude(salt="")
    assert not opened.filter(event__object_id=str(page.pk)).exists()
    assert verify().fault is None
    tamper("UPDATE wagtailcore_pagelogentry SET label = '王测试' WHERE page_id = %s", page.pk)
    fault = verify().fault
    assert fault is not None and "改过" in fault.reason
