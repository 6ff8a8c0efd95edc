"""Error pages, health and content policy, through HTTP."""

import re
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from portal.running.policy import digest
from portal.urls import handler400, handler403, handler404, handler500  # noqa: F401


def raises(error: Exception) -> object:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


urlpatterns = [
    path("bad/", raises(SuspiciousOperation("王某山"))),
    path("hidden/", raises(PermissionDenied("王某山"))),
    path("admin/hidden/", raises(PermissionDenied("王某山"))),
    path("missing/", raises(Http404("王某山"))),
    path("fault/", raises(RuntimeError("王某山"))),
    path("", include("portal.urls")),
]


@pytest.fixture
def visitor(settings: object) -> Iterator[Client]:
    """Yield a visitor's browser on the portal with a few failing addresses beside its own."""
    settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]
    yield Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize(
    ("address", "status"),
    [("/bad/", 400), ("/hidden/", 404), ("/missing/", 404), ("/fault/", 500)],
)
def test_every_error_has_a_chinese_page_that_says_what_to_do_and_nothing_else(
    visitor: Client, address: str, status: int
) -> None:
    answer = visitor.get(address)
    text = answer.content.decode()
    assert answer.status_code == status
    assert 'lang="zh-Hans"' in text
    assert "<li>" in text
    assert "王某山" not in text
    assert answer["Cache-Control"] == "no-store"
    assert "src=" not in text
    assert "<link" not in text


@pytest.mark.django_db
def test_a_visitor_is_led_from_the_desk_to_the_sign_in_whatever_stands_there(visitor: Client) -> None:
    answers = [visitor.get(address) for address in ("/admin/hidden/", "/admin/no-such-thing/")]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert all(answer["Location"].startswith("/accounts/login/") for answer in answers)


def test_a_hidden_object_answers_as_a_missing_one_to_the_byte(visitor: Client) -> None:
    hidden, missing = visitor.get("/hidden/"), visitor.get("/missing/")
    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)
    assert dict(hidden.headers) == dict(missing.headers)


def test_error_pages_ask_neither_database_nor_session(visitor: Client) -> None:
    # Without the mark django_db any query fails the test.
    for address in ("/hidden/", "/missing/", "/fault/", "/bad/"):
        answer = visitor.get(address)
        assert not answer.cookies
        assert "Vary" not in answer or "Cookie" not in answer["Vary"]


def test_a_form_that_stood_too_long_says_so_in_chinese(visitor: Client) -> None:
    answer = visitor.post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "请重新提交" in answer.content.decode()


def test_an_error_pages_own_style_is_allowed_by_its_digest(visitor: Client) -> None:
    answer = visitor.get("/missing/")
    style = re.search(r"<style>(.*?)</style>", answer.content.decode(), re.S)
    assert style is not None
    assert digest(style[1]) in answer["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/missing/", "/health/"])
def test_the_public_policy_allows_no_inline_code_and_no_other_site(visitor: Client, address: str) -> None:
    policy = visitor.get(address)["Content-Security-Policy"] if address != "/health/" else None
    policy = policy or visitor.get("/missing/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.django_db
def test_sign_in_has_the_strict_policy_and_the_desk_its_own(visitor: Client) -> None:
    assert "unsafe" not in visitor.get("/accounts/login/")["Content-Security-Policy"]
    desk = visitor.get("/admin/hidden/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in desk
    assert "unsafe-eval" not in desk


@pytest.mark.django_db
def test_health_costs_one_query_and_no_session(client: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get("/health/")
    assert (answer.status_code, answer.content.decode()) == (200, "正常")
    assert len(queries) == 1
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_health_is_503_without_the_database_and_tells_nothing_about_it(client: Client) -> None:
    def lost(*rest: object) -> None:
        raise DatabaseError("password of mingbai at 10.0.0.1")

    with connection.execute_wrapper(lost):
        answer = client.get("/health/")
    assert (answer.status_code, answer.content.decode()) == (503, "数据库连不上")


def test_health_changes_nothing(client: Client) -> None:
    assert client.post("/health/").status_code == 405
