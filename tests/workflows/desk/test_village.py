"""村务 at the desk: a matter opened, its table pasted with errors by cell, its meetings, its sheets."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from disclosure.publicity.models import PublicList
from disclosure.publicity.services import end_due_lists
from disclosure.village.models import MatterState, VillageMatter
from portal import clock
from portal.ledger.models import Event
from tests.pdf_text import read
from workflows.demo.build import County

from .conftest import SignIn

pytestmark = pytest.mark.django_db
PASTED = "村部门前水泥路120米\t86000\t\n一组水渠清淤\t12000\t\n"


def opened(client: Client, kind: str = "works") -> VillageMatter:
    """Open a matter at the desk and return it."""
    answer = client.post("/admin/desk/village/new/", {"title": "2026年村内小型工程", "kind": kind})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return VillageMatter.objects.get()


def listed(client: Client) -> VillageMatter:
    """Open a matter and give it its list."""
    matter = opened(client)
    sent = {"do": "rows", "seen_version": "0", "pasted": PASTED}
    assert client.post(page(matter), sent).status_code == 302
    return matter


def page(matter: VillageMatter) -> str:
    """Return the address of the matter's page."""
    return f"/admin/desk/village/{matter.number}/"


def meet(client: Client, matter: VillageMatter, step: str, **changes: str) -> int:
    """Send the form of a meeting as it is shown, and return the status."""
    html = client.get(page(matter)).content.decode()
    drawn = re.search(r'<textarea name="minutes"[^>]*>([^<]*)', html)
    data = {
        "do": "meeting",
        "step": step,
        "seen_version": "1",
        "held_on": clock.today().isoformat(),
        "due_count": "42",
        "present_count": "35",
        "votes_for": "35",
        "witness": "镇里的人",
        "form": "delegates",
        "minutes": drawn[1].replace("\n", "\r\n") if drawn else "",
    }
    return client.post(page(matter), data | changes).status_code


def test_a_clerk_takes_works_from_paste_to_the_published_resolution(county: County, sign_in: SignIn) -> None:
    clerk = sign_in("clerk1")
    matter = opened(clerk)
    wrong = clerk.post(
        page(matter), {"do": "rows", "seen_version": "0", "pasted": PASTED.replace("86000", "八万")}
    )
    assert wrong.status_code == 422
    assert "第 1 行" in wrong.content.decode() and "八万" in wrong.content.decode()
    assert clerk.post(page(matter), {"do": "rows", "seen_version": "0", "pasted": PASTED}).status_code == 302
    html = clerk.get(page(matter)).content.decode()
    digest = matter.versions.get().digest
    assert digest in html and "86,000元" in html, "the minutes come prefilled"
    for step in ("proposal", "consultation", "deliberation", "resolution"):
        assert meet(clerk, matter, step) == 302
    matter.refresh_from_db()
    assert matter.state == MatterState.RESOLVED
    shown = clerk.get(page(matter)).content.decode()
    assert PublicList.objects.get(reference=matter.reference).number in shown
    assert "文书改过" not in shown, "line ends are no edit"
    again = clerk.post(page(matter), {"do": "result", "said": "已完工"})
    assert again.status_code == 422 and "还在公开" in again.content.decode()


def test_a_refused_meeting_comes_back_filled_in(county: County, sign_in: SignIn) -> None:
    clerk = sign_in("clerk1")
    matter = opened(clerk)
    clerk.post(page(matter), {"do": "rows", "seen_version": "0", "pasted": PASTED})
    data = {"do": "meeting", "step": "proposal", "seen_version": "1", "held_on": "2026-13-01"}
    answer = clerk.post(page(matter), data | {"due_count": "5", "place": "祠堂东头"})
    assert answer.status_code == 422 and "祠堂东头" in answer.content.decode()


def test_a_table_is_uploaded_in_the_portals_own_form(county: County, sign_in: SignIn) -> None:
    clerk = sign_in("clerk1")
    matter = opened(clerk, "dividends")
    empty = clerk.get("/admin/desk/village/table/?kind=dividends")
    book = openpyxl.load_workbook(io.BytesIO(empty.content))
    book["村务"].append(["王小山", "一组", "3股", 360, None])
    out = io.BytesIO()
    book.save(out)
    sent = SimpleUploadedFile("a.xlsx", out.getvalue())
    answer = clerk.post(page(matter), {"do": "rows", "seen_version": "0", "table": sent})
    assert answer.status_code == 302
    assert matter.versions.get().total_fen == 36_000
    bad = SimpleUploadedFile("a.xlsx", b"not a table")
    assert clerk.post(page(matter), {"do": "rows", "seen_version": "1", "table": bad}).status_code == 422


