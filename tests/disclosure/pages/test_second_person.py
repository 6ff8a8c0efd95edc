"""Rules of what goes public and stays: policies go by the second person, no screen moves or deletes any."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from disclosure.pages import moderation, services
from disclosure.pages.keys import INDEX_TEMPLATES
from disclosure.pages.models import NoticePage, PolicyDocumentPage
from portal import clock
from portal.areas.models import Area
from portal.configuration import services as configuration
from portal.configuration.models import Setting
from portal.ledger.models import Event
from portal.people.models import User
from tests.disclosure.village import noon
from tests.portal.people import invented

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def kinds() -> list[str]:
    events = Event.objects.filter(kind__startswith="page.").order_by("sequence")
    return list(events.values_list("kind", flat=True))


def test_a_policy_document_goes_by_the_second_person_too_and_is_numbered_as_it_goes(
    editor: User, head: User, county: dict[str, Area]
) -> None:
    with clock.travel(noon(date(2026, 1, 5))):
        Setting.objects.create(
            key=INDEX_TEMPLATES,
            value=["甲县人民政府=999001001/{年}-{序号}"],
            area=county[invented.COUNTY],
            valid_from=date(2026, 1, 5),
            source="测试",
            confirmed_at=clock.now(),
        )
    configuration.forget()
    page = PolicyDocumentPage(title="办法", slug="a-policy", issuer="甲县人民政府", live=False)
    page.body = [("paragraph", {"number": "", "label": "", "anchor": "", "text": "正文。"})]
    services.section(services.POLICIES).add_child(instance=page)
    page.save_revision(user=editor)
    with pytest.raises(moderation.NotForYou):
        moderation.submit(by=head, page=page)
    moderation.submit(by=editor, page=page)
    with pytest.raises(moderation.NotForYou):
        moderation.approve(by=editor, page=page)
    moderation.approve(by=head, page=PolicyDocumentPage.objects.get(pk=page.pk))
    page.refresh_from_db()
    assert page.live and page.index_number == f"999001001/{clock.today().year}-00001"
    assert kinds() == ["page.submitted", "page.published", "page.numbered"]
    assert Event.objects.get(kind="page.numbered").actor_id == head.pk
    configuration.forget()


@pytest.mark.parametrize("name", ["wagtailadmin_pages:move", "wagtailadmin_pages:delete"])
def test_nobody_moves_or_deletes_a_public_page_from_a_screen(editor: User, head: User, name: str) -> None:
    page = NoticePage(title="公告", slug="a-notice", body="<p>正文</p>", live=False)
    services.section(services.NOTICES).add_child(instance=page)
    page.save_revision(user=editor)
    moderation.submit(by=editor, page=page)
    moderation.approve(by=head, page=NoticePage.objects.get(pk=page.pk))
    for user in (editor, head):
        address = reverse(name, args=[page.pk])
        assert browser(user).get(address).status_code == browser(user).post(address).status_code == 404
        for action in ("delete", "move", "unpublish", "publish"):
            bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
            assert browser(user).post(f"{bulk}?id={page.pk}").status_code == 404
            api = reverse("wagtailadmin_api:pages:action", args=[page.pk, action])
            assert browser(user).post(api, {"reason": "试试看"}).status_code == 404
    page.refresh_from_db()
    assert page.live
