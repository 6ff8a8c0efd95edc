"""Who sees what of the desk: own, sibling, parent and no area; supervisors read and do nothing."""

import re
from typing import Any

import pytest
from django.urls import reverse

from portal.areas.models import Area
from portal.people.models import Line, Role
from workflows.demo import build
from workflows.demo.build import County
from workflows.engine.models import Act, Case
from workflows.programmes.models import Visit

from ..county import make_batch
from .conftest import SignIn, page, rows

OWN = [
    "clerk1",
    "helper1",
    "watch1",
    "secretary1",
    "reviewer1",
    "head1",
    "county",
    "countyhead",
    "supervisor",
    "assessor",
]
OTHERS = ["clerk2", "helper2", "clerk8", "reviewer2", "head2"]
WITHOUT_CASES = ["editor", "sysadmin", "security", "audit"]
LISTS = ["todo", "open", "handled", "closed", "file", "lists", "objections", "notices"]


def test_a_batch_and_its_cases_are_read_by_the_offices_over_them_and_by_nobody_else(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="check")
    addresses = [page(batch.number), reverse("desk:case", args=[rows(batch)[0].number])]
    missing = [page("990101101201-2026-999"), reverse("desk:case", args=["990101101201202699999"])]
    for username in OWN:
        client = sign_in(username)
        assert [client.get(address).status_code for address in addresses] == [200, 200], username
    for username in [*OTHERS, *WITHOUT_CASES]:
        client = sign_in(username)
        for hidden, absent in zip(addresses, missing, strict=True):
            answers = client.get(hidden), client.get(absent)
            assert [answer.status_code for answer in answers] == [404, 404], username
            assert answers[0].content == answers[1].content


def test_an_office_of_another_line_sees_nothing_of_the_batch(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    build.make_official(county, "housing1", "田住建", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.HOUSING)
    assert sign_in("housing1").get(page(batch.number)).status_code == 404


def test_finance_sees_a_batch_once_it_comes_to_them(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="approve")
    assert sign_in("finance").get(page(batch.number)).status_code == 404
    later = make_batch(county, rows=1, until="record", first=2)
    assert sign_in("finance").get(page(later.number)).status_code == 200


def test_acts_on_a_hidden_batch_answer_like_acts_on_a_missing_one(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    client = sign_in("reviewer2")
    data = {"do": "sign", "seen_version": batch.version, "key": "k"}
    answers = client.post(page(batch.number), data), client.post(page("990101101201-2026-999"), data)
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("username", ["supervisor", "assessor"])
def test_who_watches_reads_everything_and_does_nothing(
    county: County, sign_in: SignIn, username: str
) -> None:
    batch = make_batch(county, rows=1, until="check")
    case = rows(batch)[0]
    client = sign_in(username)
    shown = client.get(page(batch.number)).content.decode()
    assert "这一步由乡镇经办办" in shown
    assert "desk-go" not in shown
    acts = Act.objects.count()
    assert client.post(page(batch.number), {"do": "sign", "seen_version": batch.version}).status_code == 422
    visit = {"do": "visit", "visited_on": "2026-11-21", "first_visitor": "甲", "second_visitor": "乙"}
    assert client.post(reverse("desk:case", args=[case.number]), visit).status_code == 422
    for name in ("todo", "handled", "file"):
        assert client.get(reverse(f"desk:{name}")).status_code == 404
    assert client.get(reverse("desk:amend", args=[case.number])).status_code == 404
    assert (Act.objects.count(), Visit.objects.count()) == (acts, 0)


def test_a_supervisor_reads_the_case_with_its_events(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    address = reverse("desk:case", args=[rows(batch)[0].number])
    assert "账本里的记录" in sign_in("supervisor").get(address).content.decode()
    assert "账本里的记录" not in sign_in("reviewer1").get(address).content.decode()


@pytest.mark.parametrize("username", WITHOUT_CASES)
def test_administrators_and_editors_find_every_screen_of_the_desk_missing(
    county: County, sign_in: SignIn, username: str
) -> None:
    client = sign_in(username)
    assert {client.get(reverse(f"desk:{name}")).status_code for name in LISTS} == {404}
    assert client.get("/admin/").status_code == 200


def test_the_to_do_list_holds_what_waits_for_the_person_alone(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    listed = {
        name: batch.number in sign_in(name).get("/admin/desk/todo/").content.decode() for name in OWN[:7]
    }
    assert [name for name, found in listed.items() if found] == ["reviewer1"]
    assert "待办（1）" in sign_in("reviewer1").get("/admin/desk/notices/").content.decode()


def test_what_was_handled_and_what_is_over_have_lists_of_their_own(county: County, sign_in: SignIn) -> None:
    running = make_batch(county, rows=1, until="check")
    over = make_batch(county, rows=1, until="end", first=2)
    seen: dict[str, Any] = {
        name: sign_in("clerk1").get(reverse(f"desk:{name}")).content.decode()
        for name in ("handled", "closed", "open")
    }
    assert running.number in seen["handled"] and over.number in seen["handled"]
    assert over.number in seen["closed"] and running.number not in seen["closed"]
    assert running.number in seen["open"] and over.number not in seen["open"]


def test_a_batch_is_found_by_its_number_its_title_and_a_case_in_it(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="check")
    client = sign_in("reviewer1")
    for words in (batch.number, "产业奖补", rows(batch)[0].number):
        assert batch.number in client.get("/admin/desk/open/", {"q": words}).content.decode(), words
    assert "没有找到" in client.get("/admin/desk/open/", {"q": "养猪场"}).content.decode()


def test_no_number_of_a_person_stands_whole_on_a_case(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="approve")
    household = rows(batch)[0].application.household
    shown = sign_in("reviewer1").get(reverse("desk:case", args=[rows(batch)[0].number])).content.decode()
    assert household.phone not in shown
    assert household.bank_card not in shown
    assert not any(member.id_number in shown for member in household.members.all())


def test_a_file_of_a_case_is_given_to_those_who_see_the_case(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, rows=1, until="publish")
    shown = sign_in("head1").get(reverse("desk:case", args=[rows(batch)[0].number])).content.decode()
    found = re.search(r'formaction="([^"]*/files/\d+/)"', shown)
    assert found
    assert sign_in("supervisor").get(found[1]).status_code == 200
    opened = sign_in("supervisor").post(found[1], follow=True)
    assert opened.status_code == 200 and not opened["Content-Type"].startswith("text/html")
    assert sign_in("clerk2").get(found[1]).status_code == sign_in("clerk2").post(found[1]).status_code == 404


def test_the_home_page_is_the_to_do_and_nothing_of_wagtails_stock(county: County, sign_in: SignIn) -> None:
    make_batch(county, rows=1, until="check")
    shown = sign_in("reviewer1").get("/admin/").content.decode()
    assert "先办这些" in shown
    assert "明白账 工作台" in shown
    assert "wagtail-sidebar-props" in shown
    for stock in ("desk-nothing", "w-summary", "最近的编辑"):
        assert stock not in shown
    assert Case.objects.count() == 1 and Area.objects.exists()
