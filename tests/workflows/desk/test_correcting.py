"""更正名单 at the desk: looked at before it is done, by those who published it, nothing typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from disclosure.publicity.models import ListState, PublicList
from portal import clock
from workflows.demo import play
from workflows.demo.build import County
from workflows.engine.models import Case

from ..county import make_batch
from .conftest import SignIn


@pytest.fixture
def running(county: County) -> PublicList:
    """Return the list that a batch waits for."""
    batch = make_batch(county, rows=2, until="publish")
    play.sign(batch, county["reviewer1"])
    return PublicList.objects.get(number=batch.waits)


def where(list: PublicList) -> str:
    """Return the address of the form."""
    return reverse("desk:correct_list", args=[list.number])


def send(client: Client, list: PublicList, **typed: Any) -> Any:
    """Send the form with `typed`; ``amount_1`` stands for the input ``amount-1``."""
    data = {"do": "correct", "reason": "第1行写错了"} | {
        name.replace("_", "-"): value for name, value in typed.items()
    }
    return client.post(where(list), data)


def test_what_a_correction_would_do_is_shown_before_anything_is_done(
    sign_in: SignIn, running: PublicList
) -> None:
    client = sign_in("reviewer1")
    assert "更正这份名单" in client.get(reverse("desk:list", args=[running.number])).content.decode()
    shown = send(client, running, do="preview", amount_1="1,000").content.decode()
    assert "停下来：退回乡镇重新核查、公示、审批" in shown
    assert "没有改的 1 户" in shown and "等新的一版期满再往下办" in shown
    assert 'value="1,000"' in shown and 'value="第1行写错了"' in shown
    assert PublicList.objects.filter(series=running.series).count() == 1


def test_a_correction_publishes_a_new_version_and_sends_the_changed_row_back(
    sign_in: SignIn, running: PublicList
) -> None:
    with clock.travel(clock.now() + timedelta(days=3)):
        answer = send(sign_in("reviewer1"), running, amount_1="1,000", group_2="九组")
        new = PublicList.objects.get(supersedes=running)
        assert answer.status_code == 302 and answer["Location"] == reverse("desk:list", args=[new.number])
        assert new.starts_on == clock.today() and new.correction_reason == "第1行写错了"
    first, second = new.rows.order_by("position")
    assert (first.amount_fen, first.shown["note"]) == (100_000, "乡里核定，这一版更正")
    assert second.shown["group"] == "九组"
    steps = [Case.objects.get(number=row.subject.removeprefix("case:")).step for row in (first, second)]
    assert steps == ["check", "publish"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "还没有改动"),
        ({"amount_1": "一千"}, "金额要填数字"),
        ({"group_1": "九组", "reason": ""}, "原因"),
        ({"item_1": "电话19900000001"}, "第1行"),
        ({"remove_1": "1", "remove_2": "1"}, "一户也没有"),
    ],
)
def test_what_cannot_be_published_is_refused_and_kept(
    sign_in: SignIn, running: PublicList, typed: dict[str, str], words: str
) -> None:
    answer = send(sign_in("reviewer1"), running, **typed)
    shown = answer.content.decode()
    assert answer.status_code == 422 and words in shown
    for name, value in typed.items():
        assert name == "reason" or name.startswith("remove") or f'value="{value}"' in shown
    running.refresh_from_db()
    assert running.state == ListState.RUNNING


def test_only_the_level_that_published_it_finds_the_form(sign_in: SignIn, running: PublicList) -> None:
    for name in ("clerk1", "head1", "county", "supervisor", "reviewer2", "watch1", "editor"):
        client = sign_in(name)
        assert client.get(where(running)).status_code == 404, name
        assert send(client, running, group_1="九组").status_code == 404, name
    assert (
        "更正这份名单"
        not in sign_in("clerk1").get(reverse("desk:list", args=[running.number])).content.decode()
    )


def test_a_replaced_list_is_corrected_on_its_newest_version_alone(
    sign_in: SignIn, running: PublicList
) -> None:
    client = sign_in("reviewer1")
    send(client, running, group_1="九组")
    assert client.get(where(running)).status_code == 404


def test_of_a_long_list_the_rows_asked_for_are_opened(
    sign_in: SignIn, running: PublicList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.desk.correcting.ROWS_OPEN", 1)
    client = sign_in("reviewer1")
    assert 'name="group-1"' not in client.get(where(running)).content.decode()
    shown = client.get(where(running), {"rows": "2"}).content.decode()
    assert 'name="group-2"' in shown and 'name="group-1"' not in shown
    assert send(client, running, chosen="2", group_2="九组").status_code == 302
    new = PublicList.objects.get(supersedes=running)
    assert [row.shown["group"] == "九组" for row in new.rows.order_by("position")] == [False, True]


def test_a_posting_is_countersigned_by_another_person(sign_in: SignIn, running: PublicList) -> None:
    page = reverse("desk:list", args=[running.number])
    sign_in("clerk1").post(page, {"do": "posting", "seen_on": clock.today().isoformat()})
    posting = running.postings.get()
    told = {"do": "countersign", "posting": posting.pk}
    assert sign_in("clerk1").post(page, told).status_code == 422
    watcher = sign_in("watch1")
    assert "我也看到了，会签" in watcher.get(page).content.decode()
    assert watcher.post(page, told).status_code == 302
    assert watcher.post(page, told).status_code == 422
    posting.refresh_from_db()
    assert posting.countersigned_by is not None
    assert "（村务监督委员会）" in sign_in("supervisor").get(page).content.decode()


def test_a_list_that_ended_without_proof_of_posting_says_so_at_the_desk(
    sign_in: SignIn, running: PublicList
) -> None:
    with clock.travel(clock.now() + timedelta(days=30)):
        shown = sign_in("supervisor").get(reverse("desk:list", args=[running.number])).content.decode()
    assert "没有张贴证明" in shown
