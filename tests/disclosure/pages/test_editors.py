"""Rules of who writes pages and who lets them out, through the screens themselves."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from disclosure.pages import moderation, services
from disclosure.pages.keys import INDEX_TEMPLATES
from disclosure.pages.models import NoticePage, SectionPage
from portal import clock
from portal.areas.models import Area
from portal.configuration import services as configuration
from portal.configuration.models import Setting
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from portal.outbox.models import Message
from portal.people.models import Role, User
from tests.portal.people import invented

from .editing import browser, decide, form, handed_in, kinds, write

pytestmark = pytest.mark.django_db


def test_a_page_goes_public_when_the_county_head_approves_what_the_editor_handed_in(
    editor: User, head: User, notices: SectionPage, client: Client
) -> None:
    page = handed_in(editor, notices)
    assert not page.live and client.get("/notices/a-notice/").status_code == 404
    assert [message.recipient for message in Message.objects.all()] == [head]
    home = browser(head).get(reverse("wagtailadmin_home")).content.decode()
    assert "关于受理申请的公告" in home and "批准并公开" in home
    response = decide(head, page, "approve")
    assert (response.status_code, response["Location"]) == (302, reverse("wagtailadmin_home"))
    cache.clear()
    assert "现在开始受理" in client.get("/notices/a-notice/").content.decode()
    assert kinds() == ["page.submitted", "page.published"]
    submitted, published = Event.objects.filter(kind__startswith="page.").order_by("sequence")
    assert (submitted.actor_id, published.actor_id) == (editor.pk, head.pk)
    assert published.role == Role.COUNTY_HEAD
    assert Message.objects.filter(recipient=editor).count() == 1


def test_a_page_sent_back_carries_its_reason_and_can_be_handed_in_again(
    editor: User, head: User, notices: SectionPage
) -> None:
    page = handed_in(editor, notices)
    assert decide(head, page, "reject", comment=" ").status_code in (302, 404)
    assert kinds() == ["page.submitted"]
    decide(head, page, "reject", comment="电话写错了")
    page.refresh_from_db()
    assert not page.live and kinds() == ["page.submitted", "page.refused"]
    assert "电话写错了" not in Event.objects.get(kind="page.refused").record
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert "要改的是：电话写错了" in browser(editor).get(address).content.decode()
    browser(editor).post(address, form(title="改过的公告", **{"action-submit": "1"}))
    decide(head, page, "approve")
    page.refresh_from_db()
    assert page.live and page.title == "改过的公告"


def test_an_author_cannot_publish(editor: User, head: User, notices: SectionPage) -> None:
    write(editor, notices, **{"action-publish": "1"})
    assert not NoticePage.objects.exists()
    write(editor, notices)
    page = NoticePage.objects.get()
    browser(editor).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form(**{"action-publish": "1"}))
    page.refresh_from_db()
    assert not page.live and "page.published" not in kinds()
    screen = browser(editor).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert 'name="action-submit"' in screen and 'name="action-publish"' not in screen


def test_nobody_approves_what_they_wrote_whatever_offices_they_hold(
    editor: User, head: User, notices: SectionPage, county: dict[str, Area], security: User
) -> None:
    invented.given(security, editor, Role.COUNTY_HEAD, county[invented.COUNTY])
    page = handed_in(editor, notices)
    assert decide(editor, page, "approve").status_code == 404
    write_again = reverse("wagtailadmin_pages:edit", args=[page.pk])
    for action in ("action-publish", "action-workflow-action"):
        browser(editor).post(write_again, form(**{action: "1", "workflow-action-name": "approve"}))
    page.refresh_from_db()
    assert not page.live and page.workflow_in_progress
    own = browser(editor).get(reverse("wagtailadmin_home")).content.decode()
    assert "data-workflow-action-url" not in own
    decide(head, page, "approve")
    page.refresh_from_db()
    assert page.live


def test_with_both_offices_a_page_is_still_not_published_nor_copied_into_public(
    editor: User, notices: SectionPage, county: dict[str, Area], security: User, head: User
) -> None:
    invented.given(security, editor, Role.COUNTY_HEAD, county[invented.COUNTY])
    write(editor, notices, **{"action-publish": "1"})
    assert not NoticePage.objects.exists()
    write(editor, notices)
    page = NoticePage.objects.get()
    browser(editor).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form(**{"action-publish": "1"}))
    page.refresh_from_db()
    assert not page.live
    moderation.submit(by=User.objects.get(pk=editor.pk), page=page)
    moderation.approve(by=head, page=page)
    copy = {"new_title": "副本", "new_slug": "copy", "new_parent_page": str(notices.pk)}
    address = reverse("wagtailadmin_pages:copy", args=[page.pk])
    for short_way in ("publish_copies", "alias"):
        assert browser(editor).post(address, {**copy, short_way: "on"}).status_code == 404
    assert NoticePage.objects.count() == 1


def test_a_page_handed_in_stays_as_it_is_until_it_is_decided_or_taken_back(
    editor: User, head: User, notices: SectionPage
) -> None:
    page = handed_in(editor, notices)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    browser(editor).post(address, form(title="偷偷改的"))
    assert page.get_latest_revision_as_object().title == "关于受理申请的公告"
    old = page.current_workflow_state.current_task_state
    browser(editor).post(address, form(**{"action-cancel-workflow": "1"}))
    assert kinds() == ["page.submitted", "page.recalled"]
    late = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", old.pk])
    browser(head).post(late)
    page.refresh_from_db()
    assert not page.live
    browser(editor).post(address, form(title="想好了", **{"action-submit": "1"}))
    assert kinds("wagtail.workflow")[-1] == "wagtail.workflow.start"
    assert kinds() == ["page.submitted", "page.recalled", "page.submitted"]


def test_a_public_page_that_is_renamed_or_put_back_is_told_at_each_step(
    editor: User, head: User, notices: SectionPage, county: dict[str, Area]
) -> None:
    Setting.objects.create(
        key=INDEX_TEMPLATES,
        value=["农业农村局=999001001/{年}-{序号}"],
        area=county[invented.COUNTY],
        valid_from=clock.today(),
        source="测试",
        confirmed_at=clock.now(),
    )
    configuration.forget()
    page = handed_in(editor, notices)
    decide(head, page, "approve")
    assert kinds() == ["page.submitted", "page.published", "page.numbered"]
    assert Event.objects.get(kind="page.numbered").actor == head
    first = page.revisions.order_by("pk").first()
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = browser(editor).get(address).content.decode()
    assert "comments-TOTAL_FORMS" not in shown, "what is said of a draft is said when it is sent back"
    browser(editor).post(address, form(title="改了名的公告", **{"action-submit": "1"}))
    decide(head, page, "approve")
    page.refresh_from_db()
    assert page.title == "改了名的公告" and kinds("wagtail.rename") == ["wagtail.rename"]
    assert first is not None
    old = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, first.pk])
    browser(editor).post(old, form(**{"action-publish": "1"}))
    cache.clear()
    assert NoticePage.objects.get(pk=page.pk).title == "改了名的公告", "nor is it published that way"
    again = browser(editor).post(old, form(**{"action-submit": "1"}))
    assert again.status_code == 302 and kinds("wagtail.revert")[-1] == "wagtail.revert"
    assert kinds()[-1] == "page.submitted" and kinds("wagtail.workflow")[-1] == "wagtail.workflow.start"
    decide(head, page, "approve")
    assert NoticePage.objects.get(pk=page.pk).title == "关于受理申请的公告"
    assert verify().fault is None
    configuration.forget()


def test_a_decision_counts_once(editor: User, head: User, notices: SectionPage) -> None:
    page = handed_in(editor, notices)
    state = page.current_workflow_task_state
    decide(head, page, "approve")
    with pytest.raises(moderation.NothingToDecide):
        state.task.specific.on_action(state, head, "approve")
    assert kinds().count("page.published") == 1


def test_a_head_writes_nothing_and_withdraws_with_an_event(
    editor: User, head: User, notices: SectionPage, client: Client
) -> None:
    assert write(head, notices).status_code == 404
    page = handed_in(editor, notices)
    assert browser(head).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 404
    decide(head, page, "approve")
    address = reverse("wagtailadmin_pages:unpublish", args=[page.pk])
    assert browser(editor).post(address).status_code == 404
    assert browser(head).get(address).status_code == 200
    refused = browser(head).post(address, {"reason": "错"})
    assert refused.status_code == 422
    assert "请写明为什么撤下" in refused.content.decode() and ">错</textarea>" in refused.content.decode()
    assert browser(head).post(address, {"reason": "金额写错，另发公告"}).status_code == 302
    event = Event.objects.get(kind="page.unpublished")
    assert event.actor_id == head.pk
    # Kept pages are dropped on commit, which a test's own transaction never comes to.
    cache.clear()
    withdrawn = client.get("/notices/a-notice/")
    assert withdrawn.status_code == 410
    assert "金额写错，另发公告" in withdrawn.content.decode()
    column = reverse("wagtailadmin_pages:unpublish", args=[services.section(services.NOTICES).pk])
    page.refresh_from_db()
    moderation.submit(by=User.objects.get(pk=editor.pk), page=page)
    decide(head, page, "approve")
    browser(head).post(column, {"reason": "栏目不用了"})
    assert SectionPage.objects.get(slug=services.NOTICES).live


def test_the_screens_of_a_head_lead_nowhere_that_is_shut(
    editor: User, head: User, notices: SectionPage
) -> None:
    page = handed_in(editor, notices)
    client = browser(head)
    state = page.current_workflow_task_state
    for name, arguments in {
        "explore": [notices.pk],
        "pages:view_draft": [page.pk],
        "pages:workflow_preview": [page.pk, state.task.pk],
        "pages:revisions_view": [page.pk, page.latest_revision_id],
    }.items():
        address = reverse(f"wagtailadmin_{name}", args=arguments)
        assert client.get(address).status_code == 200, name
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) not in home
    listing = client.get(reverse("wagtailadmin_explore", args=[notices.pk])).content.decode()
    for shut in ("edit", "move", "copy", "delete", "history"):
        assert reverse(f"wagtailadmin_pages:{shut}", args=[page.pk]) not in listing, shut


def test_whoever_hands_in_is_told_that_nobody_can_decide(editor: User, notices: SectionPage) -> None:
    response = write(editor, notices, **{"action-submit": "1"})
    following = browser(editor)
    following.cookies = response.client.cookies
    assert "现在没有能审核这篇网页的县级负责人" in following.get(response["Location"]).content.decode()


def test_the_side_bar_names_the_person_and_leads_nowhere_that_is_shut(editor: User, head: User) -> None:
    for user, there, gone in (
        (editor, ["explorer", "images", "documents"], ["reports", "help", "settings"]),
        (head, ["explorer"], ["images", "documents", "reports", "help", "settings"]),
    ):
        screen = browser(user).get(reverse("wagtailadmin_home")).content.decode()
        assert user.display_name in screen and "guide.wagtail.org" not in screen
        for name in there:
            assert f'"name": "{name}"' in screen, name
        for name in gone:
            assert f'"name": "{name}"' not in screen, name


def test_a_preview_may_stand_in_the_editors_frame_and_shows_what_is_being_written(
    editor: User, head: User, notices: SectionPage, client: Client
) -> None:
    page = handed_in(editor, notices)
    decide(head, page, "approve")
    assert "现在开始受理" in client.get("/notices/a-notice/").content.decode()
    writer = browser(editor)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert writer.post(address, form(title="还没有公开的标题")).json()["is_valid"]
    preview = writer.get(f"{address}?in_preview_panel=true")
    assert "还没有公开的标题" in preview.content.decode()
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert preview["X-Frame-Options"].upper() == "SAMEORIGIN"
    public = client.get("/notices/a-notice/")
    assert "还没有公开的标题" not in public.content.decode()
    assert "frame-ancestors 'none'" in public["Content-Security-Policy"]


def test_public_pictures_show_in_the_demo_and_nothing_else_is_served(
    settings: Any, client: Client, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    for name in ("images/a.jpg", "images/a.svg", "images/a.html", "original_images/a.jpg", "documents/a.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path.parent / "secret.jpg").write_bytes(b"x")
    for name in ("images/a.jpg", "documents/a.pdf"):
        response = client.get(f"/media/{name}")
        assert (response.status_code, response["X-Content-Type-Options"]) == (200, "nosniff"), name
    shut = ["images/a.svg", "images/a.html", "original_images/a.jpg", "images/", "", "../secret.jpg"]
    for name in [*shut, "images/../../secret.jpg", "images/%2e%2e/%2e%2e/secret.jpg"]:
        assert client.get(f"/media/{name}").status_code == 404, name
    settings.MEDIA_SERVED = False
    assert client.get("/media/images/a.jpg").status_code == 404
