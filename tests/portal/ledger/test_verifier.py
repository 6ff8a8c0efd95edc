"""The verifier: an untouched ledger holds; each way to touch it is named with the first bad event."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.ledger import kinds, merkle
from portal.ledger.models import Event, Head, Opening
from portal.ledger.services import Draft, append, erase_openings, stamp
from portal.ledger.verifier import verify
from portal.people.models import User

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ledger(db: None) -> None:
    """Six events, each a day after the other, the third with a sealed value."""
    kinds.register("test.done", "试办")
    actor = User.objects.create(username="clerk", display_name="测试员")
    User.objects.create(username="other", display_name="另一位")
    for number in range(1, 7):
        with clock.travel(NOON + timedelta(days=number)):
            append(
                Draft(
                    kind="test.done",
                    object_type="thing",
                    object_id=str(number),
                    actor=actor,
                    area_code="990101001001",
                    line="assistance",
                    claimed_at=NOON,
                    body={"fen": number},
                    sealed={"name": "王测试"} if number == 3 else {},
                )
            )


def tamper(sql: str, *values: object) -> None:
    """Change the database as its administrator could, past every rule of the portal."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(sql, values)


def test_an_untouched_ledger_holds() -> None:
    report = verify()
    assert (report.size, report.root, report.fault) == (6, Head.objects.get().root, None)


def test_an_empty_ledger_holds() -> None:
    tamper("DELETE FROM portal_ledger_opening")
    tamper("DELETE FROM portal_ledger_event")
    tamper("DELETE FROM portal_ledger_head")
    assert verify().fault is None


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("kind", "test.other", "事项"),
        ("object_type", "other", "对象类型"),
        ("object_id", "99", "对象编号"),
        ("role", "helper", "职务"),
        ("area_code", "990101001002", "区划代码"),
        ("line", "health", "条线"),
        ("recorded_at", "2026-03-07 04:00:01", "记录时间"),
        ("claimed_at", None, "所称时间"),
        ("leaf_hash", "0" * 64, "叶子散列"),
        ("root", "0" * 64, "树根"),
        ("record", "{}", "叶子散列"),
    ],
)
def test_a_changed_column_is_named(column: str, value: object, named: str) -> None:
    tamper(f"UPDATE portal_ledger_event SET {column} = %s WHERE sequence = 4", value)
    fault = verify().fault
    assert fault is not None and fault.sequence == 4
    assert named in fault.reason


@pytest.mark.parametrize("username", ["other", None])
def test_another_actor_is_named(username: str | None) -> None:
    other = User.objects.filter(username=username).values_list("pk", flat=True).first()
    tamper("UPDATE portal_ledger_event SET actor_id = %s WHERE sequence = 4", other)
    fault = verify().fault
    assert fault is not None and fault.sequence == 4
    assert "经办人" in fault.reason


def test_a_missing_event_is_named_in_the_middle_and_at_the_end() -> None:
    tamper("DELETE FROM portal_ledger_event WHERE sequence = 6")
    assert str(verify().fault) == "第 6 号事件：缺失，账本头记着共有 6 条"
    tamper("DELETE FROM portal_ledger_event WHERE sequence = 2")
    assert str(verify().fault) == "第 2 号事件：缺失，下一条是第 3 号"


@pytest.mark.parametrize("number", [0, -5, 7, 70])
def test_an_event_put_in_past_the_head_is_named(number: int) -> None:
    columns = [field.column for field in Event._meta.concrete_fields if field.column != "sequence"]
    tamper(
        f"INSERT INTO portal_ledger_event (sequence, {', '.join(columns)}) "
        f"SELECT %s, {', '.join(columns)} FROM portal_ledger_event WHERE sequence = 6",
        number,
    )
    fault = verify().fault
    assert fault is not None
    assert fault.sequence == (1 if number < 1 else 7)


def test_a_record_rewritten_with_its_own_leaf_hash_is_named_by_the_root() -> None:
    _rewrite(4, lambda record: record["body"].update(fen=400))
    fault = verify().fault
    assert fault is not None and fault.sequence == 4
    assert "树根" in fault.reason


def test_a_record_in_another_form_is_named() -> None:
    record = json.dumps(json.loads(Event.objects.get(sequence=4).record), indent=1)
    leaf = merkle.leaf_hash(record.encode()).hex()
    tamper("UPDATE portal_ledger_event SET record = %s, leaf_hash = %s WHERE sequence = 4", record, leaf)
    assert "规范" in str(verify().fault)


@pytest.mark.parametrize("change", [lambda record: record.pop("line"), lambda record: record.update(more=1)])
def test_a_record_with_an_item_more_or_less_is_named(change: Callable[[dict], object]) -> None:
    _rewrite(4, change)
    assert "项目多了或少了" in str(verify().fault)


