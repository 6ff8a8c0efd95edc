"""Rules of the API: what it describes is what it does; it is paged, tagged, braked, and nothing breaks it."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from disclosure.opendata import openapi, schemas, urls
from disclosure.opendata.keys import CALLS_A_MINUTE
from disclosure.publicity.services import correct
from portal.configuration import services as configuration
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, household, noon

from .schema import complaints

Ask = Callable[..., Any]
DAY = date(2026, 11, 21)


def test_the_document_describes_every_route_and_only_those(visitor: Client) -> None:
    told = visitor.get("/api/v1/openapi.json")
    assert told.headers["Content-Type"].startswith("application/vnd.oai.openapi+json")
    document = told.json()
    assert document["openapi"] == "3.1.0"
    routes = {"/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(one.pattern)) for one in urls.urlpatterns}
    assert {*document["paths"]} == routes - {"/data/", "/api/{rest}"}
    names = re.findall(r"#/components/schemas/([\w-]+)", told.content.decode())
    assert {*names} <= {*document["components"]["schemas"]}
    ids = [path["get"]["operationId"] for path in document["paths"].values()]
    assert len({*ids}) == len(ids)


def test_every_schema_is_published_and_stands_by_itself(visitor: Client) -> None:
    for name in schemas.SCHEMAS:
        told = visitor.get(f"/api/v1/schemas/{name}.json")
        assert told.headers["Content-Type"].startswith("application/schema+json")
        schema = told.json()
        assert schema["$schema"].endswith("2020-12/schema")
        for target in re.findall(r'"\$ref":"#/\$defs/([\w-]+)"', told.content.decode()):
            assert target in schema["$defs"]
    assert visitor.get("/api/v1/schemas/none.json").status_code == 404


def test_every_answer_is_as_its_schema_says_and_leads_on(village: Village, visitor: Client, ask: Ask) -> None:
    for number in range(5):
        a_list(village, reference=f"batch:{number}")
    index = visitor.get("/api/v1/").json()
    assert urlsplit(index["lists"]).path == "/api/v1/lists"
    seen: list[str] = []
    path: str | None = "/api/v1/lists?per_page=2"
    while path:
        page = ask(path, "lists")
        assert (page["total"], page["pages"]) == (5, 3)
        seen += [one["number"] for one in page["results"]]
        path = page["next"] and page["next"][page["next"].index("/api/") :]
    assert len(seen) == len({*seen}) == 5
    for number in seen[:2]:
        one = ask(f"/api/v1/lists/{number}", "list")
        assert ask(urlsplit(one["lines_url"]).path, "lines")["list"] == one
    areas = ask("/api/v1/areas?per_page=500", "areas")
    assert areas["total"] == len(village.areas)
    for one in areas["results"]:
        assert ask(f"/api/v1/areas/{one['code']}", "area") == one


def test_lists_are_chosen_by_area_stage_content_state_and_day(
    village: Village, ask: Ask, travel: Callable
) -> None:
    with travel(noon(DAY)):
        old = a_list(village)
        reviewer = village.seat(Role.TOWNSHIP_REVIEWER)
        newer = correct(**reviewer, list_id=old.pk, rows=[household(1)], reason="写错了")
        both, one, none = {old.number, newer.number}, {newer.number}, set[str]()
        for query, wanted in (
            ("", one),
            ("versions=all", both),
            ("versions=all&state=superseded", {old.number}),
            ("state=running", one),
            ("state=ended", none),
            (f"area={village.area.code}", one),
            ("kind=application", one),
            ("kind=result", none),
            ("content=applications", one),
            ("content=works", none),
            ("since=2026-11-21&until=2026-11-21", one),
            ("since=2026-11-22", none),
            ("until=2026-11-20", none),
        ):
            told = ask(f"/api/v1/lists?{query}", "lists")
            assert {found["number"] for found in told["results"]} == wanted, query


@pytest.mark.parametrize(
    "query",
    [
        "areas?per_page=0",
        "areas?page=-1",
        "areas?page=x",
        "areas?page=1&page=2",
        "areas?within=1",
        "areas?level=省",
        "areas?colour=red",
        "lists?since=yesterday",
        "lists?since=2026-02-30",
        "lists?state=gone",
        "lists?state=superseded",
        "lists?area=%00",
        "lists?per_page=201",
        "lists?area=990101",
    ],
)
def test_a_question_that_cannot_be_understood_is_told_so_in_chinese(visitor: Client, query: str) -> None:
    response = visitor.get(f"/api/v1/{query}")
    assert response.status_code == 400
    told = response.json()
    assert complaints(told, schemas.published("error")) == []
    assert response.headers["Content-Type"].startswith("application/problem+json")
    assert told["status"] == 400 and re.search("[\u4e00-\u9fff]", told["detail"])
    assert response.headers["Cache-Control"] == "no-store"


def test_what_is_not_there_and_what_cannot_be_written_are_answered_alike_everywhere(
    village: Village, visitor: Client
) -> None:
    a_list(village)
    for path in ("lists/none", "lists/none/lines", "areas/000000000000", "lists?page=9", "v2", "lists/"):
        response = visitor.get(f"/api/v1/{path}")
        assert (response.status_code, response.json()["code"]) == (404, "missing"), path
    for path in ("/data/lists/none.csv", f"/data/areas/{village.area.code}.exe", "/api/none"):
        assert visitor.get(path).status_code == 404
    for method in ("post", "put", "patch", "delete"):
        response = getattr(visitor, method)("/api/v1/lists")
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


def test_an_answer_is_tagged_open_to_any_site_and_sets_no_cookie(village: Village, visitor: Client) -> None:
    published = a_list(village)
    for path in ("lists", "lists?per_page=1", f"lists/{published.number}/lines", "areas"):
        response = visitor.get(f"/api/v1/{path}")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies and "cookie" not in response.headers.get("Vary", "").lower()
        tag = response.headers["ETag"]
        assert visitor.get(f"/api/v1/{path}", headers={"if-none-match": tag}).status_code == 304


def test_who_asks_too_often_waits_and_others_do_not(
    village: Village, visitor: Client, monkeypatch: pytest.MonkeyPatch, travel: Callable
) -> None:
    published = a_list(village)
    usual = configuration.value
    few = lambda key, *more: 3 if key == CALLS_A_MINUTE else usual(key, *more)  # noqa: E731
    monkeypatch.setattr("disclosure.opendata.answering.configuration.value", few)
    with travel(noon(DAY)):
        for _number in range(3):
            assert visitor.get("/api/v1/lists?page=1").status_code == 200
        for path in ("/api/v1/lists?page=1", "/api/v1/areas", f"/data/lists/{published.number}.csv"):
            response = visitor.get(path)
            assert response.status_code == 429
            assert 1 <= int(response.headers["Retry-After"]) <= 60
            assert "再读" in response.json()["detail"]
        assert visitor.get("/api/v1/lists?page=1", REMOTE_ADDR="198.51.100.7").status_code == 200
        assert not [key for key in getattr(cache, "_cache", {}) if "127.0.0.1" in key]
    with travel(noon(DAY, minute=2)):
        assert visitor.get("/api/v1/lists?page=1").status_code == 200


ODD = ["", "1", "0", "-1", "9" * 20, "१", "x'--", "\x00", "../..", "%00", "<script>", "2026-11-21", "{}"]
WILD = st.text(max_size=12) | st.sampled_from(ODD)


@pytest.fixture
def known(village: Village, visitor: Client) -> dict[str, list[str]]:
    """Return values of the document's parameters that lead somewhere."""
    published = a_list(village)
    return {"number": [published.number], "code": [village.area.code], "area": [village.area.code]}


