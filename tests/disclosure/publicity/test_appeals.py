"""An answer may be appealed once, to another level and other people; an objector may withdraw."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from disclosure.publicity import appeals, objection_keys
from disclosure.publicity.errors import (
    AlreadyAnswered,
    BadAnswer,
    BadObjection,
    MustStepAside,
    NoAppeal,
)
from disclosure.publicity.models import Objection, ObjectionState, PublicList
from disclosure.publicity.public_answers import answers_of
from disclosure.publicity.services import (
    appeal,
    end_due_lists,
    extend,
    last_day_to_appeal,
    open_subjects,
    receipt,
    tell_objector,
    withdraw,
)
from disclosure.site.objection_figures import objection_figures
from portal import clock
from portal.configuration import services as configuration
from portal.ledger.models import Event
from portal.people.models import Role
from tests.disclosure.publicity.test_objections import answered, object_to
from tests.disclosure.village import Village, a_list, noon

DAY = date(2026, 11, 21)
LAST = date(2026, 11, 28)


@pytest.fixture
def running(village: Village) -> Iterator[PublicList]:
    """Yield a list posted on the 21st, on its third day, with officials at every level."""
    for role in (Role.VILLAGE_SUPERVISION, Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_HEAD, Role.COUNTY_REVIEWER):
        village.seat(role)
    with clock.travel(noon(DAY)):
        published = a_list(village)
    with clock.travel(noon(DAY + timedelta(days=3))):
        yield published


@pytest.fixture
def dismissed(village: Village, running: PublicList) -> Objection:
    """Return an objection that the supervision committee dismissed."""
    return answered(village, object_to(running).objection)


def by_township(village: Village, objection: Objection, **changes: Any) -> Objection:
    """Answer by the township's head and two others than the first time."""
    values = {"investigators": ["镇上甲", "镇上乙"], **village.seat(Role.TOWNSHIP_HEAD)} | changes
    return answered(village, objection, **values)


def test_an_appeal_goes_to_the_level_above_with_a_deadline_and_a_receipt_nobody_else_opens(
    dismissed: Objection,
) -> None:
    second = appeal(objection_id=dismissed.pk, text="他们没有到我家问过")
    assert (second.level, second.state, second.due_on) == (
        "township",
        ObjectionState.OPEN,
        DAY + timedelta(days=33),
    )
    assert receipt(second.receipt, "-") is None and receipt(second.receipt, "") is None
    assert Event.objects.filter(kind="objection.appealed").count() == 1
    assert "没有到我家" not in Event.objects.get(kind="objection.appealed").record


def test_who_answered_first_and_their_level_do_not_decide_the_appeal_and_neither_investigate_the_same(
    village: Village, dismissed: Objection
) -> None:
    second = appeal(objection_id=dismissed.pk, text="他们没有到我家问过")
    with pytest.raises(MustStepAside):
        answered(village, second, investigators=["镇上甲", "镇上乙"])
    with pytest.raises(BadAnswer, match="另外的人"):
        by_township(village, second, investigators=["监督甲", "镇上乙"])
    first_by = dismissed.answered_by
    assert first_by is not None
    with pytest.raises(BadAnswer, match="回避"):
        by_township(village, second, investigators=[first_by.display_name, "镇上乙"])
    assert by_township(village, second, outcome="upheld").state == ObjectionState.UPHELD


def test_one_answered_by_the_township_is_appealed_to_the_county_and_the_countys_own_not_here(
    village: Village, running: PublicList
) -> None:
    first = by_township(village, object_to(running).objection)
    second = appeal(objection_id=first.pk, text="还是不对")
    assert second.level == "county"
    with pytest.raises(MustStepAside):
        by_township(village, second, **village.seat(Role.TOWNSHIP_REVIEWER))
    by_county = answered(village, object_to(running, 2).objection, **village.seat(Role.COUNTY_REVIEWER))
    assert last_day_to_appeal(by_county) is None
    with pytest.raises(NoAppeal, match="信访"):
        appeal(objection_id=by_county.pk, text="还是不对")


def test_there_is_one_appeal_within_its_days_and_only_against_an_answer(
    village: Village, running: PublicList, dismissed: Objection
) -> None:
    unanswered = object_to(running, 2).objection
    with pytest.raises(NoAppeal):
        appeal(objection_id=unanswered.pk, text="等不及了")
    with pytest.raises(BadObjection):
        appeal(objection_id=dismissed.pk, text=" ")
    assert last_day_to_appeal(dismissed) == DAY + timedelta(days=33)
    with clock.travel(noon(DAY + timedelta(days=34))), pytest.raises(NoAppeal, match="已经过了"):
        appeal(objection_id=dismissed.pk, text="还是不对")
    with clock.travel(noon(DAY + timedelta(days=33))):
        second = appeal(objection_id=dismissed.pk, text="还是不对")
    with pytest.raises(NoAppeal):
        appeal(objection_id=dismissed.pk, text="再来一次")
    with pytest.raises(NoAppeal):
        appeal(objection_id=by_township(village, second).pk, text="再上一级")


