"""Rules of the data: never a name, only what may stay for good, sums that fit, in whichever form."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disclosure.masking.kinds import KINDS, Content
from disclosure.masking.services import Audience, public_row
from disclosure.opendata import downloads, lines
from disclosure.publicity.models import ListRow, ListState, PublicList
from disclosure.publicity.services import correct
from portal import clock
from portal.people.models import Role
from tests.disclosure.village import Village, a_list, household, noon

from .reading import body, csv_rows, sheets

DAY = date(2026, 11, 21)
FORMS = ("csv", "json", "xlsx")
Ask = Callable[..., Any]


def everything(client: Client, number: str, code: str) -> str:
    """Return all that data tell of a list and its village, in all forms, as one text."""
    told = [body(client, f"/data/{path}.csv").decode() for path in (f"lists/{number}", f"areas/{code}")]
    told += [body(client, f"/data/{path}.json").decode() for path in (f"lists/{number}", f"areas/{code}")]
    for path in (f"lists/{number}", f"areas/{code}"):
        told.append(json.dumps(sheets(body(client, f"/data/{path}.xlsx")), ensure_ascii=False))
    paths = ("lists", f"lists/{number}", f"lists/{number}/lines", "areas")
    told += [body(client, f"/api/v1/{path}").decode() for path in paths]
    return "\n".join(told)


def test_no_data_ever_hold_a_name_or_a_group(village: Village, visitor: Client, travel: Callable) -> None:
    with travel(noon(DAY)):
        rows = [household(number, name="欧阳小山", group="第七小组") for number in (1, 2, 3)]
        published = a_list(village, rows)
        reviewer = village.seat(Role.TOWNSHIP_REVIEWER)
        told = everything(visitor, published.number, village.area.code)
        assert "某山" in visitor.get(f"/lists/{published.number}/").content.decode()
        assert "养羊圈舍" in told and "乡里核定" in told
        newer = correct(**reviewer, list_id=published.pk, rows=rows[:2], reason="张三家写错了")
        told += everything(visitor, published.number, village.area.code)
        told += everything(visitor, newer.number, village.area.code)
    with travel(noon(newer.closes_on + timedelta(days=1))):
        told += everything(visitor, newer.number, village.area.code)
    for hidden in ("欧阳", "小山", "某山", "第七小组", "张三", "case:C1"):
        assert hidden not in told, hidden


@pytest.mark.parametrize("content", list(Content))
def test_data_hold_of_a_row_only_what_its_kind_keeps_for_good(content: str) -> None:
    shown = {key: key for key in ("group", "item", "amount_fen", "note", "reduced_fen", "effect", "phone")}
    shown["why"] = {"text": "t", "phone": "x"}
    row = public_row(Audience.DATA, shown, name="王小山", masked_name="王某山", names=True, content=content)
    assert row.pop("name") == ""
    assert "phone" not in row["why"] and "phone" not in row
    assert {*row} - {"why"} <= {*KINDS[content].stays}
    assert "group" not in row


@pytest.mark.postgres
def test_the_lines_of_a_list_add_up_to_it_by_row_and_by_item(
    village: Village, ask: Ask, travel: Callable
) -> None:
    with travel(noon(DAY)):
        rows = [household(number, item="养羊" if number < 4 else "种菇") for number in range(1, 6)]
        published = a_list(village, rows)
        running = ask(f"/api/v1/lists/{published.number}/lines", "lines")
    assert [line["position"] for line in running["results"]] == [1, 2, 3, 4, 5]
    with travel(noon(published.closes_on + timedelta(days=1))):
        ended = ask(f"/api/v1/lists/{published.number}/lines", "lines")
    assert [(line["position"], line["item"], line["count"]) for line in ended["results"]] == [
        (None, "养羊", 3),
        (None, "种菇", 2),
    ]
    assert ended["list"]["state"] == "ended"
    for told in (running, ended):
        assert sum(line["count"] for line in told["results"]) == told["list"]["count"] == 5
        assert sum(line["amount_fen"] for line in told["results"]) == told["list"]["total_fen"] == 2_400_000


def test_a_programme_without_names_gives_one_count_and_one_sum(village: Village, ask: Ask) -> None:
    published = a_list(village, show_names=False)
    told = ask(f"/api/v1/lists/{published.number}/lines", "lines")
    assert [(line["item"], line["count"], line["amount_fen"]) for line in told["results"]] == [
        ("", 3, 1_440_000)
    ]


def test_a_matter_that_pays_nothing_has_no_amount_anywhere(
    village: Village, ask: Ask, visitor: Client
) -> None:
    rows = [household(number, amount_fen=0) for number in (1, 2)]
    published = a_list(village, rows, with_money=False)
    told = ask(f"/api/v1/lists/{published.number}/lines", "lines")
    assert told["list"]["total_fen"] is None
    assert {line["amount_fen"] for line in told["results"]} == {None}
    assert {row["金额（元）"] for row in csv_rows(body(visitor, f"/data/lists/{published.number}.csv"))} == {
        ""
    }


def test_every_form_of_a_file_says_the_same(village: Village, visitor: Client, ask: Ask) -> None:
    published = a_list(village, [household(1, amount_fen=480_050), household(2, reduced_fen=100)])
    a_list(village, reference="batch:B2", title="第二份")
    for path, schema in (
        (f"/data/lists/{published.number}", "list-file"),
        (f"/data/areas/{village.area.code}", "area-file"),
    ):
        told = ask(f"{path}.json", schema)
        lists = told.get("lists", [told])
        wanted = [(one["list"]["number"], line["amount_fen"]) for one in lists for line in one["lines"]]
        assert (published.number, 480_050) in wanted
        rows = csv_rows(body(visitor, f"{path}.csv"))
        assert [(row["名单编号"], round(float(row["金额（元）"]) * 100)) for row in rows] == wanted
        book = sheets(body(visitor, f"{path}.xlsx"))
        head, *detail = book["明细"]
        place = head.index("金额（元）")
        assert [(row[0], round(row[place] * 100)) for row in detail] == wanted
        assert [row[0] for row in book["名单"][1:]] == [one["list"]["number"] for one in lists]


def test_an_area_has_its_own_current_lists_and_nobody_elses(village: Village, ask: Ask) -> None:
    published = a_list(village)
    reviewer = village.seat(Role.TOWNSHIP_REVIEWER)
    newer = correct(**reviewer, list_id=published.pk, rows=[household(1)], reason="写错了")
    upwards = [area for area in village.areas.values() if village.area.path.startswith(area.path)]
    assert len(upwards) > 2
    for area in village.areas.values():
        told = ask(f"/data/areas/{area.code}.json", "area-file")
        numbers = [one["list"]["number"] for one in told["lists"]]
        assert numbers == ([newer.number] if area in upwards else [])
        assert told["area"]["code"] == area.code


@pytest.mark.postgres
def test_what_is_by_row_is_the_same_in_a_query_as_for_one_list(village: Village, travel: Callable) -> None:
    """`with_lines` reads many lists in three queries: what it tells of each must be what `lines_of` tells."""
    with travel(noon(DAY)):
        first = a_list(village)
        for number, content in enumerate(Content):
            one = a_list(village, reference=f"batch:{number}")
            for stage in ("application", "result"):
                PublicList.objects.filter(pk=one.pk).update(content=content, kind=stage)
                two = a_list(village, reference=f"batch:{number}-{stage}")
                PublicList.objects.filter(pk=two.pk).update(content=content, show_names=False)
    for day in (DAY, first.closes_on + timedelta(days=1)):
        with travel(noon(day)):
            today = clock.today()
            whole = [(one.pk, [*told]) for one, told in lines.with_lines(village.area, today)]
            assert len(whole) == PublicList.objects.count()
            for pk, told in whole:
                one = PublicList.objects.select_related("area").get(pk=pk)
                assert told == lines.lines_of(one, today), one.content
                assert len(told) == lines.line_count(one, today)
                assert sum(line["count"] for line in told) == one.row_count
    assert not ListRow.objects.filter(list__state=ListState.SUPERSEDED).exists()


@pytest.mark.parametrize("count", [2, 40])
def test_a_file_takes_the_same_few_queries_whatever_it_holds(
    village: Village, visitor: Client, count: int
) -> None:
    for number in range(3 if count == 2 else 12):
        published = a_list(village, [household(row) for row in range(1, count)], reference=f"batch:{number}")
    for path in (f"lists/{published.number}", f"areas/{village.area.code}"):
        visitor.get(f"/data/{path}.xlsx")
        with CaptureQueriesContext(connection) as queries:
            visitor.get(f"/data/{path}.csv")
        assert len(queries) <= 10, [query["sql"][:90] for query in queries]


def test_a_large_file_goes_from_disk_with_its_length_and_its_tag(
    village: Village, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "IN_MEMORY", 300)
    a_list(village, [household(number) for number in range(1, 60)])
    for form in FORMS:
        path = f"/data/areas/{village.area.code}.{form}"
        response = visitor.get(path)
        assert response.streaming
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        assert int(response.headers["Content-Length"]) == len(content) > 300
        known = visitor.get(path, headers={"if-none-match": response.headers["ETag"]})
        assert known.status_code == 304
        assert known.headers["ETag"] == response.headers["ETag"]


def test_a_small_file_is_kept_and_dropped_when_a_list_changes(
    village: Village, visitor: Client, django_capture_on_commit_callbacks: Callable
) -> None:
    published = a_list(village)
    path = f"/data/lists/{published.number}.csv"
    first = visitor.get(path)
    with CaptureQueriesContext(connection) as queries:
        again = visitor.get(path)
        same = visitor.get(path, headers={"if-none-match": first.headers["ETag"]})
    assert len(queries) == 0
    assert again.content == first.content and dict(again.headers) == dict(first.headers)
    assert (same.status_code, same.headers["Access-Control-Allow-Origin"]) == (304, "*")
    reviewer = village.seat(Role.TOWNSHIP_REVIEWER)
    with django_capture_on_commit_callbacks(execute=True):
        correct(**reviewer, list_id=published.pk, rows=[household(1)], reason="写错了")
    assert "已更正" in visitor.get(path).content.decode()


def test_pages_lead_to_the_data_and_the_page_of_data_tells_how(village: Village, visitor: Client) -> None:
    published = a_list(village)
    for prefix in ("", "/da"):
        for page, link in (
            (f"/lists/{published.number}/", f"/data/lists/{published.number}.xlsx"),
            (f"/areas/{village.area.code}/", f"/data/areas/{village.area.code}.csv"),
            ("/data/", "/api/v1/openapi.json"),
        ):
            html = visitor.get(prefix + page).content.decode()
            assert f'href="{prefix}{link}"' in html
            assert visitor.get(prefix + link).status_code == 200
