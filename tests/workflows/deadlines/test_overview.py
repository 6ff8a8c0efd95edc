"""督办: what is stuck is counted and listed for those above, within their offices, in few queries."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.clock import jobs
from portal.people.models import Line, Role
from portal.people.services import end_office
from workflows.deadlines import stays
from workflows.deadlines.models import Stay
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.play import sign
from workflows.desk.overview import Overview, median
from workflows.engine.models import Batch

from .. import roads
from ..county import make_batch
from .conftest import MONDAY, before_township, june

PAGE, SLIP = "/admin/desk/overview/", "/admin/desk/overview/slip/"
ABOVE_EMPTY = 8


@pytest.fixture(autouse=True)
def no_recheck(settings: Any) -> None:
    """Keep a process from asking now and then whether another one changed a setting."""
    settings.CONFIGURATION_RECHECK_SECONDS = None


def client_of(county: County, username: str) -> Client:
    client = Client()
    client.force_login(county[username], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def stuck(county: County) -> Iterator[Batch]:
    """Yield a batch that is three working days red at the township, on 11 June, with the clock set there."""
    with june(1):
        batch = before_township(county)
    with june(11):
        jobs.run_due()
        yield batch


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def test_it_says_who_is_stuck_where_and_since_when(county: County, stuck: Batch) -> None:
    shown = text(client_of(county, "county"), PAGE)
    for word in (stuck.number, "乡镇看现场", "沈知行", "2026-06-01", "超期 3 个工作日", "杉坞镇", "红灯"):
        assert word in shown
    assert "超期上报" in shown and "陶远山（杉坞镇乡镇负责人）" in shown
    assert f'href="/admin/desk/batches/{stuck.number}/"' in shown


def test_counts_by_light_place_step_and_seat(county: County, stuck: Batch) -> None:
    other = roads.asked(county["clerk8"], county.areas["榆坪村"], "road:8")
    found = Overview(county["countyhead"], None)
    whole = found.whole()
    assert (whole.red, whole.yellow, whole.green, whole.paused) == (1, 0, 1, 0)
    assert [(place.name, place.red, place.green) for place in found.places()] == [
        ("杉坞镇", 1, 0),
        ("蕨溪乡", 0, 1),
    ]
    assert [(step.name, step.red, step.green) for step in found.steps()] == [
        ("村里提出", 0, 1),
        ("乡镇看现场", 1, 0),
    ]
    seats = found.people(found.offices([]))
    assert [(seat.name, seat.under, seat.red) for seat in seats] == [("杉坞镇 乡镇经办", "沈知行", 1)]
    assert other.step == "ask"


def test_within_a_township_the_places_are_its_villages(county: County, stuck: Batch) -> None:
    before_township(county)
    found = Overview(county["countyhead"], county.areas["杉坞镇"])
    assert [place.name for place in found.places()] == ["禾坪村"]


def test_the_oldest_comes_first(county: County, stuck: Batch) -> None:
    with june(2):
        later = before_township(county, "road:2")
    shown = text(client_of(county, "county"), PAGE)
    assert shown.index(f"batches/{stuck.number}/") < shown.index(f"batches/{later.number}/")


def test_a_published_list_is_counted_apart_and_is_not_late(county: County) -> None:
    with june(1):
        batch = before_township(county)
        sign(batch, county["reviewer1"], changes={"urgency": "low"})
        sign(batch, county["reviewer1"])
    with june(30):
        found = Overview(county["county"], None).whole()
        assert (found.paused, found.red) == (1, 0)
        assert batch.number not in text(client_of(county, "county"), PAGE)
        assert batch.number in text(client_of(county, "county"), f"{PAGE}?light=paused")


def test_another_township_sees_nothing_of_it(county: County, stuck: Batch) -> None:
    for address in (PAGE, SLIP, f"{PAGE}?light=red"):
        shown = text(client_of(county, "head2"), address)
        assert stuck.number not in shown and "沈知行" not in shown
    for code in (county.areas["杉坞镇"].code, county.areas["禾坪村"].code, "000000000000"):
        assert client_of(county, "head2").get(f"{PAGE}?area={code}").status_code == 404


def test_another_line_sees_nothing_of_it(county: County, stuck: Batch) -> None:
    build.make_official(county, "school9", "尹望川", Role.COUNTY_REVIEWER, "枫禾县", Line.EDUCATION)
    assert stuck.number not in text(client_of(county, "school9"), PAGE)


@pytest.mark.parametrize("username", ["clerk1", "helper1", "sysadmin", "editor"])
def test_those_who_oversee_nobody_do_not_find_it(county: County, username: str) -> None:
    with june(1):
        for address in (PAGE, SLIP):
            assert client_of(county, username).get(address).status_code == 404


def test_an_office_that_ended_opens_nothing(county: County, stuck: Batch) -> None:
    client = client_of(county, "county")
    end_office(by=county["security"], office=county["county"].offices.get(), on=clock.today(), reason="调走")
    assert client.get(PAGE).status_code in (302, 403, 404)


def test_a_seat_that_nobody_holds_is_named_so(county: County, stuck: Batch) -> None:
    end_office(
        by=county["security"], office=county["reviewer1"].offices.get(), on=clock.today(), reason="调走"
    )
    assert "没有人担任" in text(client_of(county, "county"), PAGE)


def test_a_year_without_holidays_is_said_on_the_desk(county: County) -> None:
    with june(1):
        before_township(county)
        assert "还没有录入" not in text(client_of(county, "county"), PAGE)
    with clock.travel(clock.now().replace(year=2026, month=12, day=29)):
        batch = before_township(county, "road:9")
        assert batch.due_on.year == 2027
        assert "2027年的放假和调休日期还没有录入" in text(client_of(county, "county"), PAGE)
        todo = text(client_of(county, "reviewer1"), "/admin/desk/todo/")
        assert "写着“暂算”的期限：2027年放假安排还没录入" in todo and "· 暂算</small>" in todo


def test_the_slip_lists_what_is_red_and_has_room_to_answer(county: County, stuck: Batch) -> None:
    near = before_township(county, "road:3")
    Stay.objects.filter(batch=near, left_at=None).update(yellow_on=MONDAY)
    shown = text(client_of(county, "head1"), SLIP)
    assert stuck.number in shown and near.number not in shown
    assert "承办人签字" in shown and "督办单位" in shown


def test_looking_changes_nothing_and_nothing_can_be_sent(county: County, stuck: Batch) -> None:
    client = client_of(county, "county")
    version = Batch.objects.get(pk=stuck.pk).version
    text(client, PAGE)
    assert client.post(PAGE).status_code == 405
    assert Batch.objects.get(pk=stuck.pk).version == version


def test_the_days_that_a_step_takes_are_the_median_of_the_last_quarter(county: County) -> None:
    for day, subject in ((2, "road:1"), (3, "road:2"), (9, "road:3")):
        with june(1):
            batch = before_township(county, subject)
        with june(day):
            sign(batch, county["reviewer1"], changes={"urgency": "low"})
    with june(10):
        steps = {step.name: step.median for step in Overview(county["county"], None).steps()}
    assert steps["张贴"] == "" and "2" in text_of_median(county)


def text_of_median(county: County) -> str:
    """Return what the table says of the township's look once something stands there again."""
    with june(10):
        before_township(county, "road:7")
        steps = {step.name: step.median for step in Overview(county["county"], None).steps()}
    return steps["乡镇看现场"]


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([], ""),
        ([(3, 1)], "3"),
        ([(1, 1), (2, 1)], "1.5"),
        ([(5, 1), (1, 9)], "1"),
        ([(1, 2), (4, 2)], "2.5"),
    ],
)
def test_the_median_of_counted_numbers(pairs: list[tuple[int, int]], said: str) -> None:
    assert median(pairs) == said


