"""Every route that takes POST says what it records; the tests' own POSTs are held against it as they run."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from portal.ledger import kinds
from portal.ledger.models import Event
from portal.ledger.services import Draft, append
from tests import recorder

from .answers import nobody
from .recorded import RECORDED
from .routes import Route, every_route
from .table import TABLE

OURS = ("portal", "disclosure", "workflows")
# Open elsewhere than on the table's stage: of a package, where accounts show a second factor; and originals,
# which no room lets anybody open today.
OPEN_ELSEWHERE = {"mfa_authenticate", "private_file_original"}
SILENT = "a POST to desk:filters wrote to workflows_engine_case without an event"


def takes_post(route: Route) -> bool:
    """Return whether somebody may send to the route: it is open and answers POST, or our own view has one.

    A view of ours that the table's stage has no object for is shut there, and takes POST all the same.
    """
    access = TABLE.get(route.name)
    view = getattr(route.pattern.callback, "view_class", None)
    ours = view is not None and view.__module__.partition(".")[0] in OURS and hasattr(view, "post")
    ours = ours or route.name in OPEN_ELSEWHERE
    return ours or (access is not None and access.opens is not nobody and access.post != 405)


def test_every_route_that_takes_post_is_in_the_list_and_every_line_of_the_list_takes_post() -> None:
    taking = {route.name for route in every_route() if takes_post(route)}
    new, gone = sorted(taking - set(RECORDED)), sorted(set(RECORDED) - taking)
    assert not new, f"say in tests/access/recorded.py what a POST records: {', '.join(new)}"
    assert not gone, f"takes no POST (any more), take out of tests/access/recorded.py: {', '.join(gone)}"


def test_the_list_names_events_that_exist_or_says_why_there_is_none() -> None:
    for name, line in RECORDED.items():
        assert bool(line.kinds) != bool(line.why), name
        unknown = sorted(kind for kind in line.kinds if not kinds.is_registered(kind))
        assert not unknown, f"{name}: {unknown}"


def sent(view: Any, route: str = "desk:filters") -> list[str]:
    """Have the middleware watch `view` as if it answered a POST to `route`; return what it finds wrong."""
    request = RequestFactory().post("/")
    request.resolver_match = ResolverMatch(view, (), {}, url_name=route)  # type: ignore[assignment]
    recorder.WRONG.clear()
    recorder.Recorder(view)(request)
    found = list(recorder.WRONG)
    recorder.WRONG.clear()
    return found


@pytest.mark.django_db
def test_a_post_that_changes_things_silently_or_records_what_is_not_listed_is_found() -> None:
    kinds.register("test.done", "试办")

    def writes(table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE 1 = 0")

    def silent(request: Any) -> HttpResponse:
        writes("workflows_engine_case")
        return HttpResponse()

    def records(request: Any) -> HttpResponse:
        append(Draft("test.done", "thing", "1"))
        writes("workflows_engine_case")
        return HttpResponse()

    def takes_back(request: Any) -> HttpResponse:
        with transaction.atomic():
            records(request)
            transaction.set_rollback(True)
        return HttpResponse()

    def keeps_a_filter(request: Any) -> HttpResponse:
        writes("workflows_desk_savedfilter")
        return HttpResponse()

    assert sent(silent) == [SILENT]
    assert sent(records) == ["a POST to desk:filters recorded test.done"] and Event.objects.count() == 1
    assert sent(takes_back) == sent(keeps_a_filter) == []
    assert sent(silent, "wagtailadmin_pages:lock")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_rollback_excuses_no_silent_change_that_was_committed_before_it() -> None:
    def commits_and_fails(request: Any) -> HttpResponse:
        for rolled_back in (False, True):
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("DELETE FROM workflows_engine_case WHERE 1 = 0")
                transaction.set_rollback(rolled_back)
        return HttpResponse()

    assert sent(commits_and_fails) == [
        "a POST to desk:filters wrote to workflows_engine_case without an event"
    ]


@pytest.mark.django_db
def test_posts_beside_each_other_lend_each_other_no_events() -> None:
    kinds.register("test.done", "试办")
    done: list[Any] = []

    def beside(request: Any) -> HttpResponse:
        def other() -> None:
            recorder.note("test.done")

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        done.append(True)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM workflows_engine_case WHERE 1 = 0")
        return HttpResponse()

    assert sent(beside) == [SILENT] and done


@pytest.mark.django_db
def test_a_proof_asked_for_on_the_way_excuses_no_silent_change() -> None:
    def proves(request: Any) -> HttpResponse:
        append(Draft("session.ended", "session", "1"))
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM workflows_engine_case WHERE 1 = 0")
        return HttpResponse()

    assert sent(proves) == [SILENT]
    assert sent(proves, "account_logout") == [], "there it is what was asked for"
