"""Logs hold no personal data."""

import json
import logging
from collections.abc import Callable

import pytest
from django.test import RequestFactory
from django.urls import resolve

from portal.running.logs import JsonFormatter, configuration

PHONE, IDENTITY, CARD = "19900000001", "990101195801010018", "6200990000000000001"


@pytest.fixture
def logged() -> Callable[..., tuple[str, dict[str, object]]]:
    """Return a function that formats one record and gives the line and its fields."""

    def line(logger: str, text: str, *values: object, **more: object) -> tuple[str, dict[str, object]]:
        record = logging.getLogger(logger).makeRecord(
            logger, logging.WARNING, __file__, 1, text, values, more.pop("exc_info", None), extra=more
        )
        written = JsonFormatter().format(record)
        return written, json.loads(written)

    return line


def test_a_line_is_one_json_object_with_time_level_logger_and_message(logged: Callable) -> None:
    written, fields = logged("portal.clock", "job %s ran %d rows", "publicity", 7)
    assert "\n" not in written
    assert fields["message"] == "job publicity ran 7 rows"
    assert (fields["level"], fields["logger"]) == ("warning", "portal.clock")
    assert str(fields["time"]).endswith("+00:00")


@pytest.mark.parametrize("datum", [PHONE, IDENTITY, IDENTITY[:-1] + "X", CARD, "li@example.com"])
def test_numbers_of_people_are_taken_out_even_of_our_own_words(logged: Callable, datum: str) -> None:
    written, _ = logged("workflows.registry", "row %s was refused", f"户主{datum}，")
    assert datum not in written


def test_an_area_code_may_stand_in_a_log(logged: Callable) -> None:
    assert "990101001001" in logged("portal.areas", "loaded %s", "990101001001")[0]


def test_a_package_keeps_its_words_and_numbers_but_not_its_values(logged: Callable) -> None:
    written, fields = logged("axes.handlers", "New login failure by %s, attempt %d", "township-head-li", 3)
    assert "township-head-li" not in written
    assert fields["message"] == "New login failure by […], attempt 3"


def test_a_fault_is_logged_by_kind_and_place_without_its_message(logged: Callable) -> None:
    try:
        try:
            raise KeyError("王某山")
        except KeyError as inner:
            raise ValueError("Key (phone) already exists: 王某山") from inner
    except ValueError as error:
        written, fields = logged(
            "django.request", "Internal Server Error: %s", "/x/", exc_info=(ValueError, error, None)
        )
    assert "王某山" not in written
    assert [each["kind"] for each in fields["fault"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert "test_logs.py" in fields["fault"][0]["at"][0]


def test_a_request_is_logged_by_its_route_without_query_or_values(logged: Callable) -> None:
    request = RequestFactory().get("/health/", {"receipt": "SECRET-CODE"})
    request.resolver_match = resolve("/health/")
    written, fields = logged(
        "django.request", "Not Found: %s", "/receipts/SECRET-CODE/", request=request, status_code=404
    )
    assert "SECRET-CODE" not in written
    assert (fields["route"], fields["method"], fields["status"]) == ("health/", "GET", 404)


def test_no_address_that_was_not_understood_is_logged(logged: Callable) -> None:
    request = RequestFactory().get("/receipts/SECRET-CODE")
    written, fields = logged("django.request", "Not Found: %s", request.path, request=request)
    assert "SECRET-CODE" not in written
    assert fields["route"] is None


def test_nothing_is_mailed_and_every_logger_ends_in_one_handler() -> None:
    settings = configuration("json")
    assert list(settings["handlers"]) == ["console"]
    assert all(not logger.get("handlers") for logger in settings["loggers"].values())


def test_what_a_visitor_sent_is_not_quoted_when_it_is_refused(logged: Callable) -> None:
    written, fields = logged(
        "django.security.DisallowedHost", f"Invalid HTTP_HOST header: '{PHONE}.li-village'."
    )
    assert "li-village" not in written
    assert fields["message"] == "Refused a request that was not understood"