def test_a_ledger_rewritten_as_a_whole_holds_in_itself_but_not_against_a_noted_root() -> None:
    noted = (5, Event.objects.get(sequence=5).root)
    assert verify(noted).fault is None
    _rewrite(4, lambda record: record["body"].update(fen=400))
    _recompute_all()
    assert verify().fault is None
    fault = verify(noted).fault
    assert fault is not None and fault.sequence == 5
    assert "留存" in fault.reason


def test_a_ledger_shorter_than_a_noted_root_does_not_hold() -> None:
    fault = verify((9, "0" * 64)).fault
    assert fault is not None and fault.sequence == 7


def test_a_recorded_time_that_goes_back_is_named() -> None:
    early = NOON - timedelta(days=9)
    _rewrite(4, lambda record: record.update(recorded_at=stamp(early)))
    tamper("UPDATE portal_ledger_event SET recorded_at = %s WHERE sequence = 4", early.replace(tzinfo=None))
    _recompute_all()
    assert str(verify().fault) == "第 4 号事件：记录时间早于上一号事件"


@pytest.mark.parametrize(
    ("column", "value", "sequence"),
    [
        ("root", "0" * 64, 7),
        ("frontier", "[]", 7),
        ("recorded_at", "2027-01-01 00:00:00", 7),
        ("size", 5, 6),
        ("size", 7, 7),
    ],
)
def test_a_changed_head_is_named(column: str, value: object, sequence: int) -> None:
    tamper(f"UPDATE portal_ledger_head SET {column} = %s", value)
    fault = verify().fault
    assert fault is not None and fault.sequence == sequence


def test_a_lost_or_broken_opening_is_named() -> None:
    tamper("UPDATE portal_ledger_opening SET salt = 'zz'")
    assert "第 3 号事件：承诺“name”的盐" in str(verify().fault)
    tamper("DELETE FROM portal_ledger_opening")
    assert "第 3 号事件：密封值" in str(verify().fault)


def test_an_erased_opening_leaves_the_ledger_whole() -> None:
    erase_openings([3], by=None, reason="保存期满")
    assert Opening.objects.get().salt == ""
    assert verify().fault is None


def test_a_salt_that_was_emptied_without_an_event_of_its_erasure_is_named() -> None:
    append(Draft("test.done", "thing", "7", sealed={"name": "李测试"}))
    erase_openings([7], by=None, reason="保存期满")
    assert verify().fault is None
    tamper("UPDATE portal_ledger_opening SET salt = '' WHERE event_id = 3")
    assert str(verify().fault) == "第 3 号事件：密封值的盐被清空了，账本里没有到期清除它的事件"


def test_verifying_takes_the_same_few_queries_however_long_the_ledger() -> None:
    with CaptureQueriesContext(connection) as queries:
        verify(rows=False)
    append(*[Draft("test.done", "thing", "7", sealed={"name": "王测试"})] * 60)
    with CaptureQueriesContext(connection) as more:
        verify(rows=False)
    assert len(more) == len(queries) <= 8


def test_the_command_ends_well_on_a_whole_ledger() -> None:
    out = StringIO()
    head = Head.objects.get()
    call_command("verify_ledger", noted=f"6:{head.root}", stdout=out)
    assert f"账本完好：共 6 条，树根 {head.root}" in out.getvalue()


def test_the_command_ends_with_code_1_and_names_the_first_bad_event() -> None:
    tamper("UPDATE portal_ledger_event SET line = 'health' WHERE sequence IN (3, 5)")
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger", stderr=err)
    assert ended.value.code == 1
    assert "第 3 号事件：“条线”一栏是 health，记录里是 assistance" in err.getvalue()


def test_a_noted_root_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="条数:树根"):
        call_command("verify_ledger", noted="6:abc")


def _rewrite(sequence: int, change: Callable[[dict], object]) -> None:
    record = json.loads(Event.objects.get(sequence=sequence).record)
    change(record)
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    leaf = merkle.leaf_hash(text.encode()).hex()
    tamper(
        "UPDATE portal_ledger_event SET record = %s, leaf_hash = %s WHERE sequence = %s", text, leaf, sequence
    )


def _recompute_all() -> None:
    """Rewrite every root and the head, as an administrator would who knows how the ledger works."""
    frontier = merkle.Frontier()
    for event in Event.objects.order_by("sequence"):
        frontier.append(bytes.fromhex(event.leaf_hash))
        tamper(
            "UPDATE portal_ledger_event SET root = %s WHERE sequence = %s",
            frontier.root().hex(),
            event.sequence,
        )
    hashes = json.dumps([hash_.hex() for hash_ in frontier.hashes])
    tamper("UPDATE portal_ledger_head SET root = %s, frontier = %s", frontier.root().hex(), hashes)
