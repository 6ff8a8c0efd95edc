"""Rules of how far the office of an editor or a head reaches, and that it ends on its day."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page

from disclosure.pages import editors, moderation, services
from disclosure.pages.models import NoticePage, SectionPage
from portal import clock
from portal.areas.models import Area
from portal.clock import jobs
from portal.people.models import Office, Role, User
from portal.people.services import end_office
from tests.disclosure.village import noon
from tests.portal.people import invented

from .editing import browser, decide, handed_in, write

pytestmark = pytest.mark.django_db


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


def test_an_ended_office_loses_all(
    editor: User, head: User, notices: SectionPage, security: User, county: dict[str, Area]
) -> None:
    page = handed_in(editor, notices)
    # The last head of a county is let go only where a supervisor can agree to the next.
    invented.officer(security, Role.SUPERVISOR, county[invented.COUNTY])
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
