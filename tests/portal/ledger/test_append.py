"""Appending: one order, no gap, nothing outside the transaction of the act, nothing changed afterwards."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.ledger import kinds, merkle
from portal.ledger.canonical import NotCanonical
from portal.ledger.models import Event, Head, LedgerIsFinal, Opening
from portal.ledger.services import Draft, OutsideTransaction, append, erase_openings
from portal.ledger.verifier import verify
from portal.people.models import User
from portal.sealing import commitments

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def draft(number: int = 1, **changes: Any) -> Draft:
    return Draft(**{"kind": "test.done", "object_type": "thing", "object_id": str(number)} | changes)


@pytest.fixture(autouse=True)
def kind() -> None:
    kinds.register("test.done", "试办")


@pytest.mark.django_db
def test_events_are_numbered_from_one_without_gaps_over_several_appends() -> None:
    append(draft(1), draft(2))
    append(draft(3))
    assert list(Event.objects.order_by("sequence").values_list("sequence", "object_id")) == [
        (1, "1"),
        (2, "2"),
        (3, "3"),
    ]


@pytest.mark.django_db
def test_the_roots_are_those_of_the_tree_over_the_records() -> None:
    events = [*append(draft(1), draft(2)), *append(draft(3), draft(4), draft(5))]
    leaves = [merkle.leaf_hash(event.record.encode()) for event in events]
    assert [event.root for event in events] == [merkle.root(leaves[: n + 1]).hex() for n in range(5)]
    assert Head.objects.get().root == events[-1].root


@pytest.mark.django_db
def test_a_record_says_who_did_what_in_which_office_and_when() -> None:
    actor = User.objects.create(username="clerk", display_name="测试员")
    with clock.travel(NOON):
        (event,) = append(
            draft(
                actor=actor,
                area_code="990101001001",
                line="assistance",
                claimed_at=NOON - timedelta(days=1),
                body={"fen": 5},
            )
        )
    record = json.loads(event.record)
    # The account that was made for the test is the row that was written.
    assert list(record.pop("rows")) == ["portal_people.user"]
    assert record == {
        "sequence": 1,
        "kind": "test.done",
        "object_type": "thing",
        "object_id": "1",
        "actor": "clerk",
        "role": "",
        "area_code": "990101001001",
        "line": "assistance",
        "recorded_at": "2026-03-02T04:00:00.000000Z",
        "claimed_at": "2026-03-01T04:00:00.000000Z",
        "body": {"fen": 5},
        "commitments": {},
    }


@pytest.mark.django_db
def test_a_sealed_value_enters_the_record_only_as_a_commitment_that_its_salt_opens() -> None:
    (event,) = append(draft(sealed={"name": "王测试"}))
    assert "王测试" not in event.record
    opening = Opening.objects.get(event=event, name="name")
    commitment = json.loads(event.record)["commitments"]["name"]
    assert commitments.opens(commitment, "王测试", opening.salt)
    assert not commitments.opens(commitment, "王试测", opening.salt)


@pytest.mark.django_db
def test_the_same_value_sealed_twice_cannot_be_recognised() -> None:
    events = append(draft(1, sealed={"name": "王测试"}), draft(2, sealed={"name": "王测试"}))
    assert len({json.loads(event.record)["commitments"]["name"] for event in events}) == 2


@pytest.mark.django_db
def test_recorded_time_never_goes_back_when_the_clock_does() -> None:
    with clock.travel(NOON):
        append(draft(1))
    with clock.travel(NOON - timedelta(days=3)):
        (event,) = append(draft(2))
    assert event.recorded_at == NOON


@pytest.mark.django_db
def test_an_unregistered_kind_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(kinds.UnknownKind):
        append(draft(1), draft(2, kind="test.unheard-of"))
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_body_that_cannot_be_recorded_exactly_is_refused() -> None:
    with pytest.raises(NotCanonical):
        append(draft(body={"yuan": 1.5}))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_append_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransaction):
        append(draft())
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_act_that_is_rolled_back_leaves_no_gap() -> None:
    with transaction.atomic():
        append(draft(1))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        append(draft(2))
        raise ZeroDivisionError
    with transaction.atomic():
        append(draft(3))
    assert list(Event.objects.order_by("sequence").values_list("sequence", "object_id")) == [
        (1, "1"),
        (2, "3"),
    ]


@pytest.mark.django_db
@pytest.mark.postgres
def test_an_append_takes_as_few_queries_for_many_events_as_for_one() -> None:
    append(draft(0))
    one_round = connection.vendor == "postgresql"
    for drafts, elsewhere in (
        ([draft(1)], 3),
        ([draft(n) for n in range(20)], 3),
        ([draft(n, sealed={"name": "王测试"}) for n in range(20)], 4),
    ):
        with CaptureQueriesContext(connection) as queries:
            append(*drafts)
        assert len(queries) == (2 if one_round else elsewhere), queries.captured_queries


@pytest.mark.django_db
def test_events_and_openings_cannot_be_changed_or_deleted() -> None:
    (event,) = append(draft(sealed={"name": "王测试"}))
    opening = Opening.objects.get()
    event.kind = "test.other"
    for attempt in (
        event.save,
        event.delete,
        opening.save,
        opening.delete,
        Event.objects.all().delete,
        Opening.objects.all().delete,
        lambda: Event.objects.update(kind="test.other"),
        lambda: Event.objects.bulk_update([event], ["kind"]),
        lambda: Opening.objects.update(salt=""),
        lambda: event.openings.update(salt=""),
        lambda: Event._base_manager.update(kind="test.other"),
        lambda: Event.objects.update_or_create(sequence=1, defaults={"kind": "test.other"}),
    ):
        with pytest.raises(LedgerIsFinal), transaction.atomic():
            attempt()
    assert Event.objects.get().kind == "test.done"


def test_a_kind_is_registered_once_under_one_label() -> None:
    kinds.register("test.done", "试办")
    with pytest.raises(ValueError, match="已经登记"):
        kinds.register("test.done", "别的")
    assert kinds.label("test.done") == "试办"


@pytest.mark.django_db
def test_erasing_a_salt_is_an_event_and_leaves_a_tree_that_verifies_and_a_value_nobody_can_find() -> None:
    (event,) = append(draft(sealed={"name": "王测试"}))
    (other,) = append(draft(2, sealed={"name": "李测试"}))
    assert erase_openings([event.pk], by=None, reason="保存期满") == 1
    commitment = json.loads(event.record)["commitments"]["name"]
    assert not commitments.opens(commitment, "王测试", Opening.objects.get(event=event).salt)
    assert Opening.objects.get(event=other).salt
    last = Event.objects.latest("sequence")
    assert (last.kind, json.loads(last.record)["body"]["events"]) == ("ledger.openings_erased", [1])
    assert verify().fault is None
    assert erase_openings([event.pk], by=None, reason="保存期满") == 0
    assert Event.objects.count() == 3


@pytest.mark.django_db
def test_an_event_says_in_words_what_happened_even_when_its_room_is_gone() -> None:
    (event,) = append(draft())
    assert (event.label, str(event)) == ("试办", "1 试办")
    event.kind = "gone.done"
    assert event.label == "gone.done"
