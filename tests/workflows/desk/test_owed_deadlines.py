"""A list that waits for its correction has a deadline: yellow, red, told again, and told upward."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from disclosure.publicity import owed as publicity_owed
from disclosure.publicity.models import Complaint, Correction, Objection
from disclosure.publicity.receipts import pin_hash
from portal import clock
from portal.clock.workdays import add_working_days
from portal.configuration.services import unverified
from portal.ledger.models import Event
from portal.outbox.models import Message
from workflows.deadlines import owed
from workflows.deadlines.models import OwedReminder
from workflows.demo.build import County

from .conftest import SignIn
from .test_correcting import send
from .test_upheld_late import DESK, answer, objected

# A Monday with no holiday in the weeks after it.
BEGUN = datetime(2026, 12, 7, 2, tzinfo=UTC)
TOLD = ("mark", "number")


@pytest.fixture(autouse=True)
def december() -> Iterator[None]:
    """Set the clock to the day on which all of it begins."""
    with clock.travel(BEGUN):
        yield


def on(day: date) -> Any:
    """Set the clock to the morning of `day`."""
    return clock.travel(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))


def upheld(county: County, sign_in: SignIn) -> Objection:
    """Return an objection upheld too late to act by itself."""
    _published, objection = objected(county, "record")
    answer(sign_in("reviewer1"), objection)
    return objection


def told(username: str) -> list[str]:
    """Return the reminders to that official, the oldest first."""
    found = Message.objects.filter(recipient__username=username, kind="reminder").order_by("pk")
    return [one.title for one in found if "名单" in one.title]


def test_yellow_then_red_then_one_level_higher_every_few_days_each_once(
    county: County, sign_in: SignIn
) -> None:
    objection = upheld(county, sign_in)
    area = objection.list.area
    due = add_working_days(BEGUN.date(), 5, area)
    assert objection.correct_by == due and unverified("objection.correction_days", area)
    assert owed.remind_owed() == 0
    with on(due):
        assert (owed.remind_owed(), owed.remind_owed()) == (1, 0)
        assert "快到期" in told("reviewer1")[-1]
    with on(add_working_days(due, 1, area)):
        assert (owed.remind_owed(), owed.remind_owed()) == (1, 0)
        assert "超期 1 个工作日没有更正" in told("reviewer1")[-1] and not told("head1")
    with on(add_working_days(due, 6, area)):
        assert owed.remind_owed() == 3
        assert owed.remind_owed() == 0
    marks = [*objection.owed_reminders.order_by("pk").values_list(*TOLD)]
    assert marks[:2] == [("yellow", 0), ("red", 0)]
    assert {*marks[2:]} == {("again", 1), ("escalated", 1), ("escalated", 2)}
    assert told("head1") and told("countyhead") and not told("clerk1")
    assert Event.objects.filter(kind="deadline.escalated", object_type="objection").count() == 2
    objection.refresh_from_db()
    assert objection.correction == Correction.OWED


def test_the_county_sees_who_is_stuck_where_and_since_when_and_others_do_not(
    county: County, sign_in: SignIn
) -> None:
    objection = upheld(county, sign_in)
    assert objection.correct_by is not None
    with on(add_working_days(objection.correct_by, 3, objection.list.area)):
        owed.remind_owed()
        shown = sign_in("county").get(f"{DESK}/overview/").content.decode()
        for words in ("名单还没有更正", objection.list.number, "2026-12-07", "超期 3 个工作日", "超期上报"):
            assert words in shown
        assert f"乡镇经办 {county['reviewer1']}" in shown or str(county["reviewer1"]) in shown
        slip = sign_in("county").get(f"{DESK}/overview/slip/").content.decode()
        assert "异议成立，更正名单" in slip and objection.list.number in slip
        assert "名单还没有更正" not in sign_in("reviewer2").get(f"{DESK}/overview/").content.decode()
        assert "超期 3 个工作日" in sign_in("reviewer1").get(f"{DESK}/todo/").content.decode()
        page = sign_in("head1").get(f"{DESK}/objections/{objection.pk}/").content.decode()
        assert "超期上报" in page and str(county["head1"]) in page


def test_the_villagers_receipt_says_by_when_the_list_is_corrected_and_where_it_was_not(
    county: County, sign_in: SignIn
) -> None:
    objection = upheld(county, sign_in)
    assert objection.correct_by is not None
    Objection.objects.filter(pk=objection.pk).update(pin_hash=pin_hash(objection.receipt, "314159"))
    asked = {"code": objection.receipt, "pin": "314159"}
    with on(objection.correct_by):
        shown = Client().post("/receipts/", asked).content.decode()
        assert "名单要更正，乡镇最迟2026年12月14日" in shown and "过了期" not in shown
    with on(objection.correct_by + timedelta(days=1)):
        assert "过了期还没有办" in Client().post("/receipts/", asked).content.decode()


def test_what_is_corrected_is_told_of_no_more(county: County, sign_in: SignIn) -> None:
    published, objection = objected(county, "record")
    answer(sign_in("reviewer1"), objection)
    send(sign_in("reviewer1"), published, do="correct", reason="异议成立，去掉第1行", remove_1="1")
    objection.refresh_from_db()
    assert objection.correction == Correction.CORRECTED and objection.correct_by is not None
    with on(add_working_days(objection.correct_by, 9, objection.list.area)):
        assert owed.remind_owed() == 0
    assert not OwedReminder.objects.exists()


def test_whom_the_objection_complains_of_is_told_nothing(county: County, sign_in: SignIn) -> None:
    objection = upheld(county, sign_in)
    Complaint.objects.create(objection=objection, person=county["head1"])
    assert objection.correct_by is not None
    with on(add_working_days(objection.correct_by, 3, objection.list.area)):
        owed.remind_owed()
        assert not told("head1") and told("countyhead")
        assert "名单还没有更正" not in sign_in("head1").get(f"{DESK}/overview/").content.decode()


def test_what_was_owed_before_there_was_a_deadline_begins_one_today(county: County, sign_in: SignIn) -> None:
    objection = upheld(county, sign_in)
    Objection.objects.filter(pk=objection.pk).update(correct_by=None)
    with on(date(2026, 12, 21)):
        assert publicity_owed.date_undated() == 1
        assert Event.objects.latest("sequence").kind == "objection.correction_dated"
        objection.refresh_from_db()
        assert objection.correct_by == add_working_days(date(2026, 12, 21), 5, objection.list.area)
        assert owed.remind_owed() == 0
