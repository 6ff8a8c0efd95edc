"""An objection upheld too late to act by itself: told before, then left to be done until done or refused."""

from datetime import timedelta
from typing import Any

from django.test import Client

from disclosure.publicity.models import Correction, ListKind, Objection, PublicList
from disclosure.publicity.services import lodge
from portal import clock
from portal.ledger.models import Event
from portal.outbox.models import Message
from workflows.demo import play
from workflows.demo.build import County

from ..county import carry, make_batch
from .conftest import SignIn
from .test_correcting import send

DESK = "/admin/desk"
ANSWER = {
    "outcome": "upheld",
    "findings": "到现场看了，圈舍没有建成",
    "answer": "您说得对，没有建成",
    "investigator1": "甲某",
    "investigator2": "乙某",
}


def objected(county: County, until: str) -> tuple[PublicList, Objection]:
    """Let a batch go to `until` and object to the first row of its reviewed list."""
    batch = make_batch(county, rows=2, until="publish")
    carry(county, batch, until)
    published = PublicList.objects.get(kind=ListKind.APPLICATION)
    row = published.rows.get(position=1)
    return published, lodge(list_id=published.pk, row_id=row.pk, text="这家没有建").objection


def answer(client: Client, objection: Objection, **changes: Any) -> str:
    """Answer the objection and return the page that follows."""
    said = client.post(f"{DESK}/objections/{objection.pk}/", ANSWER | changes, follow=True)
    objection.refresh_from_db()
    return said.content.decode()


def test_after_approval_the_official_reads_before_and_after_what_must_be_done(
    county: County, sign_in: SignIn
) -> None:
    published, objection = objected(county, "record")
    reviewer = sign_in("reviewer1")
    before = reviewer.get(f"{DESK}/objections/{objection.pk}/").content.decode()
    assert "已经过了公示这一步，不会自动退回" in before and "现在：县备案" in before
    after = answer(reviewer, objection)
    assert objection.correction == Correction.OWED and "名单要更正，还没有更正" in after
    assert f"{DESK}/lists/{published.number}/correct/?rows=1" in after
    assert "异议成立，名单要更正" in reviewer.get(f"{DESK}/todo/").content.decode()
    assert "名单待更正" in reviewer.get("/admin/").content.decode()
    assert "名单要更正" not in sign_in("clerk1").get(f"{DESK}/todo/").content.decode()
    told = Message.objects.filter(title__contains="有一件异议答复成立，名单要更正")
    assert {one.recipient.username for one in told} >= {"reviewer1"}
    assert '"correction":"owed"' in Event.objects.get(kind="objection.answered").record


def test_a_correction_of_the_row_settles_it_and_one_of_another_row_does_not(
    county: County, sign_in: SignIn
) -> None:
    published, objection = objected(county, "record")
    reviewer = sign_in("reviewer1")
    answer(reviewer, objection)
    send(reviewer, published, do="correct", reason="第2行小组写错", group_2="九组")
    objection.refresh_from_db()
    assert objection.correction == Correction.OWED
    newer = PublicList.objects.get(supersedes=published)
    shown = reviewer.get(f"{DESK}/objections/{objection.pk}/").content.decode()
    assert f"{DESK}/lists/{newer.number}/correct/?rows=1" in shown
    send(reviewer, newer, do="correct", reason="异议成立，去掉第1行", remove_1="1")
    objection.refresh_from_db()
    newest = PublicList.objects.get(supersedes=newer)
    assert (objection.correction, objection.corrected_in) == (Correction.CORRECTED, newest)
    assert "异议成立，名单要更正" not in reviewer.get(f"{DESK}/todo/").content.decode()
    assert newest.number in reviewer.get(f"{DESK}/objections/{objection.pk}/").content.decode()


def test_a_reason_why_not_settles_it_too_and_only_the_township_gives_it(
    county: County, sign_in: SignIn
) -> None:
    _published, objection = objected(county, "record")
    answer(sign_in("reviewer1"), objection)
    where = f"{DESK}/objections/{objection.pk}/"
    why = {"do": "decline", "why": "金额没有错，只是照片拍得不清，已补拍存档"}
    assert sign_in("head1").post(where, why).status_code == 422
    short = sign_in("reviewer1").post(where, {"do": "decline", "why": "没错"})
    assert short.status_code == 422 and "要写清楚名单为什么不更正" in short.content.decode()
    assert sign_in("clerk1").post(where, why).status_code == 404
    assert sign_in("reviewer1").post(where, why).status_code == 302
    objection.refresh_from_db()
    assert objection.correction == Correction.DECLINED
    event = Event.objects.get(kind="objection.not_corrected")
    assert event.actor == county["reviewer1"] and "照片" not in event.record
    again = sign_in("reviewer1").post(where, why)
    assert again.status_code == 422 and "不用再更正" in again.content.decode()


def test_while_the_list_runs_the_row_goes_back_by_itself_and_nothing_is_owed(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=2, until="publish")
    play.sign(batch, county["reviewer1"])
    published = PublicList.objects.get(kind=ListKind.APPLICATION)
    objection = lodge(list_id=published.pk, row_id=published.rows.get(position=1).pk, text="没有建").objection
    reviewer = sign_in("reviewer1")
    assert "马上退回重新核查" in reviewer.get(f"{DESK}/objections/{objection.pk}/").content.decode()
    answer(reviewer, objection)
    assert objection.correction == Correction.RETURNED
    assert "名单待更正" not in reviewer.get("/admin/").content.decode()


def test_who_objects_late_is_told_what_becomes_of_it_and_the_head_may_take_longer_once(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, rows=1, until="publish")
    carry(county, batch, "approve")
    published = PublicList.objects.get(kind=ListKind.APPLICATION)
    with clock.travel(clock.now() + (published.closes_on - clock.today()) + timedelta(days=1)):
        objection = lodge(list_id=published.pk, text="这家没有建").objection
        assert objection.late and objection.tell_by
        _told_and_taken_longer(county, sign_in, objection)


def _told_and_taken_longer(county: County, sign_in: SignIn, objection: Objection) -> None:
    where, due_on = f"{DESK}/objections/{objection.pk}/", objection.due_on
    reviewer, head = sign_in("reviewer1"), sign_in("head1")
    assert reviewer.post(where, {"do": "tell", "words": "好"}).status_code == 422
    told = {"do": "tell", "words": "收到了，镇里去看，月底以前答复您"}
    assert reviewer.post(where, told).status_code == 302
    longer = {"do": "extend", "extend_why": "户主外出，约好下周入户"}
    assert reviewer.post(where, longer).status_code == 422
    assert head.post(where, longer).status_code == 302 and head.post(where, longer).status_code == 422
    events = Event.objects.filter(object_type="objection").order_by("-sequence")[:2]
    assert [(one.kind, one.actor) for one in events] == [
        ("objection.extended", county["head1"]),
        ("objection.told", county["reviewer1"]),
    ]
    assert not any(words in one.record for one in events for words in ("月底以前", "户主外出"))
    objection.refresh_from_db()
    assert objection.due_on > due_on and objection.told_words == told["words"]
