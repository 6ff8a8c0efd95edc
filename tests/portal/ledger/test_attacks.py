"""The twelve attacks by whoever rules the database: each is found, and the first bad event is named.

What has to be pinned outside the database for it stands in each test's name and in docs/ledger.md. Those on
business rows, history rows and files are in tests/workflows/programmes/test_evidence.py.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal import clock
from portal.ledger import (
    checkpoints,
    memory,
    notes,
    recovery,
    signers,
    signing,
    tiles,
    trust,
    witnessing,
)
from portal.ledger.models import Checkpoint, Event, Tile
from portal.ledger.outside import Pinned
from portal.ledger.verifier import verify

from .parties import ORIGIN, Parties, cover_up, record, tamper

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SIGNED = 12


@pytest.fixture
def ledger(both: Parties) -> Parties:
    """Twelve events on twelve days, signed and cosigned; two more since."""
    for day in range(SIGNED):
        with clock.travel(NOON + timedelta(days=day)):
            record(1, body={"fen": day})
    both.sign()
    both.witness()
    record(2)
    return both


def renumber(changes: dict[int, int]) -> None:
    """Give events other numbers, in the columns and in the records."""
    for old, new in changes.items():
        _set(old, "sequence", new, -new)
    tamper("UPDATE portal_ledger_event SET sequence = -sequence WHERE sequence < 0")


def _set(sequence: int, name: str, value: object, number: int | None = None) -> None:
    said = json.loads(Event.objects.get(sequence=sequence).record)
    if name in said:
        said[name] = value
    else:
        said["body"][name] = value
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    tamper(
        "UPDATE portal_ledger_event SET record = %s, sequence = %s WHERE sequence = %s",
        text,
        number or sequence,
        sequence,
    )


def edit() -> None:
    _set(4, "fen", 400)


def delete() -> None:
    tamper("DELETE FROM portal_ledger_event WHERE sequence = 4")
    renumber({number: number - 1 for number in range(5, 15)})


def insert() -> None:
    renumber({number: number + 1 for number in range(14, 3, -1)})
    columns = [field.column for field in Event._meta.concrete_fields if field.column != "sequence"]
    names = ", ".join(columns)
    tamper(
        f"INSERT INTO portal_ledger_event (sequence, {names}) "
        f"SELECT 4, {names} FROM portal_ledger_event WHERE sequence = 3"
    )
    _set(4, "sequence", 4)


def reorder() -> None:
    first, second = Event.objects.get(sequence=4), Event.objects.get(sequence=5)
    for ours, theirs in ((first, second), (second, first)):
        tamper(
            "UPDATE portal_ledger_event SET object_id = %s WHERE sequence = %s",
            theirs.object_id,
            ours.sequence,
        )
        _set(ours.sequence, "object_id", theirs.object_id)


def backdate() -> None:
    earlier = Event.objects.get(sequence=3)
    said = json.loads(earlier.record)["recorded_at"]
    tamper(
        "UPDATE portal_ledger_event SET recorded_at = "
        "(SELECT recorded_at FROM portal_ledger_event WHERE sequence = 3) WHERE sequence = 4"
    )
    _set(4, "recorded_at", said)


@pytest.mark.parametrize("attack", [edit, delete, insert, reorder, backdate])
def test_editing_deleting_inserting_reordering_or_backdating_is_found_without_anything_pinned(
    ledger: Parties, attack: object
) -> None:
    attack()  # type: ignore[operator]
    fault = verify(rows=False).fault
    assert fault is not None and fault.sequence == 4, fault


@pytest.mark.parametrize("attack", [edit, delete, insert, reorder, backdate])
def test_the_same_covered_up_is_found_by_the_signed_checkpoint_and_named_by_the_signers_memory(
    ledger: Parties, attack: object
) -> None:
    attack()  # type: ignore[operator]
    cover_up()
    fault = verify(rows=False).fault
    assert fault is not None and fault.sequence == SIGNED and "检查点" in fault.reason, fault
    fault = verify(rows=False, pinned=Pinned.of(ledger.memory)).fault
    assert fault is not None and fault.sequence == 4, fault
    # Without the checkpoints in the database the memory of signer or witness still tells.
    tamper("DELETE FROM portal_ledger_cosignature")
    tamper("DELETE FROM portal_ledger_checkpoint")
    assert verify(rows=False).fault is None
    for kept, sequence in ((ledger.memory, 4), (ledger.witness_memory, SIGNED)):
        fault = verify(rows=False, pinned=Pinned.of(kept)).fault
        assert fault is not None and fault.sequence == sequence, fault


def truncate(size: int = 9) -> None:
    tamper("DELETE FROM portal_ledger_event WHERE sequence > %s", size)
    cover_up()


def test_a_tail_that_was_cut_off_is_named_by_the_checkpoint_and_by_the_memory(ledger: Parties) -> None:
    truncate()
    fault = verify(rows=False).fault
    assert fault is not None and fault.sequence == 10 and "截短" in fault.reason
    tamper("DELETE FROM portal_ledger_cosignature")
    tamper("DELETE FROM portal_ledger_checkpoint")
    assert verify(rows=False).fault is None
    for pinned in (Pinned.of(ledger.memory), Pinned.of(ledger.witness_memory)):
        fault = verify(rows=False, pinned=pinned).fault
        assert fault is not None and fault.sequence == 10


def test_a_key_that_was_swapped_is_named_by_the_trust_file(ledger: Parties, tmp_path: Path) -> None:
    edit()
    cover_up()
    tamper("DELETE FROM portal_ledger_cosignature")
    tamper("DELETE FROM portal_ledger_checkpoint")
    signers.make_key(tmp_path / "thief", ORIGIN, witness=False)
    with memory.opened(tmp_path / "thiefs-memory") as mind:
        signing.sign(signers.from_file(tmp_path / "thief"), mind)
    fault = verify(rows=False).fault
    assert fault is not None and fault.sequence == 14 and "密钥" in fault.reason
    # A trust file that was swapped too is found by the copy that the auditor keeps.
    theirs = trust.parse(f"log {signers.from_file(tmp_path / 'thief').key}\n")
    assert verify(rows=False, policy=theirs).fault is None
    assert verify(rows=False, policy=trust.parse(ledger.trust.read_text())).fault is not None


def test_a_fork_is_refused_by_the_signer_and_where_its_key_was_stolen_by_the_witness(
    ledger: Parties, tmp_path: Path
) -> None:
    truncate()
    record(5)
    with pytest.raises(signing.DoesNotExtend):
        ledger.sign()
    with memory.opened(tmp_path / "stolen") as mind:
        signing.sign(signers.from_file(ledger.key), mind)
    fault = verify(rows=False).fault
    assert fault is not None and fault.sequence == SIGNED and "分叉" in fault.reason
    with pytest.raises(witnessing.NotConsistent):
        ledger.witness()
    fault = verify(rows=False, pinned=Pinned.of(ledger.memory)).fault
    assert fault is not None and fault.sequence == 10


def restore(size: int) -> None:
    """Put back a backup that was made at `size` events: everything later is gone, checkpoints too."""
    truncate(size)
    tamper("DELETE FROM portal_ledger_cosignature")
    tamper("DELETE FROM portal_ledger_checkpoint")


def test_an_old_backup_put_back_is_an_attack_to_everybody_who_remembers(ledger: Parties) -> None:
    restore(9)
    record(30)
    for kept, sequence in ((ledger.memory, 10), (ledger.witness_memory, SIGNED)):
        fault = verify(rows=False, pinned=Pinned.of(kept)).fault
        assert fault is not None and fault.sequence == sequence
    with pytest.raises(signing.DoesNotExtend):
        ledger.sign()


def test_a_genuine_restore_is_lawful_once_a_witness_signed_what_was_lost(
    ledger: Parties, tmp_path: Path
) -> None:
    with memory.opened(ledger.memory) as mind:
        lost = tmp_path / "lost"
        lost.write_text(str(mind.last_note))
    statement = tmp_path / "statement"
    why = "磁盘损坏，用前一晚的备份恢复，丢了三天的记录"
    with pytest.raises(recovery.NotLawful, match="没有丢东西"):
        recovery.state(notes.parse(lost.read_text()), why)
    restore(9)
    call_command("ledger_recovery", "state", statement, lost=lost, reason=why)
    forged = notes.Note(statement.read_text(), (signers.from_file(ledger.key).sign(statement.read_text()),))
    with pytest.raises(recovery.NotLawful, match="见证人"):
        recovery.record(str(forged))
    with pytest.raises(CommandError, match="还没有签名"):
        call_command("ledger_recovery", "record", statement)
    call_command("ledger_recovery", "sign", statement, key=ledger.witness_key, memory=ledger.witness_memory)
    call_command("ledger_recovery", "record", statement)
    assert Event.objects.latest("sequence").sequence == 10
    with pytest.raises(recovery.NotLawful, match="新的记录"):
        recovery.record(statement.read_text())
    record(1)
    assert ledger.sign() is not None
    ledger.witness()
    assert Checkpoint.objects.get().size == 11
    for kept in (ledger.memory, ledger.witness_memory):
        assert verify(rows=False, pinned=Pinned.of(kept)).fault is None
    # What was lost stays on record with the signer.
    assert ledger.memory.with_name("memory.leaves.lost-10-12").stat().st_size == 3 * 32
    head = checkpoints.TreeHead.parse(notes.parse(lost.read_text()).text)
    assert verify((head.size, head.root.hex()), rows=False).fault is None
    assert verify((8, "0" * 64), rows=False).fault is not None
    # Nobody else's statement, and not this one at another place, makes a restore lawful.
    with_no_witness = trust.parse(f"log {signers.from_file(ledger.key).key}\n")
    fault = verify(rows=False, policy=with_no_witness).fault
    assert fault is not None and fault.sequence == 10 and "见证人" in fault.reason


def test_a_restore_that_also_rewrote_what_it_kept_is_no_restore(ledger: Parties, tmp_path: Path) -> None:
    with memory.opened(ledger.memory) as mind:
        lost = mind.last_note
    assert lost is not None
    edit()
    restore(9)
    statement = recovery.state(lost, "磁盘损坏，用前一晚的备份恢复，丢了三天的记录")
    with memory.opened(ledger.witness_memory) as mind:
        note = witnessing.sign_recovery(signers.from_file(ledger.witness_key), mind, statement.text())
    recovery.record(str(note))
    # The witness was deceived; the signer, who keeps the leaves, is not.
    with pytest.raises(signing.DoesNotExtend):
        ledger.sign()
    fault = verify(rows=False, pinned=Pinned.of(ledger.memory)).fault
    assert fault is not None and fault.sequence == 4


def test_a_tile_that_was_changed_is_named(ledger: Parties) -> None:
    record(300)
    tiles.complete()
    hashes = bytearray(Tile.objects.get().hashes)
    hashes[6 * 32] ^= 1
    tamper("UPDATE portal_ledger_tile SET hashes = %s", bytes(hashes))
    fault = verify(rows=False).fault
    assert fault is not None and fault.sequence == 7 and "散列块" in fault.reason
