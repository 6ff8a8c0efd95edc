"""Checkpoints and witnesses: signed when the ledger went on, refused when it was cut, rewritten or forked."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal import clock
from portal.ledger import checkpoints, kinds, memory, notes, signers, signing, witnessing
from portal.ledger.models import Checkpoint, Cosignature, Event, Head
from portal.ledger.services import Draft, append
from portal.ledger.trust import policy
from portal.ledger.verifier import verify

from .parties import ORIGIN, Parties, cover_up, record, tamper

pytestmark = pytest.mark.django_db


def rewrite(sequence: int) -> None:
    record_ = json.loads(Event.objects.get(sequence=sequence).record)
    record_["body"]["fen"] = 400
    text = json.dumps(record_, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    tamper("UPDATE portal_ledger_event SET record = %s WHERE sequence = %s", text, sequence)
    cover_up()


def cut(size: int) -> None:
    tamper("DELETE FROM portal_ledger_event WHERE sequence > %s", size)
    moment = Event.objects.latest("sequence").recorded_at
    tamper("UPDATE portal_ledger_head SET recorded_at = %s", moment.replace(tzinfo=None))
    cover_up()


def test_a_checkpoint_is_signed_by_the_log_and_none_while_nothing_happens(both: Parties) -> None:
    record(3)
    checkpoint = both.sign()
    assert checkpoint is not None
    head = checkpoints.checked(notes.parse(checkpoint.note), policy().logs)
    assert (head.origin, head.size, head.root.hex()) == (ORIGIN, 3, Head.objects.get().root)
    assert both.sign() is None
    record(2)
    assert both.sign() is not None and Checkpoint.objects.count() == 2
    report = verify()
    assert (report.fault, report.checkpoints, report.unchecked) == (None, 2, ("检查点还没有见证人签名",))


def test_the_signer_refuses_a_ledger_that_was_cut_or_rewritten_and_goes_on_refusing(both: Parties) -> None:
    record(6)
    both.sign()
    cut(4)
    for _again in range(2):
        with pytest.raises(signing.DoesNotExtend, match="变短"):
            both.sign()
    record(5, object_type="other")
    with pytest.raises(signing.DoesNotExtend, match="改写"):
        both.sign()
    assert Checkpoint.objects.count() == 1


def test_the_signer_refuses_a_past_rewritten_as_a_whole(both: Parties) -> None:
    record(6)
    both.sign()
    rewrite(2)
    record(1)
    assert verify(policy=None).fault is not None
    with pytest.raises(signing.DoesNotExtend, match="改写"):
        both.sign()


def test_a_signer_killed_between_its_memory_and_the_database_hands_the_checkpoint_in_later(
    both: Parties,
) -> None:
    record(2)
    both.sign()
    tamper("DELETE FROM portal_ledger_checkpoint")
    assert both.sign() is not None
    assert Checkpoint.objects.count() == 1
    with both.memory.open("ab") as file:
        file.write(b'{"checkpoint": "half a li')
    record(1)
    assert both.sign() is not None


def test_two_signers_with_one_memory_cannot_both_run(both: Parties) -> None:
    with memory.opened(both.memory), pytest.raises(memory.MemoryLost, match="另一个进程"):
        both.sign()


def test_a_damaged_memory_is_not_signed_on(both: Parties) -> None:
    record(1)
    both.sign()
    both.memory.write_text("{}\n")
    with pytest.raises(memory.MemoryLost, match="改坏"):
        both.sign()


def test_the_signers_own_leaves_are_made_again_where_they_were_lost_and_checked_where_they_were_changed(
    both: Parties,
) -> None:
    record(4)
    both.sign()
    leaves = both.memory.with_name("memory.leaves")
    assert leaves.stat().st_size == 4 * 32
    leaves.unlink()
    record(1)
    assert both.sign() is not None and leaves.stat().st_size == 5 * 32
    leaves.write_bytes(bytes(32) + leaves.read_bytes()[32:])
    record(1)
    with pytest.raises(signing.DoesNotExtend, match="它的文件"):
        both.sign()


def test_what_is_published_is_signed_at_once(both: Parties) -> None:
    kinds.register("test.published", "试公布", urgent=True)
    record(1)
    both.sign()
    with memory.opened(both.memory) as mind:
        record(1)
        assert not signing.is_urgent(mind)
        append(Draft("test.published", "thing", "1"))
        assert signing.is_urgent(mind)


def test_lists_pages_reports_and_draws_are_signed_with_their_publication() -> None:
    published = {"list.published", "list.corrected", "page.published", "page.unpublished"}
    assert published | {"rectification.report_published", "spotcheck.seeded"} <= set(kinds.urgent_kinds())


def test_a_witness_cosigns_what_goes_on_from_what_it_saw(both: Parties) -> None:
    record(3)
    both.sign()
    both.witness()
    record(300)
    both.sign()
    checkpoint = both.witness()
    note = checkpoints.note_of(Checkpoint.objects.get(size=303))
    assert [key.name for key, _line in notes.verified(note, policy().witnesses)] == [
        "witness.example/discipline"
    ]
    assert checkpoint.size == 303 and Cosignature.objects.count() == 2
    with pytest.raises(witnessing.NothingToWitness, match="已经见证过"):
        both.witness()
    report = verify()
    assert (report.fault, report.cosigned, report.tiles, report.unchecked) == (None, 2, 1, ())


def test_a_witness_does_not_cosign_a_fork_that_a_stolen_signers_key_signed(both: Parties) -> None:
    record(3)
    both.sign()
    both.witness()
    rewrite(2)
    record(1)
    both.memory.unlink()
    both.memory.with_name("memory.leaves").unlink()
    both.sign()
    with pytest.raises(witnessing.NotConsistent, match="接不上"):
        both.witness()
    assert Cosignature.objects.count() == 1


def test_a_request_and_its_answer_go_by_files_as_well(both: Parties, tmp_path: Path) -> None:
    record(5)
    both.sign()
    request, answer = tmp_path / "request", tmp_path / "answer"
    call_command("witness", request=0, output=request, stdout=StringIO())
    with memory.opened(both.witness_memory) as mind:
        signer = signers.from_file(both.witness_key)
        note = witnessing.cosign(signer, mind, request.read_text(), policy().logs)
        with pytest.raises(witnessing.NotConsistent, match="--since 5"):
            witnessing.cosign(signer, mind, request.read_text(), policy().logs)
    answer.write_text(str(note))
    for new in ("1 个", "0 个"):
        out = StringIO()
        call_command("witness", add=answer, stdout=out)
        assert new in out.getvalue()
    answer.write_text(str(note).replace("\n5\n", "\n6\n"))
    with pytest.raises(CommandError, match="假的"):
        call_command("witness", add=answer)


def test_cosignatures_of_strangers_or_for_trees_that_were_not_signed_are_not_kept(
    both: Parties, tmp_path: Path
) -> None:
    record(5)
    both.sign()
    text = notes.parse(Checkpoint.objects.get().note).text
    signers.make_key(tmp_path / "stranger", "stranger.example", witness=True)
    stranger = signers.from_file(tmp_path / "stranger")
    office = signers.from_file(both.witness_key)
    for signer, said, why in (
        (stranger, text, "认得"),
        (office, text.replace("\n5\n", "\n4\n"), "没有签过"),
    ):
        with pytest.raises(notes.BadNote, match=why):
            checkpoints.add_cosignatures(str(notes.Note(said, (signer.cosign(said, clock.now()),))))
    assert not Cosignature.objects.exists()


def test_a_checkpoint_by_another_key_or_with_changed_columns_is_named(both: Parties, tmp_path: Path) -> None:
    record(4)
    both.sign()
    signers.make_key(tmp_path / "thief", ORIGIN, witness=False)
    text = notes.parse(Checkpoint.objects.get().note).text
    before = Checkpoint.objects.get().note
    tamper(
        "UPDATE portal_ledger_checkpoint SET note = %s",
        str(signers.signed(text, signers.from_file(tmp_path / "thief"))),
    )
    fault = verify().fault
    assert fault is not None and fault.sequence == 4 and "密钥" in fault.reason
    tamper("UPDATE portal_ledger_checkpoint SET note = %s, size = 3, root = %s", before, _root(3))
    fault = verify().fault
    assert fault is not None and fault.sequence == 3 and "栏目" in fault.reason


def test_the_commands_do_it_all_for_parties_of_their_own(both: Parties, tmp_path: Path) -> None:
    record(2)
    out = StringIO()
    call_command("make_signing_key", tmp_path / "k", name="a.example", witness=True, stdout=out, stderr=out)
    assert "\nwitness a.example a.example+" in out.getvalue()
    with pytest.raises(CommandError, match="不会覆盖"):
        call_command("make_signing_key", tmp_path / "k", name="a.example")
    call_command("sign_checkpoints", key=both.key, memory=both.memory, stdout=out)
    call_command("witness", key=both.witness_key, memory=both.witness_memory, stdout=out)
    call_command("witness", key=both.witness_key, memory=both.witness_memory, stdout=out)
    call_command("verify_ledger", memory=both.memory, trust=both.trust, stdout=out)
    for words in ("已签：2 笔", "已见证：2 笔", "已经见证过", "检查点 1 个，其中 1 个有见证"):
        assert words in out.getvalue()
    with pytest.raises(CommandError, match="--device"):
        call_command("sign_checkpoints", memory=both.memory)
    cut(1)
    with pytest.raises(CommandError, match="变短"):
        call_command("sign_checkpoints", key=both.key, memory=both.memory)


def _root(size: int) -> str:
    return Event.objects.get(sequence=size).root


def test_the_commands_are_found_by_the_programs_that_run_them() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "sign_checkpoints", "--help"],
        capture_output=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings.test"},
    )
    assert done.returncode == 0
