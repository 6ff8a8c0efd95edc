"""The door: shut unless a list by role opens it, and one answer for shut, hidden and missing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import get_resolver, reverse
from wagtail.models import GroupPagePermission, Page

from portal.areas.models import Area
from portal.people import door
from portal.people.models import Role, User

from .invented import COUNTY, ONE, officer, person

SAMPLES = {
    "app_label": "wagtailcore",
    "model_name": "page",
    "app_name": "wagtailcore",
    "content_type_app_name": "wagtailcore",
    "content_type_model_name": "page",
    "action": "delete",
    "action_name": "approve",
    "object_id": "1",
    "filter_spec": "original",
    "uidb64": "MQ",
    "token": "x-y",
    "pk": "1",
    "username": "x",
}


def routes(patterns: list[Any], spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield (name with namespaces, pattern) of every route below `patterns`."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from routes(pattern.url_patterns, inner)
        elif pattern.name:
            yield ":".join((*spaces, pattern.name)), pattern


def address(name: str, pattern: Any) -> str:
    """Return an address of the route `name`, with made-up arguments of the right kinds."""
    converters = pattern.pattern.converters
    kwargs = {
        key: 1 if type(converter).__name__ == "IntConverter" else SAMPLES.get(key, "x")
        for key, converter in converters.items()
    }
    if pattern.pattern.regex.groups and not converters:
        return str(reverse(name, args=["1", "live", "latest"][: pattern.pattern.regex.groups]))
    return str(reverse(name, kwargs=kwargs))


def desk_routes() -> dict[str, str]:
    """Return the name of the route at an address, for every named route under the Wagtail admin."""
    desk = reverse("wagtailadmin_home")
    mounted = [pattern for pattern in get_resolver().url_patterns if f"/{pattern.pattern}" == desk]
    return {address(name, pattern): name for name, pattern in routes(mounted)}


@pytest.fixture
def missing(client: Client, clerk: User) -> bytes:
    """Return the body of the answer to an address that is not there."""
    client.force_login(clerk)
    response = client.get("/admin/no/such/page/")
    assert response.status_code == 404
    return bytes(response.content)


@pytest.fixture
def clerk(county: dict[str, Area], security: User) -> User:
    """Return a village clerk."""
    return officer(security, Role.VILLAGE_CLERK, county[ONE])


def test_every_route_of_the_admin_is_shut_to_a_clerk_unless_the_list_opens_it(
    client: Client, clerk: User, missing: bytes
) -> None:
    walked = desk_routes()
    assert len(walked) > 150
    for where, name in walked.items():
        if door.is_open(name, [Role.VILLAGE_CLERK]) or name in door.OLD_SIGN_IN:
            continue
        for response in (client.get(where), client.post(where)):
            assert (name, response.status_code) == (name, 404)
            assert response.content == missing, name


@pytest.mark.parametrize("role", [role for role in Role if role != Role.EDITOR])
def test_no_office_opens_more_than_home_account_and_desk_but_those_that_write_and_review_pages(
    role: Role,
) -> None:
    opened = {
        name for name in desk_routes().values() if door.is_open(name, [role]) and not name.startswith("desk:")
    }
    reviewing = door.COUNTY_HEAD if role == Role.COUNTY_HEAD else set()
    assert opened == {name for name in door.EVERY_OFFICE if not name.endswith(":")} | reviewing


def test_an_editor_is_kept_from_users_settings_reports_and_deletion() -> None:
    shut = {
        "wagtailusers_users:index",
        "wagtailusers_groups:index",
        "wagtailadmin_reports:site_history",
        "wagtailadmin_pages:delete",
        "wagtailadmin_pages:move",
        "wagtail_bulk_action",
        "wagtailimages:delete",
        "wagtaildocs:delete",
        "wagtailsnippets:index",
        "wagtailembeds:chooser",
        "wagtailadmin_workflows:index",
        "wagtailadmin_collections:index",
    }
    names = set(desk_routes().values())
    assert shut <= names
    assert not [name for name in shut if door.is_open(name, [Role.EDITOR])]
    spaces = {name for name in door.EDITOR if not name.endswith(":")}
    assert spaces <= names


def test_an_editor_reaches_every_route_of_the_list(client: Client, county: Any, security: User) -> None:
    client.force_login(officer(security, Role.EDITOR, county[COUNTY]))
    assert client.get(reverse("wagtailadmin_choose_page_external_link")).status_code == 200
    assert client.get(reverse("wagtailadmin_home")).status_code == 200


def test_a_page_an_editor_may_not_edit_answers_like_one_that_is_not_there(
    client: Client, county: Any, security: User
) -> None:
    client.force_login(officer(security, Role.EDITOR, county[COUNTY]))
    root = Page.objects.get(depth=1)
    hidden, missing = (client.get(reverse("wagtailadmin_pages:edit", args=[pk])) for pk in (root.pk, 999999))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content == missing.content
    background = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
    again = client.get(reverse("wagtailadmin_pages:edit", args=[root.pk]), **background)
    assert (again.status_code, again.content) == (404, hidden.content)
    # No message is left behind that would tell on the next page.
    assert "没有权限" not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_a_clerk_gets_the_home_page_and_its_parts(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    for name in ("wagtailadmin_home", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog"):
        assert client.get(reverse(name)).status_code == 200, name


def test_the_account_page_shows_name_and_offices_and_changes_only_the_password(
    client: Client, clerk: User
) -> None:
    client.force_login(clerk)
    response = client.get(reverse("wagtailadmin_account"), follow=True)
    assert response.redirect_chain == [(reverse("account_change_password"), 302)]
    assert "一村 · 村文书" in response.content.decode()
    assert client.post(reverse("wagtailadmin_account"), {"name_email-first_name": "x"}).status_code == 302
    clerk.refresh_from_db()
    assert clerk.display_name == "测试员"


def test_superuser_status_opens_nothing(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_superuser=True)
    client.force_login(clerk)
    assert client.get(reverse("wagtailusers_users:index")).status_code == 404
    nobody = User.objects.create_superuser("root", password="x")
    client.force_login(nobody)
    assert client.get(reverse("wagtailadmin_home")).status_code == 403
    assert client.get(reverse("wagtailusers_users:index")).status_code == 404
    loaded = User.objects.get(pk=nobody.pk)
    assert not loaded.has_perm("wagtailadmin.access_admin") and not loaded.has_perm("auth.add_group")


def test_without_an_office_there_is_one_page_that_says_so(client: Client, db: None) -> None:
    client.force_login(person())
    response = client.get(reverse("wagtailadmin_home"))
    assert response.status_code == 403 and "您现在没有职务" in response.content.decode()
    assert client.get(reverse("wagtailadmin_sprite")).status_code == 404
    assert client.get("/admin/no/such/page/").status_code == 404


@pytest.mark.django_db
def test_a_visitor_is_sent_to_the_sign_in_page_from_wherever(client: Client) -> None:
    for where, name in {**desk_routes(), "/admin/no/such/page/": ""}.items():
        response = client.get(where)
        assert response.status_code == 302, name
        assert response["Location"].partition("?")[0] == reverse("account_login"), name
        assert client.post(where)["Location"] == reverse("account_login"), name


def test_a_form_without_its_token_is_told_so_and_not_called_missing(clerk: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    assert client.post(reverse("wagtailadmin_logout")).status_code == 403


def test_an_editor_of_one_section_cannot_tell_a_draft_elsewhere_from_no_page(
    client: Client, county: Any, security: User
) -> None:
    root = Page.objects.get(depth=1)
    own, other = (root.add_child(instance=Page(title=f"栏目{number}")) for number in (1, 2))
    hidden = other.add_child(instance=Page(title="草稿", live=False))
    editor = officer(security, Role.EDITOR, county[COUNTY])
    group = Group.objects.create(name="一栏目编辑")
    editor.groups.set([group])
    for codename in ("add_page", "change_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=own, permission=permission)
    client.force_login(editor)
    assert client.get(reverse("wagtailadmin_pages:edit", args=[own.pk])).status_code == 200
    told = []
    for where, name in desk_routes().items():
        if name not in door.EDITOR or "/1/" not in where or not name.startswith("wagtailadmin_"):
            continue
        answers = [client.get(where.replace("/1/", f"/{pk}/", 1)) for pk in (hidden.pk, 999999)]
        if [answers[0].status_code, answers[0].content] != [answers[1].status_code, answers[1].content]:
            told.append((name, [answer.status_code for answer in answers], answers[0].get("Location")))
    assert told == []
