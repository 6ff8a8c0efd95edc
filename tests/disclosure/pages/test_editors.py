"""Rules of who writes pages and who lets them out, through the screens themselves."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page
from wagtail.test.utils.form_data import nested_form_data, rich_text

from disclosure.pages import editors, moderation, services
from disclosure.pages.models import NoticePage, SectionPage
from portal import clock
from portal.areas.models import Area
from portal.clock import jobs
from portal.ledger.models import Event
from portal.outbox.models import Message
from portal.people.models import Office, Role, User
from portal.people.services import end_office
from tests.disclosure.village import noon
from tests.portal.people import invented

pytestmark = pytest.mark.django_db


@pytest.fixture
def notices(county: dict[str, Area]) -> SectionPage:
    return services.section(services.NOTICES)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def form(title: str = "关于受理申请的公告", **more: str) -> dict[str, str]:
    fields = {
        "title": title,
        "slug": "a-notice",
        "published_date": "2026-11-20",
        "source": "农业农村局",
        "body": rich_text("<p>现在开始受理。</p>"),
    }
    return {**nested_form_data(fields), **more}


def write(user: User, column: Page, **more: str) -> Any:
    address = reverse("wagtailadmin_pages:add", args=["disclosure_pages", "noticepage", column.pk])
    return browser(user).post(address, form(**more))


def handed_in(user: User, column: Page) -> NoticePage:
    response = write(user, column, **{"action-submit": "1"})
    assert response.status_code == 302, response.content.decode()[:2000]
    page: NoticePage = NoticePage.objects.get(slug="a-notice")
    return page


def decide(user: User, page: Page, action: str, **fields: str) -> Any:
    state = page.workflow_states.latest("pk").current_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk])
    return browser(user).post(address, fields)


def kinds(prefix: str = "page.") -> list[str]:
    events = Event.objects.filter(kind__startswith=prefix).order_by("sequence")
    return list(events.values_list("kind", flat=True))


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


def test_an_editor_of_one_townships_column_cannot_touch_another(
    county: dict[str, Area], security: User, notices: SectionPage, editor: User, head: User
) -> None:
    east = invented.officer(security, Role.EDITOR, county[invented.EAST])
    invented.officer(security, Role.EDITOR, county[invented.WEST])
    own, other = (editors.area_section(county[code]) for code in (invented.EAST, invented.WEST))
    page = handed_in(east, own)
    assert write(east, other).status_code == 404
    assert write(east, notices).status_code == 404
    theirs = other.add_child(instance=NoticePage(title="西乡的", slug="x", body="<p>x</p>", live=False))
    theirs.save_revision()
    client = browser(east)
    for hidden in (other, theirs, services.section(services.POLICIES)):
        answers = [
            client.get(reverse(f"wagtailadmin_{name}", args=[pk]))
            for name in ("explore", "pages:edit", "pages:view_draft", "pages:history")
            for pk in (hidden.pk, 999_999)
        ]
        assert {answer.status_code for answer in answers} == {404}
    with pytest.raises(moderation.NotForYou):
        moderation.submit(by=east, page=theirs)
    decide(head, page, "approve")
    page.refresh_from_db()
    assert page.live and page.url_path.startswith(own.url_path)


def test_a_villages_column_stands_in_its_townships_and_is_made_once(
    county: dict[str, Area], security: User
) -> None:
    for _place in range(2):
        invented.officer(security, Role.EDITOR, county[invented.ONE])
    invented.officer(security, Role.EDITOR, county[invented.EAST])
    village = SectionPage.objects.get(area=county[invented.ONE])
    assert village.get_parent().specific.area == county[invented.EAST]
    assert SectionPage.objects.filter(area=county[invented.EAST]).count() == 1


def test_a_head_of_another_county_decides_nothing_in_a_townships_column(
    county: dict[str, Area], security: User, head: User
) -> None:
    stranger = invented.officer(security, Role.COUNTY_HEAD, county[invented.OTHER_COUNTY])
    east = invented.officer(security, Role.EDITOR, county[invented.EAST])
    page = handed_in(east, editors.area_section(county[invented.EAST]))
    assert decide(stranger, page, "approve").status_code == 404
    decide(head, page, "approve")
    page.refresh_from_db()
    assert page.live


def test_pictures_and_documents_are_kept_apart_by_area(
    county: dict[str, Area], security: User, editor: User
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from portal.files.models import PublicDocument

    east = invented.officer(security, Role.EDITOR, county[invented.EAST])
    west = invented.officer(security, Role.EDITOR, county[invented.WEST])
    kept = PublicDocument.objects.create(
        title="东乡表格",
        file=SimpleUploadedFile("a.pdf", b"%PDF-1.4"),
        collection=editors.area_collection(county[invented.EAST]),
    )
    address = reverse("wagtaildocs:edit", args=[kept.pk])
    assert browser(east).get(address).status_code == 200
    assert browser(editor).get(address).status_code == 200
    assert browser(west).get(address).status_code == 404
    chooser = reverse("wagtaildocs_chooser:choose")
    assert "东乡表格" in browser(east).get(chooser).json()["html"]
    assert "东乡表格" not in browser(west).get(chooser).json()["html"]


def ended(office: Office, by: User) -> None:
    end_office(by=by, office=office, on=clock.today(), reason="调离")


def test_an_ended_office_loses_all(editor: User, head: User, notices: SectionPage, security: User) -> None:
    page = handed_in(editor, notices)
    for user in (editor, head):
        ended(user.offices.get(), security)
        assert not user.groups.exists()
        client = browser(user)
        for name in ("explore", "pages:edit", "pages:view_draft"):
            assert client.get(reverse(f"wagtailadmin_{name}", args=[page.pk])).status_code == 404
    assert not Group.objects.filter(name__startswith=editors.PREFIX).exists()
    assert decide(head, page, "approve").status_code == 404
    with pytest.raises(moderation.NotForYou):
        moderation.approve(by=head, page=page)


@pytest.fixture
def two_columns(county: dict[str, Area], security: User) -> Iterator[tuple[User, Page, Page]]:
    """A person who edits the east until tomorrow and the west for good."""
    user = invented.officer(
        security, Role.EDITOR, county[invented.EAST], ends_on=clock.today() + timedelta(days=1)
    )
    invented.given(security, user, Role.EDITOR, county[invented.WEST])
    yield (
        user,
        editors.area_section(county[invented.EAST]),
        editors.area_section(county[invented.WEST]),
    )


def test_an_office_that_runs_out_opens_nothing_from_that_day_before_and_after_the_tick(
    two_columns: tuple[User, Page, Page],
) -> None:
    user, east, west = two_columns
    assert browser(user).get(reverse("wagtailadmin_explore", args=[east.pk])).status_code == 200
    with clock.travel(noon(clock.today() + timedelta(days=1))):
        for _time in range(2):
            assert write(user, east).status_code == 404
            assert browser(user).get(reverse("wagtailadmin_pages:edit", args=[west.pk])).status_code == 200
            jobs.run_due()
        assert user.groups.count() == 1


def test_two_lines_of_one_office_keep_their_rights_until_both_end(
    county: dict[str, Area], security: User
) -> None:
    user = invented.officer(security, Role.EDITOR, county[invented.COUNTY], line="health")
    second = invented.given(security, user, Role.EDITOR, county[invented.COUNTY], line="education")
    ended(user.offices.get(line="health"), security)
    assert user.groups.count() == 1
    ended(second, security)
    assert not user.groups.exists()


def compared() -> str:
    out = StringIO()
    try:
        call_command("compare_offices", stdout=out)
    except CommandError:
        out.write("!")
    return out.getvalue()


def test_the_comparison_finds_rights_that_no_office_gives(
    editor: User, head: User, county: dict[str, Area], security: User
) -> None:
    invented.officer(security, Role.EDITOR, county[invented.ONE])
    assert "一致" in compared() and "!" not in compared()
    group = editor.groups.get()
    GroupPagePermission.objects.filter(group=group).first().delete()
    assert f"网页权限组的权限不对：{group.name}" in compared()
    editor.groups.clear()
    assert f"有任职、不在网页权限组：{editor.username} {group.name}" in compared()
    by_hand = Group.objects.create(name="手工组")
    head.groups.add(by_hand)
    assert f"在网页权限组、没有任职：{head.username} 手工组" in compared()


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
