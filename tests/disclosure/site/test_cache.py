"""Rules of kept pages: the same bytes for everybody, dropped when something changes, never past their day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disclosure.pages import services as pages
from disclosure.pages.models import NoticePage
from disclosure.publicity.services import correct, lodge
from disclosure.site.cache import wanted_encoding
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, household, noon

DAY = date(2026, 11, 21)


def queries_of(client: Client, path: str, **headers: str) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=headers)
    return len(queries), response


def test_a_kept_page_costs_no_query_and_is_the_same(village: Village, visitor: Client) -> None:
    path = f"/lists/{a_list(village).number}/"
    first = visitor.get(path, headers={"accept-encoding": "br"})
    count, second = queries_of(visitor, path, **{"accept-encoding": "br"})
    assert count == 0
    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)
    assert "Content-Security-Policy" in second.headers
    count, plain = queries_of(visitor, path)
    assert count > 0
    assert "Content-Encoding" not in plain.headers


def test_a_browser_that_has_the_page_is_told_so(village: Village, visitor: Client) -> None:
    path = f"/lists/{a_list(village).number}/"
    tag = visitor.get(path).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        count, response = queries_of(visitor, path, **{"if-none-match": known})
        assert (count, response.status_code, response.content) == (0, 304, b"")
        assert response.headers["ETag"] == tag
        assert response.headers["Vary"] == "Accept-Encoding"
    assert visitor.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert visitor.get(path).headers["Cache-Control"] == "public, no-cache"


def test_an_objection_or_a_correction_is_on_the_page_at_once(
    village: Village, visitor: Client, django_capture_on_commit_callbacks: Callable
) -> None:
    published = a_list(village)
    path = f"/lists/{published.number}/"
    assert "<dd>0</dd>" in visitor.get(path).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        lodge(list_id=published.pk, text="不对")
    assert "<dd>1</dd>" in visitor.get(path).content.decode()
    seat = village.seat(Role.TOWNSHIP_REVIEWER)
    with django_capture_on_commit_callbacks(execute=True):
        correct(**seat, list_id=published.pk, rows=[household(1)], reason="写错了")
    page = visitor.get(path).content.decode()
    assert "已经更正" in page
    assert "某山" not in page


def test_what_was_rolled_back_drops_nothing(
    village: Village, visitor: Client, django_capture_on_commit_callbacks: Callable
) -> None:
    published = a_list(village)
    path = f"/lists/{published.number}/"
    visitor.get(path)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        lodge(list_id=published.pk, text="不对")
        transaction.set_rollback(True)
    assert queries_of(visitor, path)[0] == 0


def test_a_notice_is_on_the_home_page_as_soon_as_it_is_published(
    db: None, visitor: Client, django_capture_on_commit_callbacks: Callable
) -> None:
    pages.ensure_site("甲县")
    visitor.get("/")
    assert queries_of(visitor, "/")[0] == 0
    section = pages.section(pages.NOTICES)
    notice = section.add_child(instance=NoticePage(title="停电通知", slug="n1", body="<p>x</p>", live=False))
    with django_capture_on_commit_callbacks(execute=True):
        notice.save_revision().publish()
    assert "停电通知" in visitor.get("/").content.decode()


def test_no_page_outlives_its_day(village: Village, visitor: Client, travel: Callable) -> None:
    with travel(noon(DAY)):
        published = a_list(village)
    path = f"/lists/{published.number}/"
    with travel(noon(published.closes_on, 23, 59)):
        assert "某山" in visitor.get(path).content.decode()
    with travel(noon(published.closes_on + timedelta(days=1), 0, 0)):
        assert "某山" not in visitor.get(path).content.decode()


def test_a_cookie_makes_no_difference_and_officials_screens_are_not_kept(
    village: Village, visitor: Client
) -> None:
    path = f"/lists/{a_list(village).number}/"
    visitor.get(path)
    official = Client()
    official.force_login(village.seat(Role.TOWNSHIP_REVIEWER)["by"])
    assert queries_of(official, path)[0] == 0
    assert (
        queries_of(official, "/accounts/login/")[0] > 0
        or "ETag" not in official.get("/accounts/login/").headers
    )
    for own in ("/accounts/login/", "/health/", "/admin/"):
        assert "ETag" not in visitor.get(own).headers


def test_only_good_answers_to_plain_addresses_are_kept(village: Village, visitor: Client) -> None:
    path = f"/lists/{a_list(village).number}/"
    assert queries_of(visitor, f"{path}?x=1")[0] > 0
    assert queries_of(visitor, f"{path}?x=1")[0] > 0
    for _ in range(2):
        count, response = queries_of(visitor, "/lists/missing/")
        assert (count > 0, response.status_code) == (True, 404)
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("gzip; q=0.0, br; q=0.5", "br"),
        ("gzip", "gzip"),
        ("deflate", "identity"),
        ("", "identity"),
        ("*", "identity"),
    ],
)
def test_the_encoding_is_one_that_the_browser_takes(accepted: str, encoding: str) -> None:
    assert wanted_encoding(accepted) == encoding
