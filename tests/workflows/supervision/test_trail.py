"""The trail: within the supervisor's reach, by what is asked for, in few queries; taken away with proof."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disclosure.pages.models import NoticePage
from disclosure.pages.services import NOTICES, ensure_site, section
from portal import clock
from portal.inquiries.models import SealedInquiry
from portal.ledger import offline
from portal.ledger.models import Event
from portal.people.models import User
from tests.portal.ledger.parties import Parties, record
from workflows.demo.build import County
from workflows.supervision import trail
from workflows.supervision.asked import Asked, pack, unpack
from workflows.supervision.reach import events_within

from ..county import SIBLING, VILLAGE, make_batch
from ..rectification.conftest import evidence
from ..rectification.conftest import opened as ticket_of
from .conftest import SignIn, supervisor_of

pytestmark = pytest.mark.django_db
TRAIL = "/admin/desk/supervision/trail/"


@pytest.fixture(autouse=True)
def no_recheck(settings: Any) -> None:
    """Keep a process from asking now and then whether another one changed a setting."""
    settings.CONFIGURATION_RECHECK_SECONDS = None


def numbers(user: User, **asked: str) -> list[int]:
    """Return the numbers of the first page of what is asked for."""
    return [event.sequence for event in trail.page(user, Asked(**asked)).events]


def search(client: Client, **said: str) -> str:
    """Ask, follow, and return the page."""
    response = client.post(TRAIL, said, follow=True)
    return str(response.content.decode())


def test_a_supervisor_reads_the_events_of_the_own_area_alone(county: County) -> None:
    batch = make_batch(county, 1, "check")
    here, sibling = supervisor_of(county, VILLAGE), supervisor_of(county, SIBLING, name="other")
    case = batch.cases.get().number
    assert numbers(here, number=case)
    assert not numbers(sibling, number=case)
    village = county.areas[VILLAGE].code
    assert {event.area_code for event in events_within(here)} == {village}
    assert not events_within(county["county"]).exists(), "who does business has no trail"
    last = Event.objects.filter(object_id=case).last()
    assert last is not None


def test_an_office_of_one_line_reads_the_events_of_that_line(county: County) -> None:
    make_batch(county, 1, "deliberate")
    ours = supervisor_of(county, VILLAGE, "assistance")
    others = supervisor_of(county, VILLAGE, "education", name="school")
    assert {event.line for event in events_within(ours)} == {"assistance"}
    assert not events_within(others).filter(line="assistance").exists()


def test_hidden_and_missing_acts_give_the_same_404(county: County, sign_in: SignIn) -> None:
    make_batch(county, 1, "deliberate")
    supervisor_of(county, SIBLING)
    county.people["watcher"] = User.objects.get(username="watcher")
    client = sign_in("watcher")
    hidden = Event.objects.filter(area_code=county.areas[VILLAGE].code).last()
    assert hidden is not None
    one, other = client.get(f"{TRAIL}{hidden.sequence}/"), client.get(f"{TRAIL}999999/")
    assert one.status_code == other.status_code == 404
    assert sign_in("county").get(TRAIL).status_code == 404


def test_it_is_searched_by_person_place_object_programme_kind_and_day(county: County) -> None:
    batch = make_batch(county, 2, "publish")
    user, case = county["supervisor"], batch.cases.order_by("pk")[0]
    helper, reviewer = county["helper1"], county["reviewer1"]
    by_person = trail.page(user, Asked(person=helper.username)).events
    assert by_person and {event.actor for event in by_person} == {helper}
    assert trail.page(user, Asked(person=reviewer.display_name)).events
    assert {event.area_code for event in trail.page(user, Asked(area=county.areas[SIBLING].code)).events} <= {
        county.areas[SIBLING].code
    }
    of_case = trail.page(user, Asked(number=case.number)).events
    assert {event.object_type for event in of_case} >= {"case", "batch"}
    assert case.number in {event.object_id for event in of_case}
    assert batch.cases.order_by("pk")[1].number not in {event.object_id for event in of_case}
    assert county.programme is not None
    of_programme = trail.page(user, Asked(programme=county.programme.slug)).events
    assert {"case", "batch", "programme"} <= {event.object_type for event in of_programme}
    visits = trail.page(user, Asked(kind="visit.recorded", person=reviewer.username)).events
    assert visits and {event.kind for event in visits} == {"visit.recorded"}
    today = clock.today()
    assert numbers(user, first=today.isoformat(), last=today.isoformat())
    assert not numbers(user, first=(today + timedelta(days=1)).isoformat())
    assert not numbers(user, last=(today - timedelta(days=4000)).isoformat())


def test_pages_hang_together_forwards_and_backwards(county: County) -> None:
    user, here = county["supervisor"], county.areas[VILLAGE].code
    start = Event.objects.count()
    record(130, area_code=here)
    everything = [event.sequence for event in events_within(user).order_by("-sequence")]
    first = trail.page(user, Asked())
    second = trail.page(user, Asked(), before=first.older)
    assert [event.sequence for event in (*first.events, *second.events)] == everything[:100]
    back = trail.page(user, Asked(), after=second.newer)
    assert [event.sequence for event in back.events] == [event.sequence for event in first.events]
    assert first.newer is None and back.newer is None
    few = trail.page(user, Asked(kind="test.done"), before=start + 11)
    assert [event.sequence for event in few.events] == list(range(start + 10, start, -1))
    assert few.older is None


def test_a_quiet_village_is_found_behind_thousands_of_others_acts(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "WINDOW", 20)
    record(60, area_code=county.areas[SIBLING].code)
    quiet = record(3, area_code=county.areas[VILLAGE].code)
    record(60, area_code=county.areas[SIBLING].code)
    found = trail.page(county["supervisor"], Asked(area=county.areas[VILLAGE].code)).events
    assert [event.sequence for event in found][:3] == [event.sequence for event in quiet][::-1]


def test_a_page_takes_the_same_queries_whatever_its_length(county: County, sign_in: SignIn) -> None:
    client = sign_in("supervisor")

    def cost(address: str = TRAIL) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    record(3, area_code=county.areas[VILLAGE].code)
    few = cost()
    record(200, area_code=county.areas[SIBLING].code)
    assert cost() <= few
    sequence = Event.objects.latest("sequence").sequence
    assert cost(f"{TRAIL}{sequence}/") <= few + 6


def test_an_act_shows_what_stood_what_was_decided_and_its_proof(
    county: County, sign_in: SignIn, both: Parties
) -> None:
    batch = make_batch(county, 1, "publish")
    case = batch.cases.get()
    checked = Event.objects.filter(object_id=case.number, kind="case.decided").latest("sequence")
    both.sign()
    page = sign_in("supervisor").get(f"{TRAIL}{checked.sequence}/").content.decode()
    household = case.application.household
    assert f'/verify/{checked.sequence}/"' in page and checked.leaf_hash in page
    assert "同意" in page and "办的时候看到的是" in page and "入户核查" in page
    assert household.head_name not in page and household.phone not in page
    assert case.number in page and batch.number in page


def test_what_is_asked_for_is_sealed_for_its_asker_and_kept(county: County, sign_in: SignIn) -> None:
    make_batch(county, 1, "deliberate")
    client = sign_in("supervisor")
    before = SealedInquiry.objects.count()
    response = client.post(TRAIL, {"person": "helper1"})
    assert response.status_code == 302 and "helper1" not in response["Location"]
    assert SealedInquiry.objects.count() == before + 1
    shown = client.get(response["Location"]).content.decode()
    assert county["helper1"].display_name in shown
    token = pack(county["supervisor"], Asked(person="helper1"))
    assert unpack(county["supervisor"], token) == Asked(person="helper1")
    assert unpack(county["county"], token) == Asked()
    wrong = client.post(TRAIL, {"area": "没有这个村", "person": "helper1"})
    assert wrong.status_code == 422 and 'value="helper1"' in wrong.content.decode()


def test_an_export_is_marked_recorded_and_checked_by_the_verifier(
    county: County, sign_in: SignIn, both: Parties, tmp_path: Any
) -> None:
    case = make_batch(county, 1, "check").cases.get()
    both.sign()
    both.witness()
    client, user = sign_in("supervisor"), county["supervisor"]
    token = pack(user, Asked(number=case.number))
    response = client.post(f"{TRAIL}export/", {"s": token, "form": "csv"})
    assert response["Content-Type"] == "application/zip"
    target = tmp_path / "trail.zip"
    target.write_bytes(response.content)
    with zipfile.ZipFile(io.BytesIO(response.content)) as bundle:
        table = bundle.read("trail.csv").decode("utf-8-sig")
        assert "内部资料" in table.splitlines()[0] and str(user) in table.splitlines()[0]
        assert case.number in table and "不得外传" in table
    said: list[Any] = []
    offline.check_bundle(str(target), offline.parse_trust(both.trust.read_text()), said.append)
    assert "都在签过的账本里" in said[0]
    event = Event.objects.latest("sequence")
    body = json.loads(event.record)["body"]
    assert (
        event.kind == "trail.exported" and body["filters"] == ["number"] and case.number not in event.record
    )
    assert client.get(f"{TRAIL}export/").status_code == 405
    assert sign_in("county").post(f"{TRAIL}export/", {"form": "csv"}).status_code == 404


def test_without_a_signature_nothing_is_exported(county: County, sign_in: SignIn) -> None:
    page = sign_in("supervisor").post(f"{TRAIL}export/", {"form": "xlsx"}, follow=True).content.decode()
    assert "还没有签过检查点" in page and not Event.objects.filter(kind="trail.exported").exists()


def test_the_portal_shows_as_it_was_on_a_date(county: County, sign_in: SignIn) -> None:
    batch = make_batch(county, 1, "approve")
    case = batch.cases.get()
    client = sign_in("supervisor")
    today, long_ago = clock.today().isoformat(), "2020-01-01"

    def then(kind: str, words: str, on: str = today) -> str:
        return str(
            client.post(
                "/admin/desk/supervision/then/", {"kind": kind, "words": words, "on": on}
            ).content.decode()
        )

    assert "入户核查 1" in then("case", case.number)
    assert "还没有申报" in then("case", case.number, long_ago)
    from disclosure.publicity.models import PublicList

    list_ = PublicList.objects.filter(reference__contains=batch.number).latest("pk")
    assert list_.digest in then("list", list_.number)
    assert "还没有公布" in then("list", list_.number, long_ago)
    assert county.programme is not None
    assert "第 1 版" in then("programme", county.programme.slug)
    assert county["helper1"].display_name in then("office", county["helper1"].display_name)
    assert "没有这个" in then("case", "990000000000202600001")


def test_a_page_shows_as_the_public_read_it_on_a_date(
    county: County, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    home = ensure_site("枫禾县")
    # The ledger's time never goes back: the days are still to come.
    began = clock.now() + timedelta(days=2)
    page = NoticePage(title="集市改期", slug="market", published_date=clock.today(), live=False)

    def committed_on(day: int, act: Callable[[], object]) -> None:
        with clock.travel(began + timedelta(days=day)), django_capture_on_commit_callbacks(execute=True):
            act()
        page.refresh_from_db()

    def say(words: str) -> None:
        page.body = f"<p>{words}</p>"
        page.save_revision().publish()

    section(NOTICES).add_child(instance=page)
    committed_on(0, lambda: say("集市改在初三"))
    committed_on(2, lambda: say("集市改在初五"))
    committed_on(4, lambda: page.unpublish(reason="集市取消了"))
    with clock.travel(began + timedelta(days=9)):
        client = sign_in("supervisor")
        path = page.url_path.removeprefix(home.url_path.rstrip("/"))

        def then(words: str, days: int) -> str:
            on = clock.day_of(began + timedelta(days=days)).isoformat()
            asked = {"kind": "page", "words": words, "on": on}
            return str(client.post("/admin/desk/supervision/then/", asked).content.decode())

        for said in (path, f"https://mingbai.test/da{path}?x=1", "集市改期"):
            assert "集市改在初三" in then(said, 0) and "集市改在初五" not in then(said, 1)
            assert "集市改在初五" in then(said, 2) and "集市改在初三" not in then(said, 3)
            gone = then(said, 4)
            assert "已经撤下" in gone and "集市改在" not in gone
            assert "还没有公开" in then(said, -1)
        assert "没有这个" in then("/policies/none/", 1) and "没有这个" in then("没有的标题", 1)
        twin = NoticePage(title="集市改期", slug="market-2", published_date=clock.today(), live=False)
        section(NOTICES).add_child(instance=twin)
        assert "有几篇同名的网页" in then("集市改期", 1)


def test_days_that_cannot_be_reckoned_with_are_refused(county: County, sign_in: SignIn) -> None:
    client = sign_in("supervisor")
    for asked in ({"last": "9999-12-31"}, {"first": "0001-01-01"}, {"first": "20261121"}):
        wrong = client.post(TRAIL, asked)
        assert wrong.status_code == 422 and "日期要写成" in wrong.content.decode(), asked
    assert client.post(TRAIL, {"first": "2026-01-01", "last": "2199-12-31"}, follow=True).status_code == 200


def test_an_export_asked_for_with_a_token_that_ran_out_is_refused(
    county: County, sign_in: SignIn, both: Parties
) -> None:
    both.sign()
    for token in (pack(county["county"], Asked(person="helper1")), "stale"):
        page = sign_in("supervisor").post(f"{TRAIL}export/", {"form": "csv", "s": token}, follow=True)
        assert "筛选条件过期了" in page.content.decode()
    assert not Event.objects.filter(kind="trail.exported").exists()


def test_a_supervisor_finds_nothing_of_a_ticket_that_is_about_them(county: County) -> None:
    ticket = ticket_of(county, by=county["assessor"], concerns=county["supervisor"], files=evidence())
    number = f"ticket:{ticket.number}"
    assert not numbers(county["supervisor"], number=number)
    assert not numbers(county["supervisor"], number=ticket.number)
    about = events_within(county["supervisor"]).filter(object_type__in=["ticket", "file"])
    assert not about.exists()
    other = supervisor_of(county, "枫禾县")
    assert numbers(other, number=number)
    assert events_within(other).filter(object_type="file").exists()
