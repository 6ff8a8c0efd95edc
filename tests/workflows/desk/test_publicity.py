"""Lists at the desk: postings, objections that came in by telephone or on paper, and answering them."""

from typing import Any

import pytest
from django.urls import reverse

from disclosure.publicity.models import Objection, ObjectionState, Posting, PublicList
from disclosure.publicity.services import receipt
from portal import clock
from workflows.demo import play
from workflows.demo.build import County

from ..county import make_batch
from .conftest import SignIn, rows


@pytest.fixture
def running(county: County) -> PublicList:
    """Return the list that a batch waits for."""
    batch = make_batch(county, rows=2, until="publish")
    play.sign(batch, county["reviewer1"])
    return PublicList.objects.get(number=batch.waits)


def address(list: PublicList) -> str:
    """Return the address of the list at the desk."""
    return reverse("desk:list", args=[list.number])


def spoken(list: PublicList, **changes: Any) -> dict[str, Any]:
    """Return the form of an objection that came in by telephone."""
    row = list.rows.order_by("position").first()
    assert row is not None
    return {
        "do": "objection",
        "channel": "phone",
        "received_on": clock.today().isoformat(),
        "row": row.pk,
        "ground": "not_built",
        "text": "他家的羊圈是去年就有的",
        "contact": "",
    } | changes


def test_the_clerk_records_that_the_list_hangs_on_the_board(
    county: County, sign_in: SignIn, running: PublicList
) -> None:
    data = {
        "do": "posting",
        "seen_on": clock.today().isoformat(),
        "note": "村委会门口",
        "photo": play.photo("p"),
    }
    clerk = sign_in("clerk1")
    assert clerk.post(address(running), data).status_code == 302
    posting = Posting.objects.get()
    assert posting.recorded_by == county["clerk1"]
    assert "村委会门口" in clerk.get(address(running)).content.decode()
    assert sign_in("supervisor").get(f"/files/{posting.photo_id}/").status_code == 200


def test_a_posting_of_a_day_that_cannot_be_is_refused_and_kept(
    county: County, sign_in: SignIn, running: PublicList
) -> None:
    data = {"do": "posting", "seen_on": "2020-01-01", "note": "老公开栏"}
    answer = sign_in("clerk1").post(address(running), data)
    assert answer.status_code == 422
    assert 'value="老公开栏"' in answer.content.decode()


def test_an_objection_by_telephone_is_registered_with_a_receipt_that_works(
    county: County, sign_in: SignIn, running: PublicList
) -> None:
    answer = sign_in("clerk1").post(address(running), spoken(running))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    codes = [part.split("</code>")[0] for part in shown.split("<code>")[1:3]]
    assert receipt(*codes) == Objection.objects.get()
    assert Objection.objects.get().registered_by == county["clerk1"]


def test_an_objection_without_words_is_refused_and_kept(
    county: County, sign_in: SignIn, running: PublicList
) -> None:
    answer = sign_in("clerk1").post(address(running), spoken(running, text="", contact="老李"))
    assert answer.status_code == 422
    assert 'value="老李"' in answer.content.decode()
    assert not Objection.objects.exists()


def test_the_web_is_no_channel_of_the_desk(county: County, sign_in: SignIn, running: PublicList) -> None:
    assert sign_in("clerk1").post(address(running), spoken(running, channel="web")).status_code == 422


@pytest.mark.parametrize("username", ["supervisor", "assessor"])
def test_who_watches_registers_nothing(
    county: County, sign_in: SignIn, running: PublicList, username: str
) -> None:
    client = sign_in(username)
    assert client.get(address(running)).status_code == 200
    assert client.post(address(running), spoken(running)).status_code == 422
    posting = {"do": "posting", "seen_on": clock.today().isoformat()}
    assert client.post(address(running), posting).status_code == 422
    assert not Objection.objects.exists() and not Posting.objects.exists()


def test_a_list_of_another_village_is_not_there(county: County, sign_in: SignIn, running: PublicList) -> None:
    client = sign_in("clerk2")
    hidden, missing = client.get(address(running)), client.get(reverse("desk:list", args=["no-such"]))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content == missing.content
    assert running.number not in client.get("/admin/desk/lists/").content.decode()
    assert running.number in sign_in("clerk1").get("/admin/desk/lists/").content.decode()


def answered(**changes: Any) -> dict[str, Any]:
    """Return the form of an answer."""
    return {
        "outcome": "upheld",
        "findings": "到现场看过，圈舍是旧的，邻居也这么说",
        "investigator1": "沈知行",
        "investigator2": "韩同行",
        "answer": "您反映的属实，这一户退回重新核查。",
    } | changes


def test_an_upheld_objection_sends_the_row_back(county: County, sign_in: SignIn, running: PublicList) -> None:
    sign_in("clerk1").post(address(running), spoken(running))
    objection = Objection.objects.get()
    reviewer = sign_in("reviewer1")
    assert (
        reverse("desk:objection", args=[objection.pk])
        in reviewer.get("/admin/desk/objections/").content.decode()
    )
    answer = reviewer.post(reverse("desk:objection", args=[objection.pk]), answered())
    assert answer.status_code == 302
    objection.refresh_from_db()
    assert objection.state == ObjectionState.UPHELD
    assert objection.row is not None
    number = objection.row.subject.removeprefix("case:")
    steps = {case.number: case.step for batch in [running] for case in _cases(batch)}
    assert steps[number] == "check"


def _cases(list: PublicList) -> Any:
    from workflows.engine.models import Case

    return Case.objects.filter(number__in=[row.subject.removeprefix("case:") for row in list.rows.all()])


def test_an_answer_by_one_investigator_is_refused_and_kept(
    county: County, sign_in: SignIn, running: PublicList
) -> None:
    sign_in("clerk1").post(address(running), spoken(running))
    where = reverse("desk:objection", args=[Objection.objects.get().pk])
    answer = sign_in("reviewer1").post(where, answered(investigator2=""))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "要由至少两个人去查" in shown
    assert "到现场看过，圈舍是旧的" in shown
    assert 'value="upheld" checked' in shown


def test_objections_are_read_by_those_who_answer_or_watch(
    county: County, sign_in: SignIn, running: PublicList
) -> None:
    sign_in("clerk1").post(address(running), spoken(running))
    where = reverse("desk:objection", args=[Objection.objects.get().pk])
    codes = {name: sign_in(name).get(where).status_code for name in ("watch1", "head1", "supervisor")}
    assert set(codes.values()) == {200}
    for name in ("clerk1", "helper1", "watch2", "reviewer2", "editor"):
        client = sign_in(name)
        assert client.get(where).content == client.get(reverse("desk:objection", args=[999999])).content, name
        assert client.get(where).status_code == 404, name
    assert sign_in("supervisor").post(where, answered()).status_code == 422
    assert Objection.objects.get().state == ObjectionState.OPEN
    assert len(rows(_cases(running).first().batch)) == 2