def test_no_question_made_from_the_document_breaks_the_api(
    known: dict[str, list[str]], visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fuzzer: any path of the document, fitting and unfitting parameters, headers, methods: no 5xx."""
    usual = configuration.value
    many = lambda key, *more: 10**9 if key.startswith("opendata.") else usual(key, *more)  # noqa: E731
    monkeypatch.setattr("disclosure.opendata.answering.configuration.value", many)
    visitor.raise_request_exception = False
    document = openapi.document()
    seen: set[int] = set()

    @given(st.data())
    def asked(data: st.DataObject) -> None:
        path = data.draw(st.sampled_from([*document["paths"]]))
        operation = document["paths"][path]["get"]
        query = {}
        for parameter in operation["parameters"]:
            name, schema = parameter["name"], parameter["schema"]
            fitting = [*known.get(name, []), *schema.get("enum", [])] or ["1", "2026-11-21"]
            value = data.draw(st.sampled_from(fitting) | WILD)
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(value.encode("utf-8", "replace"), safe=""))
            elif data.draw(st.booleans()):
                query[name] = value.encode("utf-8", "replace")
        if data.draw(st.booleans()) and query:
            query[data.draw(WILD).encode("utf-8", "replace")] = data.draw(WILD).encode("utf-8", "replace")
        method = data.draw(st.sampled_from(["get", "get", "get", "head", "post", "options"]))
        headers = {
            "if-none-match": data.draw(st.sampled_from(["", "*", '"x"', "W/", "é"])),
            "accept-encoding": data.draw(st.sampled_from(["", "br", "gzip;q=0", "*;q=x"])),
            "range": data.draw(st.sampled_from(["", "bytes=9-1"])),
        }
        address = path + (f"?{urlencode(query)}" if query else "")
        response = getattr(visitor, method)(address, headers=headers)
        seen.add(response.status_code)
        assert response.status_code < 500, (method, address)
        if response.status_code in (400, 405, 429) and method == "get":
            assert complaints(response.json(), schemas.published("error")) == []

    asked()
    assert 200 in seen