def test_minutes_and_loudspeaker_are_printed_and_recorded(county: County, sign_in: SignIn) -> None:
    clerk = sign_in("clerk1")
    matter = opened(clerk)
    clerk.post(page(matter), {"do": "rows", "seen_version": "0", "pasted": PASTED})
    sheet = clerk.post(f"{page(matter)}minutes/", {"step": "proposal"})
    text = read(sheet.content).text
    digest = matter.versions.get().digest
    assert digest[:12] in text and "签到表" in text
    for step in ("proposal", "consultation", "deliberation", "resolution"):
        meet(clerk, matter, step)
    held = read(clerk.post(f"{page(matter)}minutes/", {"step": "resolution"}).content).text
    # The proof's own words speak of another signature than those at the meeting.
    held = held.replace("还没有轮到签名", "")
    assert "35" in held and "签名" not in held and "村民代表决议" not in held[:12]
    found = PublicList.objects.get(reference=matter.reference)
    aloud = clerk.post(f"/admin/desk/lists/{found.number}/board/", {"sheet": "loudspeaker"})
    assert "八万六千元" in read(aloud.content).text
    printed = Event.objects.filter(kind__in=["meeting.printed", "list.printed"])
    assert printed.count() == 3


def test_others_read_a_matter_and_do_nothing_on_it(county: County, sign_in: SignIn) -> None:
    matter = opened(sign_in("clerk1"))
    reviewer = sign_in("reviewer1")
    assert reviewer.get(page(matter)).status_code == 200
    answer = reviewer.post(page(matter), {"do": "rows", "seen_version": "0", "pasted": PASTED})
    assert answer.status_code == 422 and not matter.versions.exists()
    assert sign_in("clerk2").get(page(matter)).status_code == 404
    assert reviewer.get("/admin/desk/village/new/").status_code == 404


def test_a_matter_is_taken_down_while_it_is_deliberated_and_not_after(
    county: County, sign_in: SignIn
) -> None:
    clerk = sign_in("clerk1")
    matter = listed(clerk)
    assert meet(clerk, matter, "proposal") == 302
    assert clerk.post(page(matter), {"do": "withdraw", "why": ""}).status_code == 422
    before = Event.objects.count()
    assert clerk.post(page(matter), {"do": "withdraw", "why": "镇里改由别的项目修"}).status_code == 302
    told = Event.objects.order_by("sequence")[before:]
    assert {one.kind for one in told} == {"village.withdrawn", "deliberation.withdrawn"}
    assert {one.actor for one in told} == {county["clerk1"]}
    again = clerk.post(page(matter), {"do": "withdraw", "why": "镇里改由别的项目修"})
    assert again.status_code == 422 and meet(clerk, matter, "consultation") == 422


def test_the_result_of_a_matter_is_published_when_its_resolution_has_hung(
    county: County, sign_in: SignIn
) -> None:
    clerk = sign_in("clerk1")
    matter = listed(clerk)
    for step in ("proposal", "consultation", "deliberation", "resolution"):
        assert meet(clerk, matter, step) == 302
    resolution = PublicList.objects.get(reference=matter.reference)
    with clock.travel(clock.now() + (resolution.closes_on - clock.today()) + timedelta(days=1)):
        end_due_lists()
        sent = {"do": "result", "said": "都完工了", "paid-1": "85000", "paid-2": "一万二"}
        wrong = clerk.post(page(matter), sent)
        assert wrong.status_code == 422 and "一万二" in wrong.content.decode()
        assert clerk.post(page(matter), sent | {"paid-2": "12000"}).status_code == 302
    told = Event.objects.get(kind="village.finished")
    assert told.actor == county["clerk1"]
    result = PublicList.objects.exclude(pk=resolution.pk).get(reference=matter.reference)
    assert [row.amount_fen for row in result.rows.order_by("position")] == [8_500_000, 1_200_000]
    matter.refresh_from_db()
    assert matter.state == MatterState.DONE