def test_an_appeal_by_telephone_is_registered_by_an_official_of_the_place_with_its_day(
    village: Village, dismissed: Objection
) -> None:
    clerk = village.seat(Role.VILLAGE_CLERK)
    with pytest.raises(BadObjection):
        appeal(objection_id=dismissed.pk, text="电话里说的", channel="phone")
    with pytest.raises(BadObjection):
        appeal(objection_id=dismissed.pk, text="电话里说的", channel="phone", received_on=DAY, **clerk)
    second = appeal(objection_id=dismissed.pk, text="电话里说的", channel="phone", **clerk)
    assert (second.registered_by, second.channel) == (clerk["by"], "phone")


@pytest.mark.parametrize("holds", [False, True])
def test_an_open_appeal_holds_its_row_again_only_where_the_county_set_it_so(
    dismissed: Objection, running: PublicList, monkeypatch: pytest.MonkeyPatch, holds: bool
) -> None:
    plain = configuration.value
    monkeypatch.setattr(
        appeals.configuration,
        "value",
        lambda key, *at, **more: holds if key == objection_keys.APPEAL_HOLDS else plain(key, *at, **more),
    )
    appeal(objection_id=dismissed.pk, text="还是不对")
    assert open_subjects(running) == ({"case:C1"} if holds else set())


def test_an_objector_withdraws_what_is_open_and_it_holds_nothing_more(
    village: Village, running: PublicList, dismissed: Objection
) -> None:
    objection = object_to(running, 2).objection
    assert open_subjects(running) == {"case:C2"}
    assert withdraw(objection_id=objection.pk).state == ObjectionState.WITHDRAWN
    assert open_subjects(running) == set()
    assert Event.objects.filter(kind="objection.withdrawn").count() == 1
    with pytest.raises(AlreadyAnswered, match="撤回"):
        answered(village, objection)
    for pk in (objection.pk, dismissed.pk):
        with pytest.raises(AlreadyAnswered):
            withdraw(objection_id=pk)


def test_a_late_objection_follows_the_limits_of_petitions_and_is_extended_once_with_a_reason(
    village: Village, running: PublicList
) -> None:
    on = LAST + timedelta(days=2)
    with clock.travel(noon(on)):
        end_due_lists()
        late = object_to(running).objection
        assert (late.tell_by, late.due_on) == (on + timedelta(days=15), on + timedelta(days=60))
        with pytest.raises(BadAnswer):
            tell_objector(**village.seat(Role.TOWNSHIP_REVIEWER), objection_id=late.pk, words="收")
        told = tell_objector(
            **village.seat(Role.TOWNSHIP_REVIEWER), objection_id=late.pk, words="收下了，镇里查，两个月内答复"
        )
        assert told.told_at is not None
        head = village.seat(Role.TOWNSHIP_HEAD)
        assert extend(**head, objection_id=late.pk, why="要等市里的检测报告").due_on == on + timedelta(
            days=90
        )
        with pytest.raises(AlreadyAnswered, match="不能再延长"):
            extend(**head, objection_id=late.pk, why="还要等检测报告")
    in_time = object_to(running, 2).objection
    assert in_time.tell_by is None
    with pytest.raises(BadAnswer, match="公示期内"):
        extend(**head, objection_id=in_time.pk, why="想晚一点再答复")


def test_the_answer_is_published_without_the_objector_and_stays_when_the_list_has_ended(
    village: Village, running: PublicList
) -> None:
    objection = object_to(running, 2, contact="李四 19900000001").objection
    for words in ("王小山家查过了", "已经告诉李四 19900000001"):
        with pytest.raises((BadAnswer, Exception)):
            answered(village, objection, answer=words)
    answered(village, objection, "dismissed", answer="这一户圈舍里有羊，和名单一致")
    second = appeal(objection_id=objection.pk, text="羊是借的")
    by_township(village, second, outcome="upheld", answer="再去看，羊确实是借的")
    with clock.travel(noon(LAST + timedelta(days=3))):
        end_due_lists()
        shown = answers_of(PublicList.objects.get(pk=running.pk))
    assert [(one.about, one.appeal, one.upheld) for one in shown] == [
        ("名单第2行", True, True),
        ("名单第2行", False, False),
    ]
    said = "".join(f"{one.words}{one.by}{one.ground}" for one in shown)
    assert "李四" not in said and "借的" in said and TEXT not in said


TEXT = "他家没有养羊，圈舍是空的"


def test_the_figures_of_an_area_count_appeals_apart_and_tell_the_median_of_days(
    village: Village, running: PublicList
) -> None:
    lodged = [object_to(running, n).objection for n in (1, 2, 3, None)]
    for objection, days in zip(lodged, (1, 2, 9), strict=False):
        with clock.travel(noon(DAY + timedelta(days=3 + days))):
            answered(village, objection, "upheld" if days == 9 else "dismissed")
    with clock.travel(noon(DAY + timedelta(days=13))):
        appeal(objection_id=lodged[0].pk, text="还是不对")
        figures = objection_figures(village.area)
    assert (figures.received, figures.open, figures.upheld, figures.dismissed) == (4, 1, 1, 2)
    assert (figures.appeals, figures.appeals_upheld, figures.median_days) == (1, 0, 2)
