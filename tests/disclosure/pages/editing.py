"""What an editor and a head send from the screens of the Wagtail admin."""

from typing import Any

from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text

from disclosure.pages.models import NoticePage
from portal.ledger.models import Event
from portal.people.models import User


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
