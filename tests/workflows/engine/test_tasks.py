"""Work that passes between persons at a step: passed on, asked, copied, urged, noted, called back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from portal.outbox.models import Message
from portal.people.services import end_office
from workflows.demo.build import County
from workflows.demo.play import sign
from workflows.engine.errors import ActedAtAnotherLevel, BadAct, NoSuchBatch, NotYourTurn
from workflows.engine.models import ActKind, Batch, Task, TaskState
from workflows.engine.services import act

from .. import wells
from ..wells import FEN


@pytest.fixture
def heads(county: County) -> County:
    wells.make_heads(county)
    return county


def do(county: County, batch: Batch, kind: ActKind, by: str, to: str = "", why: str = "请看一下") -> Any:
    batch.refresh_from_db()
    payload = {"person": county[to].pk} if to else {}
    outcome = act(
        actor=county[by],
        batch_id=batch.pk,
        seen_version=batch.version,
        kind=kind,
        opinion=why,
        payload=payload,
    )
    batch.refresh_from_db()
    return outcome


def todo(county: County, by: str) -> list[Batch]:
    return list(Batch.objects.waiting_for(county[by]))


def test_what_is_passed_on_is_before_one_person_alone_until_called_back(heads: County) -> None:
    batch = wells.at(heads, "decide")
    do(heads, batch, ActKind.REASSIGN, "head1", "head8", "我去开会")
    assert todo(heads, "head8") == [batch] and todo(heads, "head1") == todo(heads, "head9") == []
    with pytest.raises(NotYourTurn, match="已经转给柏长青办"):
        sign(batch, heads["head1"], changes=FEN)
    do(heads, batch, ActKind.CALL_BACK, "head9", why="他出差了")
    assert todo(heads, "head1") == [batch] and batch.held_by is None
    assert Task.objects.get(batch=batch).state == TaskState.CLOSED


def test_it_is_passed_on_only_to_who_holds_the_same_seat(heads: County) -> None:
    batch = wells.at(heads, "decide")
    for wrong in ("reviewer1", "head2", "head1", "countyhead"):
        with pytest.raises(BadAct, match=r"同一岗位.*柏长青"):
            do(heads, batch, ActKind.REASSIGN, "head1", wrong)
    with pytest.raises(BadAct, match="写明原因"):
        do(heads, batch, ActKind.REASSIGN, "head1", "head8", "")


def test_who_leaves_office_keeps_nobody_from_what_was_passed_to_them(heads: County) -> None:
    batch = wells.at(heads, "decide")
    do(heads, batch, ActKind.REASSIGN, "head1", "head8")
    office = heads["head8"].offices.get()
    end_office(by=heads["security"], office=office, on=clock.today(), reason="调走")
    assert todo(heads, "head1") == [batch]
    sign(batch, heads["head1"], changes=FEN)
    assert batch.signed


@pytest.mark.parametrize("kind", [ActKind.DELEGATE, ActKind.ADD_SIGN])
def test_while_an_opinion_is_awaited_nobody_signs_and_then_it_comes_back(
    heads: County, kind: ActKind
) -> None:
    batch = wells.at(heads, "decide")
    do(heads, batch, kind, "head1", "reviewer1", "井位在不在红线里？")
    assert todo(heads, "reviewer1") == [batch]
    for who in ("head1", "head8"):
        with pytest.raises(BadAct, match="等别人的意见"):
            sign(batch, heads[who], changes=FEN)
    do(heads, batch, ActKind.ANSWER, "reviewer1", why="不在红线里")
    assert todo(heads, "reviewer1") == [] and batch.asked == ""
    assert Message.objects.filter(recipient=heads["head1"], title__startswith="回复意见").exists()
    sign(batch, heads["head1"], changes=FEN)
    assert batch.acts.get(kind=ActKind.ANSWER).opinion == "不在红线里"
    assert verify().fault is None


def test_who_asked_may_call_it_back_and_sign(heads: County) -> None:
    batch = wells.at(heads, "decide")
    do(heads, batch, ActKind.ADD_SIGN, "head1", "reviewer1")
    with pytest.raises(BadAct, match="已经请"):
        do(heads, batch, ActKind.ADD_SIGN, "head8", "reviewer1")
    do(heads, batch, ActKind.CALL_BACK, "head1", why="不等了")
    assert todo(heads, "reviewer1") == []
    with pytest.raises(NotYourTurn, match="没有人在等您"):
        do(heads, batch, ActKind.ANSWER, "reviewer1")
    sign(batch, heads["head1"], changes=FEN)


def test_only_who_sees_the_batch_is_asked_or_sent_a_copy(heads: County) -> None:
    batch = wells.at(heads, "decide")
    for kind in (ActKind.DELEGATE, ActKind.CC):
        with pytest.raises(BadAct, match="看得到这一批"):
            do(heads, batch, kind, "head1", "reviewer2")
    with pytest.raises(NoSuchBatch):
        do(heads, batch, ActKind.CC, "reviewer2", "head1")


def test_who_gave_an_opinion_at_one_level_decides_at_no_other(heads: County) -> None:
    wells.build.make_official(
        heads, "head1", "陶远山", wells.Role.COUNTY_HEAD, "枫禾县", wells.Line.ASSISTANCE
    )
    batch = wells.at(heads, "look")
    do(heads, batch, ActKind.DELEGATE, "reviewer1", "head1")
    do(heads, batch, ActKind.ANSWER, "head1", why="看过了")
    for who in ("reviewer1", "head8", "head9"):
        sign(batch, heads[who], changes=FEN)
    assert batch.step == "county"
    with pytest.raises(ActedAtAnotherLevel, match="别的层级对这一批提过意见"):
        sign(batch, heads["head1"])
    assert not batch.acts.filter(step="county").exists()
    sign(batch, heads["countyhead"])
    assert batch.acts.get(step="county").actor == heads["countyhead"]


def test_a_copy_is_read_only_and_stands_in_its_own_box(heads: County) -> None:
    batch = wells.at(heads, "decide")
    do(heads, batch, ActKind.CC, "head1", "county")
    assert list(Batch.objects.copied_to(heads["county"])) == [batch] and todo(heads, "county") == []
    with pytest.raises(NotYourTurn):
        sign(batch, heads["county"])
    do(heads, batch, ActKind.READ, "county", why="")
    with pytest.raises(BadAct, match="已经阅过"):
        do(heads, batch, ActKind.READ, "county", why="")
    office = heads["county"].offices.get()
    end_office(by=heads["security"], office=office, on=clock.today(), reason="调走")
    assert list(Batch.objects.copied_to(heads["county"])) == []


def test_a_batch_is_urged_once_a_day(heads: County) -> None:
    batch = wells.at(heads, "decide")
    do(heads, batch, ActKind.URGE, "reviewer1", why="")
    told = Message.objects.filter(title__startswith="催办").values_list("recipient__username", flat=True)
    assert sorted(told) == ["head1", "head8", "head9"]
    with pytest.raises(BadAct, match="一天只催一次"):
        do(heads, batch, ActKind.URGE, "county", why="")
    with clock.travel(clock.now() + timedelta(days=1)):
        do(heads, batch, ActKind.URGE, "county", why="")
        with pytest.raises(NotYourTurn, match="只看不办"):
            do(heads, batch, ActKind.NOTE, "supervisor")


def test_every_one_of_these_acts_has_its_event_and_grows_the_version(heads: County) -> None:
    batch = wells.at(heads, "decide")
    started = batch.version
    do(heads, batch, ActKind.NOTE, "reviewer1", why="附近有旧井")
    do(heads, batch, ActKind.DELEGATE, "head1", "reviewer1")
    do(heads, batch, ActKind.ANSWER, "reviewer1")
    do(heads, batch, ActKind.REASSIGN, "head1", "head8")
    assert batch.version == started + 4
    events = Event.objects.filter(kind="batch.acted", object_id=batch.number).count()
    assert events == batch.acts.count()
    sign(batch, heads["head8"], changes=FEN)
    # It was passed on for one signature: the others' are wanted now.
    sign(batch, heads["head1"])
    assert batch.step == "county" and not Task.objects.filter(batch=batch, state=TaskState.OPEN).exists()


def test_what_was_passed_on_is_closed_when_the_step_is_left(heads: County) -> None:
    batch = wells.at(heads, "look")
    wells.build.make_official(
        heads, "reviewer8", "温如玉", wells.Role.TOWNSHIP_REVIEWER, "杉坞镇", wells.Line.ASSISTANCE
    )
    do(heads, batch, ActKind.REASSIGN, "reviewer1", "reviewer8")
    sign(batch, heads["reviewer8"])
    assert batch.step == "decide" and batch.held_by is None
    assert Task.objects.get(batch=batch).state == TaskState.CLOSED


def test_the_to_do_is_one_query_whatever_was_passed_on(heads: County) -> None:
    batch = wells.at(heads, "decide")
    do(heads, batch, ActKind.ADD_SIGN, "head1", "reviewer1")
    reviewer = heads["reviewer1"]
    assert list(Batch.objects.waiting_for(reviewer)) == [batch]
    with CaptureQueriesContext(connection) as asked:
        assert Batch.objects.waiting_for(reviewer).count() == 1
    assert len(asked) == 1 and "JOIN" not in asked.captured_queries[0]["sql"]
