"""更多办理 on the desk: who may do what, why not, what was typed is kept; 抄送, minutes, 代办."""

from datetime import timedelta

import pytest
from django.test import Client

from portal import clock
from portal.files.access import may_open
from portal.files.models import PrivateFile
from portal.people.models import Substitution, User
from workflows.demo.build import County
from workflows.demo.play import active, photo
from workflows.engine.models import ActKind, Batch

from .. import wells
from ..county import make_batch
from ..kept import county, kept_county

__all__ = ["county", "kept_county"]


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def batch(county: County) -> Batch:
    wells.make_heads(county)
    return make_batch(county, rows=2, until="approve")


def post(client: Client, batch: Batch, **data: object) -> object:
    batch.refresh_from_db()
    return client.post(f"/admin/desk/batches/{batch.number}/more/", {"seen_version": batch.version, **data})


def test_a_head_passes_a_batch_on_and_the_other_finds_it(county: County, batch: Batch) -> None:
    client = browser(county["head1"])
    page = client.get(f"/admin/desk/batches/{batch.number}/more/").content.decode()
    assert "转办" in page and "柏长青" in page and "现在在谁手上" in page
    said = post(client, batch, do="reassign", person=county["head8"].pk, opinion="我去开会", key="a")
    assert said.status_code == 302  # type: ignore[attr-defined]
    seen = client.get(f"/admin/desk/batches/{batch.number}/").content.decode()
    assert "已经转给柏长青办" in seen
    assert list(Batch.objects.waiting_for(county["head8"])) == [batch]
    back = client.get(f"/admin/desk/batches/{batch.number}/more/").content.decode()
    assert "收回" in back and "我去开会" in back and "→ 柏长青" in back


def test_a_refusal_keeps_what_was_typed(county: County, batch: Batch) -> None:
    said = post(browser(county["head1"]), batch, do="delegate", person="", opinion="看看账", key="b")
    assert said.status_code == 422  # type: ignore[attr-defined]
    page = said.content.decode()  # type: ignore[attr-defined]
    assert "看看账" in page and "可以选" in page


def test_who_may_not_act_reads_why(county: County, batch: Batch) -> None:
    page = browser(county["reviewer1"]).get(f"/admin/desk/batches/{batch.number}/more/").content.decode()
    assert "现在不能办的" in page and "这一步由乡镇负责人办" in page
    watch = browser(county["supervisor"]).get(f"/admin/desk/batches/{batch.number}/more/").content.decode()
    assert "监督和考核只看不办" in watch
    hidden = browser(county["reviewer2"]).get(f"/admin/desk/batches/{batch.number}/more/")
    assert hidden.status_code == 404


def test_a_copy_stands_in_the_box_of_whom_it_was_sent_to(county: County, batch: Batch) -> None:
    post(browser(county["head1"]), batch, do="cc", person=county["county"].pk, opinion="", key="c")
    client = browser(county["county"])
    assert batch.number in client.get("/admin/desk/copies/").content.decode()
    assert batch.number not in browser(county["finance"]).get("/admin/desk/copies/").content.decode()
    assert post(client, batch, do="read", key="d").status_code == 302  # type: ignore[attr-defined]


def test_minutes_open_to_whoever_sees_the_batch(county: County, batch: Batch) -> None:
    upload = photo("minutes")
    said = browser(county["head1"]).post(
        f"/admin/desk/batches/{batch.number}/more/", {"do": "attach", "files": upload}
    )
    assert said.status_code == 302
    found = PrivateFile.objects.get(reference=f"batch:{batch.number}")
    assert may_open(county["county"], found) and not may_open(county["reviewer2"], found)
    page = browser(county["county"]).get(f"/admin/desk/batches/{batch.number}/more/").content.decode()
    assert found.name in page


def test_a_decision_of_an_office_meeting_is_recorded_as_such(county: County, batch: Batch) -> None:
    client = browser(county["head1"])
    data = {f"verdict-{case.pk}": "agree" for case in active(batch)}
    data |= {"do": "sign", "seen_version": str(batch.version), "key": "m"}
    wrong = client.post(
        f"/admin/desk/batches/{batch.number}/",
        {**data, "meeting_on": (clock.today() + timedelta(days=2)).isoformat()},
    )
    assert wrong.status_code == 422
    client.post(f"/admin/desk/batches/{batch.number}/", {**data, "meeting_on": clock.today().isoformat()})
    act = batch.acts.get(step="approve", kind=ActKind.SIGN)
    assert act.notes["meeting"] == clock.today().isoformat()
    page = client.get(f"/admin/desk/batches/{batch.number}/more/").content.decode()
    assert "会议研究决定" in page


def test_leave_is_asked_for_confirmed_and_ended_on_the_desk(county: County, batch: Batch) -> None:
    client, head = browser(county["reviewer1"]), browser(county["head1"])
    office = county["reviewer1"].offices.get()
    data = {
        "do": "name",
        "choice": f"{office.pk}-{county['head9'].pk}",
        "starts_on": clock.today().isoformat(),
        "last_on": clock.today().isoformat(),
        "reason": "",
    }
    assert client.post("/admin/desk/leave/", data).status_code == 422
    assert client.post("/admin/desk/leave/", {**data, "reason": "探亲"}).status_code == 302
    made = Substitution.objects.get()
    assert "探亲" in head.get("/admin/desk/leave/").content.decode()
    assert (
        browser(county["head2"])
        .post("/admin/desk/leave/", {"do": "confirm", "substitution": made.pk})
        .status_code
        == 404
    )
    assert head.post("/admin/desk/leave/", {"do": "confirm", "substitution": made.pk}).status_code == 302
    assert "我代沈知行办" in browser(county["head9"]).get("/admin/desk/leave/").content.decode()
    assert client.post("/admin/desk/leave/", {"do": "end", "substitution": made.pk}).status_code == 302


def test_who_has_nobody_to_stand_in_is_told_so_and_gets_no_empty_form(county: County) -> None:
    alone = browser(county["head2"]).get("/admin/desk/leave/").content.decode()
    assert "现在请不了人代办" in alone and 'name="choice"' not in alone
    other = browser(county["reviewer2"]).get("/admin/desk/leave/").content.decode()
    assert "现在请不了人代办" not in other and 'name="choice"' in other