def copies(batch: Batch, count: int) -> None:
    """Copy `batch` and its stay `count` times; nothing of it is played."""
    start = Batch.objects.count()
    columns = [f.attname for f in Batch._meta.concrete_fields if f.attname not in ("id", "number")]
    values = {name: getattr(batch, name) for name in columns}
    made = Batch.objects.bulk_create(
        Batch(number=f"{batch.number}x{start + n}", **values) for n in range(count)
    )
    stay = Stay.objects.get(batch=batch, left_at=None)
    columns = [f.attname for f in Stay._meta.concrete_fields if f.attname not in ("id", "batch_id")]
    Stay.objects.bulk_create(
        Stay(batch=one, **{name: getattr(stay, name) for name in columns}) for one in made
    )


def test_it_takes_the_same_few_queries_at_any_number(county: County, stuck: Batch) -> None:
    client = client_of(county, "county")

    def queries(address: str) -> int:
        text(client, address)
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return len(caught)

    administrator = client_of(county, "sysadmin")
    administrator.get("/admin/")
    with CaptureQueriesContext(connection) as empty:
        administrator.get("/admin/")
    copies(stuck, 20)
    few = {address: queries(address) for address in (PAGE, f"{PAGE}?light=red", SLIP)}
    copies(stuck, 1980)
    assert {address: queries(address) for address in few} == few
    assert max(few.values()) <= len(empty) + 1 + ABOVE_EMPTY


def test_a_batch_of_before_is_taken_up_by_the_clock_and_then_shown(county: County) -> None:
    with june(1):
        batch = before_township(county)
        Stay.objects.filter(batch=batch).delete()
    with june(11):
        assert batch.number not in text(client_of(county, "county"), PAGE)
        stays.follow_missing()
        assert batch.number in text(client_of(county, "county"), PAGE)


def test_reminders_and_escalation_stand_on_the_batch_and_on_the_case(county: County) -> None:
    with june(1):
        batch = make_batch(county, rows=1, until="check")
    with june(30):
        jobs.run_due()
        batch_page = text(client_of(county, "county"), f"/admin/desk/batches/{batch.number}/")
        case = batch.cases.get()
        case_page = text(client_of(county, "county"), f"/admin/desk/cases/{case.number}/")
    for page in (batch_page, case_page):
        assert "超期上报" in page and "陶远山（杉坞镇乡镇负责人）" in page
