"""A case tells every field that changed, and shows itself as it was at the end of any day."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from portal import clock
from workflows.demo import play
from workflows.demo.build import County
from workflows.desk import case_history
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Case

from ..county import make_batch
from .conftest import SignIn, rows


def lowered(county: County) -> Case:
    """Return a case filed today whose amount the township lowers two days later."""
    batch = make_batch(county, rows=1, until="check")
    play.visit_all(batch, county["reviewer1"])
    case = rows(batch)[0]
    lower = RowVerdict(Verdict.AGREE, "核查面积少", {"amount_fen": case.amount_fen - 100_00})
    with clock.travel(clock.now() + timedelta(days=2)):
        play.check(batch, county["reviewer1"], {case.number: lower})
    case.refresh_from_db()
    return case


def test_every_field_that_changed_is_told_with_before_and_after(county: County) -> None:
    case = lowered(county)
    told = {(one.label, one.before, one.after) for one in case_history.changes_of(case)}
    assert ("环节", "村申报", "四议") in told
    assert ("环节", "乡镇核查", "名单公示") in told
    assert any(label == "金额" for label, _before, _after in told)
    assert any(label == "乡镇核定" and before == "没有" for label, before, _after in told)


def test_the_case_is_shown_as_it_was_at_the_end_of_a_day(county: County, sign_in: SignIn) -> None:
    case = lowered(county)
    address = reverse("desk:case", args=[case.number])
    today = clock.today()
    then = case_history.as_of(case, today)
    assert dict(then.facts)["环节"] == "乡镇核查"
    before = dict(then.facts)["金额"]
    with clock.travel(clock.now() + timedelta(days=3)):
        client = sign_in("reviewer1")
        shown = client.get(address, {"on": today.isoformat()}).content.decode()
        assert "结束时的样子" in shown and before in shown
        later = case_history.as_of(case, clock.today())
        assert dict(later.facts)["环节"] == "名单公示"
        assert dict(later.facts)["金额"] != before


def test_before_it_was_filed_there_was_nothing(county: County, sign_in: SignIn) -> None:
    case = lowered(county)
    then = case_history.as_of(case, clock.today() - timedelta(days=1))
    assert (then.there, then.facts) == (False, [])
    address = reverse("desk:case", args=[case.number])
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert "那天还没有申报" in sign_in("clerk1").get(address, {"on": yesterday}).content.decode()
    for wrong in ("x", "9999-01-01", "", "2026-02-30", "0001-01-01"):
        answer = sign_in("clerk1").get(address, {"on": wrong})
        assert answer.status_code == 200 and 'as-of"><h2>' not in answer.content.decode()


def test_a_day_ends_at_midnight_in_shanghai() -> None:
    end = case_history.end_of(datetime(2026, 3, 9).date())
    assert end == datetime(2026, 3, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_the_head_of_the_household_stands_once(county: County, sign_in: SignIn) -> None:
    case = rows(make_batch(county, rows=1, until="check"))[0]
    shown = sign_in("reviewer1").get(reverse("desk:case", args=[case.number])).content.decode()
    assert shown.count("<dt>户主</dt>") == 1
